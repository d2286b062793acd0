"""What the verifier takes and gives: intent, allowances, findings, report."""
