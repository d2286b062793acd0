"""Plan JSON: a typed, lazy view and its changes."""
