"""``tfswap run``: rehearse the swap, then push the state once."""
