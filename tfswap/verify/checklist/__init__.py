"""The runbook's "Things to check for", each line with its evidence."""
