"""One file per command: the story of that command, told in calls to the other rooms."""
