"""The journal of a swap: who did what and when."""
