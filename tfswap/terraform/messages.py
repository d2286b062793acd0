"""Terraform's machine-readable messages: one JSON object a line, from ``apply -json``.

Fields and types are those of Terraform's documentation, "Machine-Readable UI". A wrapper may print
lines of its own between them; those are no messages and are left as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]


def parse(line: str) -> Message | None:
    """Return the message in a line, or None where the line is none."""
    text = line.strip()
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = isinstance(found, dict) and isinstance(found.get("type"), str) and "@message" in found
    return found if known else None


def readable(text: str) -> str:
    """Return output as Terraform would have written it for people.

    Of messages only diagnostics are kept, errors before warnings; values (outputs, the lines of
    configuration a diagnostic quotes) are left out. Lines that are no messages stay.
    """
    lines: list[str] = []
    warnings: list[str] = []
    for line in text.splitlines():
        message = parse(line)
        if message is None:
            lines.append(line)
        elif diagnosed := diagnostic(message):
            (lines if severity(message) == "error" else warnings).extend(diagnosed)
    return "\n".join((*lines, *warnings))


def severity(message: Message) -> str:
    """Return ``error`` or ``warning`` of a diagnostic, the empty text of anything else."""
    body = message.get("diagnostic")
    if message.get("type") != "diagnostic" or not isinstance(body, dict):
        return ""
    return "error" if body.get("severity") == "error" else "warning"


def diagnostic(message: Message) -> list[str]:
    """Return a diagnostic as lines for people; no line where the message is none."""
    body = message.get("diagnostic")
    kind = severity(message)
    if not kind or not isinstance(body, dict):
        return []
    return ["", f"{kind.capitalize()}: {body.get('summary', '')}", *_where(body), *_detail(body)]


def _where(body: Message) -> Iterator[str]:
    address, place = body.get("address"), body.get("range")
    if isinstance(address, str) and address:
        yield f"  with {address}"
    if isinstance(place, dict) and isinstance(place.get("start"), dict):
        yield f"  on {place.get('filename')} line {place['start'].get('line')}"


def _detail(body: Message) -> list[str]:
    detail = body.get("detail")
    return ["", *detail.splitlines()] if isinstance(detail, str) and detail else []
