"""AWS failing at a given call, for commands run in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError


class Faults:
    """Lets calls through to the stand-in, but for those that shall fail; counts them all."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self._rules: dict[str, Callable[[int], Exception | None]] = {}
        through: Any = BaseClient._make_api_call

        def call(client: Any, operation: str, arguments: Any) -> Any:
            self.calls.append(operation)
            rule = self._rules.get(operation)
            error = rule(self.calls.count(operation)) if rule else None
            if error is not None:
                raise error
            return through(client, operation, arguments)

        patch.setattr(BaseClient, "_make_api_call", call)

    def refuse(self, operation: str, code: str, *times: int) -> None:
        """Answer with an AWS error the n-th times (from 1), or always."""
        shown = {"Error": {"Code": code, "Message": "told by the test"}}
        error = ClientError(shown, operation)
        self._rules[operation] = lambda nth: error if not times or nth in times else None

    def cut(self, operation: str, *times: int) -> None:
        """Lose the network the n-th times."""
        error = EndpointConnectionError(endpoint_url="https://aws")
        self._rules[operation] = lambda nth: error if nth in times else None

    def after(self, operation: str, nth: int, do: Callable[[], None]) -> None:
        """Do something before the n-th call, which then goes through."""

        def rule(now: int) -> None:
            if now == nth:
                do()

        self._rules[operation] = rule

    @property
    def writes(self) -> list[str]:
        """The calls that change something in AWS."""
        reading = ("Describe", "Get", "List", "AssumeRole")
        return [name for name in self.calls if not name.startswith(reading)]
