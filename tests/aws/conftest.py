"""A stand-in AWS, and the door to it."""

from tests.standin import aws, endpoint

__all__ = ["aws", "endpoint"]
