"""A typed, lazy view of the JSON that ``terraform show -json PLAN`` writes; pure."""
