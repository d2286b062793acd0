"""What must hold before a swap: one small check a file, each of which looks and changes nothing.

A check takes the ``Scene`` and yields lines. It never passes on what it did not understand: that is
a warning which says what was not known.
"""
