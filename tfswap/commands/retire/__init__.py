"""``tfswap retire``: safety checks, then delete the outgoing table."""
