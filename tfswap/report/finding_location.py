"""What several machine formats say alike of a finding: its title, its place, its weight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from tfswap.report.sanitize import safe
from tfswap.rule_catalogue import RULES
from tfswap.verify.model.report_data import Finding, Location, Report, Severity

BLOCKING = (Severity.ERROR, Severity.UNKNOWN)
"""What keeps a plan from passing; "cannot tell" weighs as much as "wrong"."""


def title(rule: str) -> str:
    """Return a rule's id and title; the id alone for one that is not registered."""
    known = RULES.get(rule)
    return f"{rule} {known.title}" if known else rule


def within(location: Location | None) -> Location | None:
    """Return the location when it lies in the repository, else None.

    What reads these formats opens the path below the repository's top: one that leads out of it, or
    is absolute, would name another file, or tell of this machine.
    """
    if location is None:
        return None
    path = PurePosixPath(location.file)
    inside = not path.is_absolute() and ".." not in path.parts and path.parts
    return location if inside and location.line > 0 else None


def fallback(report: Report) -> Location | None:
    """Return where a finding stands that has no place of its own: the swapped name's line."""
    return next(filter(None, (within(table.location) for table in report.tables)), None)


def body(found: Finding) -> Iterator[str]:
    """Yield what a finding says beside its message, a line each, harmless."""
    if found.address:
        yield safe(f"{found.address} {found.path}".strip())
    elif found.path:
        yield safe(found.path)
    if found.evidence:
        yield safe(found.evidence)
    if found.also:
        shown = ", ".join(found.also[:_ALSO])
        more = f" and {len(found.also) - _ALSO} more" if len(found.also) > _ALSO else ""
        yield safe(f"Also: {shown}{more}")
    if found.hint and found.severity is not Severity.INFO:
        yield safe(f"Next: {found.hint}")


_ALSO = 10
