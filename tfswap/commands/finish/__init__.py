"""``tfswap finish``: commit, push and open the pull request."""
