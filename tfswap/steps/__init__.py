"""The steps of a swap, the journal that remembers them, and the runner."""
