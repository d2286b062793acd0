"""Calls to AWS that fail with one clear sentence: every botocore error becomes an ``AwsError``.

The text for each kind is in ``error_messages``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tfswap.errors import AwsError


def every(call: Callable[..., Any], key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Yield the items of every page of a listing that goes on with ``NextToken``.

    Args:
        call: A client's method; not all of them have a botocore paginator.
        key: The answer's member that holds the items.
        **arguments: For the call.
    """
    more: dict[str, Any] = {}
    while True:
        answer = call(**arguments, **more)
        yield from answer.get(key, ())
        token = answer.get("NextToken")
        if not token or token == more.get("NextToken"):
            return
        more = {"NextToken": token}


def candidates(listing: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """Return names to show beneath a refusal; none where they may not be listed."""
    try:
        return tuple(listing())
    except AwsError:
        return ()


@contextmanager
def calling(doing: str) -> Iterator[None]:
    """Turn what botocore raises within the block into an ``AwsError``.

    Args:
        doing: What was being done, as it goes after "could not": ``describe table X``.

    Raises:
        AwsError: Or its child for the kind of failure; the message never holds credentials.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        from tfswap.aws.error_messages import error_for

        raise error_for(doing, error) from error
    except BotoCoreError as error:
        from tfswap.aws.error_messages import no_answer_error

        raise no_answer_error(doing, error) from error
