"""What a branch changes, judged without a plan; and what its plans say about it. Pure."""
