"""Group findings by cause, locate them, and add notes and diagram data."""
