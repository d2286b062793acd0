"""The AWS half: clients and the facts behind the runbook's console pages.

Functions here take a client (or an ``Aws``) and return plain data; which table, account and region
is meant is decided in ``commands/``.
"""
