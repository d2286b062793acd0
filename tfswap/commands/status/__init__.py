"""``tfswap status``: where the swap stands."""
