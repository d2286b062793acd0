"""Explain each changed value of a change, or say that nothing does."""
