"""What ``finish`` writes: the commit's message, and title and body of the pull request. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tfswap.journal.events import Event
from tfswap.report.budget import FOLD_END, Budget, folded
from tfswap.report.escape import code, prose, table
from tfswap.report.event_text import NOISE, event_line
from tfswap.report.markdown import CHECKLIST_HEAD, LIMIT, checklist_rows
from tfswap.report.wrap import wrap
from tfswap.swap import Swap
from tfswap.verify.model.report_data import Report

NOT_APPLIED = "<!-- tfswap: not applied -->"
"""Marks a body written before the apply; once applied, ``finish`` writes it anew."""

_WHY = (
    "A table restored from AWS Backup has a new name, which the configuration must use. "
    "Until this is merged and has reached the environment, a pipeline run with the old "
    'name plans to replace the restored table (runbook, "Bring restored table into '
    'service").'
)
_SUBJECT = 72


@dataclass(frozen=True)
class SwapOutcome:
    """What a pull request says of the swap."""

    swap: Swap
    applied: bool
    """Whether the last verdict is ``applied``."""
    at: datetime | None = None
    """When that was said."""
    serial: int | None = None
    """Serial of the state it was said of."""
    report: Report | None = None
    """On the plan that was applied, else the last one that is kept."""
    events: tuple[Event, ...] = ()
    """The journal."""


def subject(swap: Swap) -> str:
    """Return what was done in one line: the commit's first, and the pull request's title."""
    names = [one.new_name for one in swap.tables]
    line = f"Use the restored table {names[0]}"
    if len(names) > 1:
        line = f"Use {len(names)} restored tables in {swap.environment}"
    elif len(longer := f"{line} in {swap.environment}") <= _SUBJECT:
        line = longer
    return line


def commit_message(swap: Swap) -> str:
    """Return the message: what was swapped for what, where, and why."""
    lines = [subject(swap), ""]
    for one in swap.tables:
        lines += [f"{one.old_name} -> {one.new_name}", f"  {one.leaf.file}, {one.leaf.pointer}"]
    where = swap.environment
    if swap.workspace != swap.environment:
        where += f" (workspace {swap.workspace})"
    return "\n".join([*lines, f"Environment: {where}", "", *wrap(_WHY, _SUBJECT)]) + "\n"


def pull_body(outcome: SwapOutcome, limit: int = LIMIT) -> str:
    """Return the pull request's body in at most ``limit`` bytes.

    Nothing is in it that a report or the journal's words do not hold; of who did something only
    the user's name, not the machine's.
    """
    budget = Budget(limit - 1, "the journal and the reports in `.tfswap/` have all.")
    head = budget.fit(list(_head(outcome)), limit // 3, "tables")
    after = budget.take(list(_after(outcome)))
    checklist = _checklist(outcome, budget)
    journal = _journal(outcome.events, budget)
    return "\n".join([*head, *checklist, *after, *journal]) + "\n"


def _head(outcome: SwapOutcome) -> Iterator[str]:
    yield from ([] if outcome.applied else [NOT_APPLIED, ""])
    yield prose(_WHY)
    yield ""
    rows = [
        (code(t.old_name), code(t.new_name), code(t.address), code(f"{t.leaf.file}:{t.leaf.line}"))
        for t in outcome.swap.tables
    ]
    yield from table(("outgoing", "restored", "resource", "tfvars"), rows)
    yield ""
    swap = outcome.swap
    yield f"Environment: {code(swap.environment)}, workspace {code(swap.workspace)}."
    yield ""
    yield _standing(outcome)


def _standing(outcome: SwapOutcome) -> str:
    if not outcome.applied:
        return (
            "⚠️ **Not applied yet: do not merge.** As long as the state has the "
            "outgoing table, a pipeline run of this branch plans to replace it. Merge "
            "when `tfswap status` on this branch shows `applied`."
        )
    when = f" of {outcome.at:%d %B %Y %H:%M} UTC" if outcome.at else ""
    state = f" (state serial {outcome.serial})" if outcome.serial is not None else ""
    return f"✅ **Applied.** A plan{when}{state} has no changes left for the swap."


def _checklist(outcome: SwapOutcome, budget: Budget) -> list[str]:
    report = outcome.report
    if report is None or not report.checklist:
        return []
    lines = table(CHECKLIST_HEAD, checklist_rows(report))
    summary = prose(report.summary)
    opening = [
        "",
        f"### Checklist of the plan: {report.verdict.value}",
        "",
        summary,
        "",
        *lines[:2],
    ]
    return budget.fit(lines[2:], budget.left * 2 // 3, "lines of the checklist", opening)


def _after(outcome: SwapOutcome) -> Iterator[str]:
    yield from ("", "### After the merge", "")
    if not outcome.applied:
        yield "- [ ] Apply first: `tfswap status` shows the next command"
    yield "- [ ] It has reached the environment, and the pipeline's plan had no changes for it"
    yield "- [ ] End the change freeze"
    yield "- [ ] The outgoing table still exists: delete it when it is no longer needed"


def _journal(events: Iterable[Event], budget: Budget) -> list[str]:
    rows = [_row(event) for event in events if not isinstance(event, NOISE)]
    if not rows:
        return []
    lines = table(("when (UTC)", "who", "what"), rows)
    opening = [*folded(f"Journal ({len(rows)})"), *lines[:2]]
    return budget.fit(lines[2:], budget.left, "lines of the journal", opening, FOLD_END)


def _row(event: Event) -> tuple[str, str, str]:
    when = event.at[:19].replace("T", " ")
    who = event.who.partition("@")[0]
    return prose(when), prose(who, 40), prose(event_line(event), 300)
