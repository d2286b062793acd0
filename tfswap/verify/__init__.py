"""Proving that a plan is the swap and nothing else; pure."""
