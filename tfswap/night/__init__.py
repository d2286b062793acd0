"""The whole night as data: its phases in the runbook's order, to be run or to be read. Pure."""
