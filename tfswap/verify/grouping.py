"""One mistake, told once: drop what another finding says better, fold what has one cause."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from tfswap.verify.report_data import Finding, Severity

_GENERAL = "TFS401"
_LOST_TABLE = "TFS101"
_FOLLOWS = ("TFS306", "TFS307", "TFS401", "TFS405", "TFS410")
_FOLDED = ("TFS401", "TFS402", "TFS304")
_ORDER = (Severity.ERROR, Severity.UNKNOWN, Severity.WARNING, Severity.INFO)


def group(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings worth telling, worst first, each cause once."""
    told = list(findings)
    told = _without_echoes(told)
    told = _without_consequences(told)
    told = _folded(told)
    return tuple(sorted(told, key=lambda f: (_ORDER.index(f.severity), f.rule, f.address)))


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Drop the general rule where a rule of its own tells of the same value."""
    special = [f for f in findings if f.rule != _GENERAL and f.severity is Severity.ERROR]
    whole = {f.address for f in special if f.rule in ("TFS101", "TFS102")}

    def echo(finding: Finding) -> bool:
        if finding.rule != _GENERAL or not finding.path:
            return False
        return finding.address in whole or any(
            other.address == finding.address and other.path and _covers(other.path, finding.path)
            for other in special
        )

    return [finding for finding in findings if not echo(finding)]


def _covers(one: str, other: str) -> bool:
    return one == other or one.startswith((f"{other}.", f"{other}["))


def _without_consequences(findings: list[Finding]) -> list[Finding]:
    """Where a table is lost, its ARN is unknown and so is every consumer: name them beneath it."""
    lost = [f for f in findings if f.rule == _LOST_TABLE]
    if not lost:
        return findings
    follows = [f for f in findings if f.rule in _FOLLOWS and f.evidence.endswith(_unknown_tail())]
    also = tuple(dict.fromkeys(f.address for f in follows if f.address != lost[0].address))
    kept = [f for f in findings if f not in follows and f is not lost[0]]
    return [msgspec.structs.replace(lost[0], also=also), *kept]


def _unknown_tail() -> str:
    return "(known after apply)"


def _folded(findings: list[Finding]) -> list[Finding]:
    """Fold findings of one rule whose values differ in the same words (an image tag, mostly)."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for index, finding in enumerate(findings):
        core = _core(finding.evidence) if finding.rule in _FOLDED else ""
        key = (_family(finding.rule), core) if core else (finding.rule, f"#{index}")
        groups.setdefault(key, []).append(finding)
    return [_one(members) for members in groups.values()]


def _family(rule: str) -> str:
    """An image tag also shows in parameters and outputs: the image rule tells for them."""
    return "TFS401" if rule == "TFS402" else rule


def _one(members: list[Finding]) -> Finding:
    first = max(members, key=lambda f: f.rule == "TFS402")
    also = dict.fromkeys(f.address for f in members if f.address != first.address)
    return msgspec.structs.replace(first, also=(*first.also, *also)) if also else first


def _core(evidence: str) -> str:
    """Return the words in which the two sides differ; empty when there is no telling."""
    old, arrow, new = evidence.partition(" -> ")
    if not arrow or "(sensitive)" in evidence:
        return evidence if not arrow and evidence else ""
    one, other = _words(old), _words(new)
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return f"{''.join(one)} -> {''.join(other)}" if one and other else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[\w.-]+|.", text)
