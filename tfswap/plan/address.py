"""Resource addresses as Terraform prints them: module steps with their instance keys.

``for_each`` keys may hold quotes, dots and brackets, so an address cannot be split at dots
(Terraform, "Resource Addressing").
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

Key = str | int | None

_STEP = re.compile(
    r'(?P<name>[\w-]+)(?:\[(?:(?P<number>\d+)|(?P<text>"(?:[^"\\]|\\.)*"))\])?(?:\.|$)'
)


class AddressStep(NamedTuple):
    """One module call on the way, with its instance key."""

    name: str
    key: Key = None


ModulePath = tuple[AddressStep, ...]


def _key(match: re.Match[str]) -> Key:
    if match["number"] is not None:
        return int(match["number"])
    if match["text"] is None:
        return None
    try:
        return str(json.loads(match["text"]))
    except ValueError:
        return match["text"][1:-1]


def parse_module(address: str) -> ModulePath | None:
    """Take ``module.a["x"].module.b`` apart; None when it is no module address."""
    steps: list[AddressStep] = []
    position = 0
    while position < len(address):
        if not address.startswith("module.", position):
            return None
        match = _STEP.match(address, position + len("module."))
        if match is None:
            return None
        steps.append(AddressStep(match["name"], _key(match)))
        position = match.end()
    return tuple(steps)


@lru_cache(maxsize=1 << 16)
def strip_keys(address: str) -> str:
    """Return the configuration address of an instance: all instance keys taken out."""
    return re.sub(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]', "", address)
