"""What every check looks up in a plan, each found out once."""
