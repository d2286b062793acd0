"""The terraform binary: the one subprocess door, argv builders, scratch folder, state."""
