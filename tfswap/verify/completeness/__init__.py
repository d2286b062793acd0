"""Find consumers that would keep the outgoing table's name."""
