"""One mistake, told once: drop what another finding says better, fold what has one cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from tfswap.verify.model.evidence import UNKNOWN
from tfswap.verify.model.report_data import Finding, Severity

Causes = Mapping[tuple[str, str], str]
"""(address, path) -> the words in which the value differs."""

_GENERAL = "TFS401"
_SCHEMA = "TFS104"
_INDEXES = ("global_secondary_index", "local_secondary_index")
_ORDER = (Severity.ERROR, Severity.UNKNOWN, Severity.WARNING, Severity.INFO)

_ABSORBS: tuple[tuple[str, frozenset[str]], ...] = (
    ("TFS004", frozenset({"TFS008", "TFS204", "TFS305"})),
    ("TFS001", frozenset({"TFS002", "TFS008", "TFS305", "TFS310"})),
    ("TFS002", frozenset({"TFS008", "TFS305", "TFS310"})),
    ("TFS003", frozenset({"TFS102", "TFS305", "TFS401", "TFS404", "TFS410"})),
    ("TFS207", frozenset({"TFS301", "TFS302", "TFS305"})),
)
"""A finding, always an error, and what follows from it wherever it stands."""

_MANY = 4
_PLACES = 3
_DEFERRED = "is read during apply"
_LOST = ("TFS101", "TFS103")
_FOLLOWS_LOSS = ("TFS306", "TFS307", "TFS401", "TFS405", "TFS410")
_FOLDED = ("TFS008", "TFS304", "TFS310", "TFS401", "TFS402")


def group(findings: Iterable[Finding], causes: Causes) -> tuple[Finding, ...]:
    """Return the findings worth telling, worst first, each cause once.

    An error stays an error: only the number of findings gets smaller, never their weight.
    """
    rest = _without_echoes(list(findings))
    for rule, follows in _ABSORBS:
        rest = _absorbed(rest, rule, lambda found, follows=follows: found.rule in follows)  # type: ignore[misc]
    for rule in _LOST:
        rest = _absorbed(rest, rule, _is_unknown)
    rest = _absorbed_by_other_tables(rest, causes)
    rest = _folded(rest, causes)
    rest = _fold_unknown_values(rest)
    return tuple(sorted(rest, key=lambda f: (_ORDER.index(f.severity), f.rule, f.address)))


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Drop the general rule where a rule of its own tells of the same value."""
    special = [f for f in findings if f.rule != _GENERAL and f.severity is Severity.ERROR]
    whole = {f.address for f in special if f.rule in ("TFS101", "TFS102", "TFS209")}

    tagged = {(f.address, f.path) for f in findings if f.path.startswith("tags_all")}
    indexed = {f.address for f in findings if f.rule == _SCHEMA and f.path in _INDEXES}

    def echo(finding: Finding) -> bool:
        if finding.rule == _SCHEMA and finding.path == "attribute":
            return finding.address in indexed  # It lists what the indexes are made of.
        if finding.rule == _GENERAL and finding.path.partition(".")[0] == "tags":
            inside = finding.path.replace("tags", "tags_all", 1)
            if any(a == finding.address and _covers(p, inside) for a, p in tagged):
                return True
        if finding.rule != _GENERAL or not finding.path:
            return False
        return finding.address in whole or any(
            other.address == finding.address and other.path and _covers(other.path, finding.path)
            for other in special
        )

    return [finding for finding in findings if not echo(finding)]


def _covers(one: str, other: str) -> bool:
    """Whether two paths of one resource overlap."""
    return one == other or any(
        longer.startswith((f"{shorter}.", f"{shorter}["))
        for longer, shorter in ((one, other), (other, one))
    )


def _is_unknown(finding: Finding) -> bool:
    """Where a table is lost its ARN is unknown, and so is every consumer."""
    return finding.rule in _FOLLOWS_LOSS and finding.evidence.endswith(UNKNOWN)


def _absorbed(
    findings: list[Finding], rule: str, follows: Callable[[Finding], bool]
) -> list[Finding]:
    """Name what follows from the first finding of a rule beneath it."""
    root = next((found for found in findings if found.rule == rule), None)
    if root is None:
        return findings
    gone = [found for found in findings if found is not root and follows(found)]
    every = (address for found in gone for address in (found.address, *found.also))
    also = dict.fromkeys((*root.also, *(a for a in every if a and a != root.address)))
    named = msgspec.structs.replace(root, also=tuple(also))
    dropped = {id(found) for found in gone}
    return [named if f is root else f for f in findings if id(f) not in dropped]


def _absorbed_by_other_tables(findings: list[Finding], causes: Causes) -> list[Finding]:
    """Consumers that follow a table which is not part of the swap belong to that mistake."""
    for root in [found for found in findings if found.rule == "TFS209" and found.evidence]:
        name = root.evidence

        def follows(found: Finding, name: str = name) -> bool:
            core = causes.get((found.address, found.path)) or found.evidence
            return found.rule in ("TFS401", "TFS307") and name in core

        findings = _absorbed(findings, "TFS209", follows)
    return findings


def _folded(findings: list[Finding], causes: Causes) -> list[Finding]:
    """Fold findings of one rule whose values differ in the same words (an image tag, mostly)."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for index, finding in enumerate(findings):
        key = _key(finding, causes) if finding.rule in _FOLDED else ""
        place = (_family(finding.rule), key) if key else (finding.rule, f"#{index}")
        groups.setdefault(place, []).append(finding)
    return [_one(members) for members in groups.values()]


def _fold_unknown_values(findings: list[Finding]) -> list[Finding]:
    """Fold unknown values when there are many: one deferred module makes dozens of them."""
    unknown_values = [found for found in findings if found.rule == "TFS306"]
    if len(unknown_values) <= _MANY:
        return findings
    root = next(
        (found for found in unknown_values if _DEFERRED in found.message), unknown_values[0]
    )
    also = dict.fromkeys(
        a for f in unknown_values for a in (f.address, *f.also) if a != root.address
    )
    message = f"{root.message} {len(unknown_values) - 1} more values cannot be verified."
    one = msgspec.structs.replace(root, message=message, also=tuple(also))
    return [one, *(found for found in findings if found.rule != "TFS306")]


def _key(finding: Finding, causes: Causes) -> str:
    if finding.rule in ("TFS008", "TFS304", "TFS310"):
        return finding.evidence or finding.rule
    return causes.get((finding.address, finding.path), "")


def _family(rule: str) -> str:
    """An image tag also shows in parameters and outputs: the image rule tells for them."""
    return "TFS401" if rule == "TFS402" else rule


def _one(members: list[Finding]) -> Finding:
    first = max(members, key=lambda f: f.rule == "TFS402")
    also = dict.fromkeys(f.address for f in members if f.address != first.address)
    paths = dict.fromkeys(f.path for f in members if f.address == first.address)
    message = _with_places(first.message, [path for path in paths if path != first.path])
    return msgspec.structs.replace(first, message=message, also=(*first.also, *also))


def _with_places(message: str, paths: list[str]) -> str:
    """Return the message, with the further places in the same object that tell of the same."""
    if not paths:
        return message
    more = f" and {len(paths) - _PLACES} more" if len(paths) > _PLACES else ""
    return f"{message} Also at {', '.join(paths[:_PLACES])}{more}."
