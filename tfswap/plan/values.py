"""Decode JSON values without losing anything, and walk their leaves with the sensitive marks.

RFC 8259 leaves a repeated key to the reader's taste, and every reader here would keep the last
one: a second ``actions`` would hide the first. So repeated keys are refused wherever a value is
decoded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

import msgspec

from tfswap.errors import PlanError

Path = tuple[str | int, ...]


class RepeatedKeyError(ValueError):
    """An object holds the same key twice."""


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise RepeatedKeyError(key)
        found[key] = value
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON value")


def strict_loads(text: str | bytes) -> Any:
    """Decode JSON, refusing repeated keys and NaN.

    Raises:
        ValueError: It is not JSON, or a key stands twice (``RepeatedKeyError``).
    """
    return json.loads(text, object_pairs_hook=_refuse_repeats, parse_constant=_refuse_constant)


def decode(raw: msgspec.Raw | bytes, *, where: str) -> Any:
    """Decode one value of the plan.

    Writing the decoded value again and comparing bytes proves quickly that no key was repeated;
    only where the spelling differs (escapes, whitespace, numbers) the slow reader decides.

    Raises:
        PlanError: It is not JSON, or a key stands twice; ``where`` says which value.
    """
    data = bytes(raw)
    try:
        value = msgspec.json.decode(data)
        return value if msgspec.json.encode(value) == data else strict_loads(data)
    except RepeatedKeyError as error:
        raise PlanError(
            f"The plan repeats the key {error.args[0]!r} in {where}; one would hide the other.",
            hint="Make the plan file anew with: terraform show -json PLAN",
        ) from error
    except (ValueError, RecursionError) as error:
        raise PlanError(
            f"The plan cannot be read at {where}: {error}.",
            hint="Make the plan file anew with: terraform show -json PLAN",
        ) from error


def check_keys(raw: msgspec.Raw | bytes, fields: dict[str, msgspec.Raw], *, where: str) -> None:
    """Check that ``fields``, decoded from the object ``raw``, lost no repeated key.

    In compact JSON the object's length is the sum of its parts exactly when no key was dropped.

    Raises:
        PlanError: A key stands twice.
    """
    data = memoryview(raw)
    parts = sum(len(key.encode()) + 4 + len(memoryview(value)) for key, value in fields.items())
    if len(data) == parts + 1 + (not fields):
        return
    try:
        strict_loads(bytes(data))
    except RepeatedKeyError as error:
        raise PlanError(
            f"The plan repeats the key {error.args[0]!r} in {where}; one would hide the other.",
            hint="Make the plan file anew with: terraform show -json PLAN",
        ) from error
    except (ValueError, RecursionError) as error:
        raise PlanError(
            f"The plan cannot be read at {where}: {error}.",
            hint="Make the plan file anew with: terraform show -json PLAN",
        ) from error


class Leaf(NamedTuple):
    """A scalar somewhere in a value."""

    path: Path
    value: Any
    sensitive: bool


def child_mark(mark: Any, key: str | int) -> Any:
    """Return the mark (``after_unknown``, ``before_sensitive``…) that belongs to a child.

    A mark is true, false, or mirrors the value's shape; what it leaves out is not marked.
    """
    if isinstance(mark, bool):
        return mark
    if isinstance(mark, dict):
        return mark.get(str(key), False)
    if isinstance(mark, list) and isinstance(key, int) and key < len(mark):
        return mark[key]
    return False


def marked(mark: Any) -> bool:
    """Return whether anything beneath this mark is marked."""
    if isinstance(mark, dict):
        return any(map(marked, mark.values()))
    if isinstance(mark, list):
        return any(map(marked, mark))
    return bool(mark)


def leaves(value: Any, mark: Any = False, path: Path = ()) -> Iterator[Leaf]:
    """Yield every scalar of ``value``, and every key of an object as a scalar of its own."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield Leaf(path, key, mark is True)
            yield from leaves(item, child_mark(mark, key), (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, child_mark(mark, index), (*path, index))
    else:
        yield Leaf(path, value, mark is True)


def show_path(path: Path) -> str:
    """Return a path as people write it: ``environment[0].variables.LPAS_TABLE``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("_", "").replace("-", "").isalnum():
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part)}]"
    return text
