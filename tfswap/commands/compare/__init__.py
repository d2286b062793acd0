"""``tfswap compare``: outgoing and restored table side by side."""
