"""The rules: each says one thing about a plan, under an id that never changes its meaning."""
