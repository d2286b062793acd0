"""``tfswap restore``: from a recovery point to a table with a dated name."""
