"""The demo: a stand-in AWS on loopback, and a small world like the runbook's on top of it.

Needs the `demo` extra (moto). Nothing else in tfswap imports this package.
"""
