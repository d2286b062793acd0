"""Shorten addresses for a terminal, but only as far as they stay the only ones of their kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_STEP = re.compile(r'module\.[\w-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.')
_SIGN = "…."


class Shortener:
    """Shortens the addresses of one report.

    Args:
        known: Every address the report names; what is short must not fit two of them.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = set(known)
        self._ends = Counter(end for address in self._known for end in _endings(address))

    def short(self, address: str) -> str:
        """Return the address without the module steps it does not need; ``….`` stands for them."""
        found = next((end for end in _endings(address) if self._ends[end] == 1), address)
        shorter = f"{_SIGN}{found}"
        return shorter if len(shorter) < len(address) else address

    def split(self, text: str) -> tuple[str, str]:
        """Split ``ADDRESS: words`` into the address and the words; no address where none is known.

        Keys of ``for_each`` may hold a colon, so the address is looked up, not guessed.
        """
        address, sign, _ = text.rpartition(": ")
        while sign and address not in self._known:
            address, sign, _ = address.rpartition(": ")
        return (address, text[len(address) + 2 :]) if sign else ("", text)


def _endings(address: str) -> list[str]:
    """Return the address without one, two… of its leading module steps, shortest first."""
    found = [address]
    rest = address
    while match := _STEP.match(rest):
        rest = rest[match.end() :]
        found.append(rest)
    return found[::-1]
