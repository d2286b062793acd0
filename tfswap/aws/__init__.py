"""AWS clients' calls; the clients are passed in."""
