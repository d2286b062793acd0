"""A stand-in AWS per test module, and the door to it."""

from tests.standin import aws, endpoint

__all__ = ["aws", "endpoint"]
