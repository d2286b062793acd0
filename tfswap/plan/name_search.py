r"""Search undecoded JSON for names, so that only what may hold one is ever decoded.

``may_hold`` errs on one side only. A name made of ASCII letters, digits, ``_.-`` that a reader of
the value could see is either in the bytes as it is, or at least one of its characters is spelt
otherwise. All the spellings that the verifier reads are looked for:

* JSON writes a character as itself or as ``\u00XX``. In JSON inside a string the backslash is
  escaped again, at any depth, and still stands before ``u00XX``; or it is itself ``\u005c``.
* Percent-encoding writes ``%XX``; its ``%`` may be ``\u0025``.
* YAML and shells know ``\xXX``, ``\U000000XX``, and a backslash before the line's end, which
  joins two lines.
* Base64 writes a text in one of three ways, by where it begins; wrapped lines are always opened.

Of escapes, only those of characters that play a part in the above count: Terraform writes
``\u003c``, ``\u003e`` and ``\u0026`` everywhere, and none of these belongs to a name. Bytes that
are not UTF-8 count as well: decoding then says so.

No expression here takes more than a few steps from any place: no text makes the search slow.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from tfswap.plan.duplicate_keys import Buffer

_CODES = rb"(?:2[5aAbBdDeEfF]|3[0-9dDfF]|[46][1-9a-fA-F]|[57][0-9aA]|5[cCfF])"
"""Hexadecimal codes of letters, digits and ``% * + - . / = ? \\ _``."""
_LINE = rb"[A-Za-z0-9+/]{60}"
"""Before a line's end: base64 is wrapped at 64 or 76 characters."""
_BEHIND_BACKSLASH = re.compile(
    rb"\\(?:(?:u00|U000000)" + _CODES + rb"|/|\\x|\\\\[nr]|[nr](?<=" + _LINE + rb"\\[nr]))"
)
_WRAPPED = re.compile(rb"[\r\n](?<=" + _LINE + rb"[\r\n])")
_PERCENT = re.compile(rb"%(?:25)*" + _CODES)


_NO_LONGER = rb"(?![A-Za-z0-9_-])"
"""A name that goes on with such a character is another name, in every way of reading it: the
restored table's begins with the outgoing one's."""


Sign = Callable[[bytes], bool]

_TOGETHER = 64
"""Values searched together."""


class PlanSearch:
    """Looks for some names, and for ARN patterns that may cover a table, in undecoded JSON."""

    def __init__(self, names: Iterable[str]) -> None:
        plain = [name.encode() for name in names]
        self._packed = [part for name in plain for part in _in_base64(name)]
        self._signs: tuple[Sign, ...] = (
            *map(_named, plain),
            *map(_found, self._packed),
            _is_pattern,
            _has_escape,
            _has_percent,
            _is_no_text,
        )

    def may_hold(self, raw: Buffer) -> bool:
        """Return False only where no text in the value can name one of the names."""
        data = bytes(raw)
        return any(sign(data) for sign in self._signs)

    def within(self, whole: Buffer) -> Callable[[Buffer], bool]:
        """Return ``may_hold`` for parts of this value, spelt as they are in it.

        A sign that the whole does not show need not be looked for in each of them.
        """
        data = bytes(whole)
        shown = [sign for sign in self._signs if sign(data)]
        return lambda part: any(sign(bytes(part)) for sign in shown)

    def sift(self, raws: Sequence[Buffer]) -> Iterator[int]:
        """Yield the places of those values that may hold a name, as ``may_hold`` tells it.

        Some are searched together, and one by one only for the signs that they show together: a
        sign of one value is never lost by writing others around it.
        """
        for start in range(0, len(raws), _TOGETHER):
            some = raws[start : start + _TOGETHER]
            data = b"\n".join(some)
            shown = [sign for sign in self._signs if sign(data)]
            for place, raw in enumerate(some if shown else (), start):
                one = bytes(raw)
                if any(sign(one) for sign in shown):
                    yield place

    def is_plain(self, text: str) -> bool:
        """Whether a decoded text can hold a name only as it is: it need not be opened."""
        if "\\" in text or "%" in text:
            return False
        data = text.encode()
        return not any(needle in data for needle in self._packed) and not _WRAPPED.search(data)


def _named(name: bytes) -> Callable[[bytes], bool]:
    ended = re.compile(re.escape(name) + _NO_LONGER)
    return lambda data: name in data and ended.search(data) is not None


def _found(needle: bytes) -> Callable[[bytes], bool]:
    return lambda data: needle in data


def _is_pattern(data: bytes) -> bool:
    return (b"*" in data or b"?" in data) and (b":dynamodb:" in data or b"table/" in data)


def _has_escape(data: bytes) -> bool:
    return b"\\" in data and _BEHIND_BACKSLASH.search(data) is not None


def _has_percent(data: bytes) -> bool:
    return b"%" in data and _PERCENT.search(data) is not None


def _is_no_text(data: bytes) -> bool:
    return not data.isascii() and not _is_utf8(data)


def _in_base64(name: bytes) -> list[bytes]:
    """Return what is the same in every base64 text with the name in it, for its three places."""
    found = []
    for before in range(3):
        coded = base64.b64encode(bytes(before) + name)
        first = (before * 8 + 5) // 6
        found.append(coded[first : (before + len(name)) * 8 // 6])
    return found


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
