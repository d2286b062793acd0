"""``tfswap check``: judge a branch and its plans."""
