"""Applies that did not end well: their plans are kept, and the next plan is judged as their rest.

The journal tells which applies were begun and never ended well; the private copies of their plans
lie in ``.tfswap/`` until one apply has ended well, or a plan shows that nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tfswap.commands.workbench import Workbench
from tfswap.errors import TfswapError
from tfswap.home import Home
from tfswap.plan.document import read_plan
from tfswap.steps import verdict as verdicts
from tfswap.steps.journal import Journal
from tfswap.terraform.client import Terraform
from tfswap.terraform.state import State, parse
from tfswap.verify.begun import Begun
from tfswap.verify.intent import Intent
from tfswap.verify.report_data import Verdict
from tfswap.verify.verifier import verify

_SHORT = 16
Entry = Mapping[str, Any]


def unfinished(journal: Journal) -> list[Entry]:
    """Return the journal's applies that were begun and did not end well, oldest first.

    Taken as over once an apply ended well, or a plan made afterwards had nothing left to do.
    """
    found: list[Entry] = []
    for entry in journal.entries():
        event = entry.get("event")
        if event == "applied" or (event == "verified" and entry.get("verdict") == "applied"):
            found.clear()
        elif event == "apply":
            found.append(entry)
        elif event == "apply-refused":
            sha256 = entry.get("plan_sha256")
            found = [one for one in found if one.get("plan_sha256") != sha256]
    return found


def set_aside(home: Home) -> None:
    """Keep the plan of an earlier apply under a name of its own before another one begins."""
    if home.applying.is_file():
        digest = verdicts.digest(home.applying)
        home.applying.replace(home.folder / f"begun-{digest[:_SHORT]}.plan")


def forget(home: Home) -> None:
    """Remove the kept plans: the swap is applied."""
    for path in home.begun:
        path.unlink(missing_ok=True)


def with_begun(bench: Workbench, terraform: Terraform, intent: Intent, plan: Path) -> Intent:
    """Return the intent with the plans that ``plan`` may be the rest of.

    A begun plan counts only while it is the very file the journal names, of this workspace, made
    from an earlier state of the same lineage, and ready under today's intent.

    Args:
        bench: Holds the journal and the kept plans.
        terraform: Reads the kept plans.
        intent: What the plan is to do.
        plan: The saved plan that is about to be verified.
    """
    begun = unfinished(bench.journal)
    if not begun:
        return intent
    kept = {verdicts.digest(path): path for path in bench.home.begun}
    found: tuple[Begun, ...] = ()
    for entry in _once(begun):
        path = kept.get(str(entry.get("plan_sha256")))
        if path is None or not _is_earlier(path, plan):
            continue
        if entry.get("workspace", intent.workspace) != intent.workspace:
            continue
        if one := _ready(bench, terraform, replace(intent, begun=found), entry, path):
            found = (*found, one)
    return replace(intent, begun=found)


def before_apply(bench: Workbench) -> State | None:
    """Return the state from before the last apply that did not end well; None where unknown."""
    kept = {verdicts.digest(path): path for path in bench.home.begun}
    for entry in reversed(unfinished(bench.journal)):
        path = kept.get(str(entry.get("plan_sha256")))
        if path is not None:
            return parse(verdicts.state_in(path))
    return None


def _once(entries: list[Entry]) -> Iterable[Entry]:
    """Return the first entry of each plan, oldest first."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(str(entry.get("plan_sha256")), entry)
    return found.values()


def _is_earlier(begun: Path, plan: Path) -> bool:
    """Whether the begun plan was made from an earlier, or the same, state of one lineage."""
    lineage, serial = verdicts.made_from(begun)
    now_lineage, now_serial = verdicts.made_from(plan)
    return lineage == now_lineage and serial <= now_serial


def _ready(
    bench: Workbench, terraform: Terraform, intent: Intent, entry: Entry, path: Path
) -> Begun | None:
    """Read a begun plan and verify it once more: only a ready one may explain anything."""
    when = spoken(entry)
    try:
        plan = read_plan(terraform.show(str(path)))
        report = verify(plan, replace(intent, made_from=None, state_now=None), patches=False)
    except TfswapError as error:
        bench.console.warn(f"The plan of the apply begun {when} cannot be read: {error.message}")
        return None
    if report.verdict is not Verdict.READY:
        bench.console.say(
            f"the plan of the apply begun {when} is not ready for this swap: left out"
        )
        return None
    return Begun(plan, _time(entry), str(entry.get("who")))


def spoken(entry: Entry) -> str:
    """Return when and by whom an apply was begun, for people."""
    return f"at {_time(entry)} by {entry.get('who')}"


def _time(entry: Entry) -> str:
    try:
        at = datetime.fromisoformat(str(entry.get("at"))).astimezone(UTC)
    except ValueError:
        return "an unknown time"
    return f"{at:%H:%M} UTC on {at:%d %b}"
