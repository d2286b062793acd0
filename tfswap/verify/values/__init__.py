"""Compare values by meaning: JSON, YAML, policies, sets, schemas."""
