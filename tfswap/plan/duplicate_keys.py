r"""Prove, at the speed of copying memory, that nothing in the JSON was lost by decoding it.

RFC 8259 leaves a repeated key to the reader's taste, and every reader here would keep the last
one: a second ``actions`` would hide the first. So repeated keys are refused wherever a value is
decoded. Looking at each key would cost more than all the rest; these shorter proofs come first, and
only where none of them holds the slow reader, which sees every key, decides:

* *Written again.* A decoder that drops a pair cannot write it again. Where encoding the decoded
  value yields the very bytes it came from, all that stands there was kept.
* *Normalised.* Go writes ``<`` ``>`` ``&`` in strings as ``\u003c`` ``\u003e`` ``\u0026``, ``jq``
  adds whitespace. Undoing both changes neither the number nor the order of keys, so equality after
  it proves the same. (Behind an escaped backslash the replacement leaves ``\<``, which no encoder
  writes: the proof then fails, it never succeeds wrongly.)
* *Length.* A compact object is as long as its keys, values and punctuation together. Keys spelt
  with escapes are longer than decoded ones, never shorter, so a dropped pair always leaves bytes
  over. This holds in any order of keys, and with keys not known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

import msgspec

from tfswap.errors import PlanError

T = TypeVar("T")
Buffer = Any
"""Anything with the buffer protocol: bytes, a memory map, ``Raw``. (A type in Python 3.12.)"""

_CHUNK = 512
"""Elements encoded at a time: what is written again lives in memory only that long."""
_FEW = 64
"""Elements decoded at a time: few enough for their copy to stay in the processor's cache."""
_GO = ((b"\\u003c", b"<"), (b"\\u003e", b">"), (b"\\u0026", b"&"))
_encode = msgspec.json.Encoder().encode
_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


class RepeatedKeyError(ValueError):
    """An object holds the same key twice."""


def strict_loads(text: str | bytes) -> Any:
    """Decode JSON, refusing repeated keys and NaN.

    Raises:
        ValueError: It is not JSON, or a key stands twice (``RepeatedKeyError``).
    """
    return json.loads(text, object_pairs_hook=_refuse_repeats, parse_constant=_refuse_constant)


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise RepeatedKeyError(key)
        found[key] = value
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a valid JSON value")


def decode(raw: Buffer, *, where: str) -> Any:
    """Decode one value of the plan.

    Raises:
        PlanError: It is not JSON, or a key stands twice; ``where`` says which value.
    """
    data = bytes(raw)
    try:
        value = msgspec.json.decode(data)
        return value if _written_again(value, data) else strict_loads(data)
    except RepeatedKeyError as error:
        raise repeated(error.args[0], where) from error
    except (ValueError, RecursionError) as error:
        raise unreadable(error, where) from error


def _written_again(value: Any, data: bytes) -> bool:
    written = _encode(value)
    return written == data or written == _normalised(data)


def _normalised(data: bytes) -> bytes:
    compact = msgspec.json.format(data, indent=-1)
    for spelt, plain in _GO:
        compact = compact.replace(spelt, plain)
    return compact


def convert(raw: Buffer, kind: Any, where: str) -> Any:
    """Decode into a type; unknown and repeated keys are dropped, so that a proof must follow.

    Raises:
        PlanError: It is not JSON, or of another shape.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, RecursionError) as error:
        raise unreadable(error, where) from error


def object_parts(raw: Buffer, where: str) -> dict[str, msgspec.Raw]:
    """Return an object's values by key, undecoded, when no key stands twice.

    Raises:
        PlanError: It is no object, or a key stands twice.
    """
    try:
        parts = _parts(raw)
        _check_lengths(memoryview(raw), parts)
        return parts
    except RepeatedKeyError as error:
        raise repeated(error.args[0], where) from error
    except (ValueError, RecursionError) as error:
        raise unreadable(error, where) from error


def _check_lengths(data: memoryview, parts: dict[str, msgspec.Raw]) -> None:
    if len(data) == _length(parts):
        return
    compact = msgspec.json.format(bytes(data), indent=-1)
    if len(compact) != _length(_parts(compact)):
        strict_loads(compact)


def _length(parts: dict[str, msgspec.Raw]) -> int:
    inner = sum(len(key.encode()) + 4 + len(memoryview(value)) for key, value in parts.items())
    return inner + (1 if parts else 2)


def typed_list(raw: Buffer, kind: type[T], where: str, *nested: str) -> list[T]:
    """Decode an array of Structs, refusing repeated keys in them.

    Args:
        raw: The array.
        kind: A Struct that Terraform's elements can be written again with.
        where: Names the array in messages.
        nested: Keys of the elements that hold Structs of their own.

    Raises:
        PlanError: It is no such array, or a key stands twice.
    """
    found: list[T] = convert(raw, list[kind], where)  # type: ignore[valid-type]
    if found and not _same_list(memoryview(raw), found):
        for item, element in zip(_items(raw), found, strict=True):
            if bytes(item) != _encode(element):
                _check_element(item, where, nested)
    return found


def _same_list(data: memoryview, found: list[Any]) -> bool:
    """Whether the elements, written again, are the array byte for byte.

    The one byte between two chunks can only be the comma: without one it would be no JSON.
    """
    position = 1
    for start in range(0, len(found), _CHUNK):
        written = _encode(found[start : start + _CHUNK])
        size = len(written) - 2
        if data[position : position + size].tobytes() != written[1:-1]:
            return False
        position += size + 1
    return position == len(data)


def typed_chunks(
    items: list[msgspec.Raw], kind: type[T], where: str
) -> Iterator[tuple[list[msgspec.Raw], list[T]]]:
    """Decode Structs as ``typed_list`` does, some at a time, to be looked at and left.

    Args:
        items: The elements, undecoded.
        kind: A Struct that Terraform's elements can be written again with.
        where: Names the array in messages.

    Yields:
        The elements, undecoded and decoded. The decoded ones are slices of a copy.
    """
    for start in range(0, len(items), _FEW):
        some = items[start : start + _FEW]
        data = _encode(some)
        found: list[T] = convert(data, list[kind], where)  # type: ignore[valid-type]
        if _encode(found) != data:
            for item, element in zip(some, found, strict=True):
                if bytes(item) != _encode(element):
                    _check_element(item, where, ())
        yield some, found


def _check_element(raw: Buffer, where: str, nested: tuple[str, ...]) -> None:
    parts = object_parts(raw, where)
    for name in nested:
        if name in parts:
            object_parts(parts[name], f"{where} ({name})")


def repeated(key: object, where: str) -> PlanError:
    """Return the error for a key that stands twice."""
    return PlanError(
        f"The plan repeats the key {key!r} in {where}; one would hide the other.",
        hint="Write it again: terraform show -json PLAN > plan.json",
    )


def unreadable(error: Exception, where: str) -> PlanError:
    """Return the error for a part that is not JSON, or not in Terraform's shape."""
    return PlanError(
        f"The plan cannot be read at {where}: {error}.",
        hint="Write it again: terraform show -json PLAN > plan.json",
    )
