"""A stand-in AWS per worker, emptied for every test, and the door to it."""

from __future__ import annotations

import functools
import urllib.request
from collections.abc import Iterator

import botocore.session
import pytest

from tfswap.aws.session import Aws
from tfswap.demo.server import Server

# Clients are made by the hundred; what takes long is reading the services' models, each time anew.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


@pytest.fixture(scope="session")
def endpoint(standin: Server) -> Iterator[str]:
    """The address of a fresh stand-in for AWS."""
    running = standin.fork()
    yield running.endpoint
    running.stop()


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """The door to it, with credentials it takes; nothing is in it, and nothing is tried twice."""
    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    urllib.request.urlopen(request).close()
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return Aws(region="eu-west-1", account="123456789012")
