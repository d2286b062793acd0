"""Clients for Stubber tests, made once: botocore takes a second to read a service's model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.session import get_session
from botocore.stub import Stubber

from tests.aws.stubs import Answer, add


@cache
def client_of(service: str) -> Any:
    """Return the one client of a service."""
    return get_session().create_client(
        service, "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


@contextmanager
def stubbed(service: str, **answers: Answer | list[Answer]) -> Iterator[Any]:
    """Answer a service's operations, each checked against botocore's model, and no others.

    Args:
        service: botocore's name.
        **answers: Operation to its answer, or several in order.
    """
    client = client_of(service)
    with Stubber(client) as stubber:
        for operation, shown in answers.items():
            add(stubber, operation, *(shown if isinstance(shown, list) else [shown]))
        yield client
        stubber.assert_no_pending_responses()
