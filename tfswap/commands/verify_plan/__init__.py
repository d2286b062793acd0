"""Verify a plan: the command, and the plans it makes or is given."""
