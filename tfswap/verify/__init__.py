"""The verifier: explained diffs, the runbook's checklist, rules, verdict."""
