"""``tfswap swap``: the guided run."""
