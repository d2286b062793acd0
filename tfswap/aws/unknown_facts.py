"""A part of the facts that AWS may keep from us: ``UnknownFact`` is never taken as absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tfswap.aws.errors import ExpiredError, MissingError, SkewedError, ThrottledError
from tfswap.errors import AwsError

T = TypeVar("T")


@dataclass(frozen=True)
class UnknownFact:
    """A part AWS did not tell."""

    why: str
    """Its refusal, in one sentence."""

    def __str__(self) -> str:
        return "unknown"


def known(ask: Callable[[], T]) -> T | UnknownFact:
    """Return what ``ask`` returns, or that it is not to be known.

    Raises:
        ExpiredError, SkewedError, ThrottledError, MissingError: Asking again can tell, or the
            table is gone.
    """
    try:
        return ask()
    except (ExpiredError, SkewedError, ThrottledError, MissingError):
        raise
    except AwsError as error:
        return UnknownFact(error.message)
