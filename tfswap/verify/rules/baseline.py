"""Rules about the baseline plan: what is pending without the swap, told first and in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from tfswap.plan.changes import Change
from tfswap.verify.model.evidence import clip
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule
from tfswap.verify.values.equality import same

_ECHOES = frozenset(
    {"TFS306", "TFS307", "TFS401", "TFS402", "TFS403", "TFS404", "TFS405", "TFS410"}
)
"""Rules that would tell of a pending change a second time."""
_MAX = 3


@rule(
    "TFS013",
    "Changes are pending without the swap",
    meaning="The baseline plan (without the swap) has changes.",
    why="They would be applied together with the swap without a review.",
    todo="Apply these changes on main before the swap, or allow them in tfswap.toml; then "
    "plan again.",
    source="docs/baseline.md",
)
def pending(case: RuleInput) -> Iterator[Finding]:
    """What the baseline plan changes and the swap's plan does not explain."""
    listed = _unexplained(case)
    if not listed:
        return
    words = [f"{change.address}: {_what(change)}" for change in listed]
    # One value as well, such as the image that moved: what it is tells where it comes from.
    values = [one for each in listed for one in case.explanations[each.address].leaves]
    open_ = (one.note for one in values if not (one.kind.explained or one.sensitive))
    shown = next((f"; {one.path}: {one.evidence}" for one in open_), "")
    more = f"; {len(words) - _MAX} more" if len(words) > _MAX else ""
    count = "1 change" if len(listed) == 1 else f"{len(listed)} changes"
    one = finding(
        "TFS013",
        f"Pending on main without the swap: {count}.",
        listed[0],
        evidence=clip("; ".join(words[:_MAX]), 200) + more + shown,
    )
    yield msgspec.structs.replace(one, also=tuple(change.address for change in listed[1:]))


@rule(
    "TFS014",
    "The baseline plan does not match this plan",
    meaning="The baseline plan was made from other inputs than the swap's plan.",
    why="Only plans that differ by the swap alone show what the swap changes, so this "
    "baseline is ignored.",
    todo="Make both plans from the same files, inputs and state. tfswap run makes both.",
    source="docs/baseline.md",
)
def no_baseline(case: RuleInput) -> Iterator[Finding]:
    """A plan was handed in as the baseline that is none of this plan."""
    for why in case.baseline.objections:
        yield finding("TFS014", f"The baseline plan is ignored: {why}.", severity=Severity.WARNING)


def in_one_place(found: Iterable[Finding], case: RuleInput) -> list[Finding]:
    """Drop what tells of a pending change again; TFS013 rejects the plan for all of them."""
    listed = {change.address: change for change in _unexplained(case)}

    def echo(one: Finding) -> bool:
        change = listed.get(one.address)
        if change is None or one.rule not in _ECHOES:
            return False
        name = re.split(r"[.\[]", one.path)[0]
        return not name or name in _names(change)

    return [one for one in found if not echo(one)]


def _unexplained(case: RuleInput) -> list[Change]:
    known = case.explanations
    return [
        change
        for address, change in case.baseline.pending.items()
        if address in known and not known[address].explained
    ]


def _what(change: Change) -> str:
    names = (
        ", ".join(sorted(_names(change))[:_MAX])
        if change.exists_before and change.exists_after
        else ""
    )
    return f"{change.action.words} {names}".rstrip()


def _names(change: Change) -> set[str]:
    """Return the top-level arguments a change is about."""
    before, after, unknown = change.before, change.after, change.unknown
    if not isinstance(before, dict) or not isinstance(after, dict):
        return set()
    open_ = {name for name, mark in unknown.items() if mark} if isinstance(unknown, dict) else set()
    return open_ | {n for n in {*before, *after} if not same(before.get(n), after.get(n))}
