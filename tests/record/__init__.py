"""Records the plans under `fixtures/plans`: human mistakes made for real, on a fork of one world.

`cases.CASES` is the table; `python -m tests.record [CASE...]` records all of it or some.
"""
