"""The guided run as data: its phases, inputs and progress. Pure."""
