"""From the names the user types to a ``Swap``, by reading the repository."""
