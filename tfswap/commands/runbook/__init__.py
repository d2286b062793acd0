"""``tfswap runbook``: the guided run as Markdown."""
