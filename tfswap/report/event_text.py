"""The journal's events in words. Pure.

Only what is named here is taken from an entry: argv and whatever else it may hold stays out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOISE = frozenset({"preparing", "step", "step-done", "checked", "phase", "phase-done"})
"""Left out unless everything is asked for: a rehearsal's steps, and what only leads to others."""

ENDS = {
    "step": ("step-done",),
    "direct": ("pushed",),
    "push": ("pushed", "push-refused", "push-failed"),
    "rollback-push": ("rollback-pushed", "rollback-push-refused", "rollback-push-failed"),
    "apply": ("applied", "apply-failed", "apply-refused"),
}
"""Events that begin something, and the events that end it."""

_TEXTS = {
    "preparing": "makes the branch {branch}, coming from {came_from}",
    "prepared": "prepared the swap{renames}: branch {branch}, tfvars edited",
    "rehearsed": "rehearsed on a copy of state serial {serial}: {verdict}",
    "step": "begins: {title}{where}",
    "step-done": "{title}{where}",
    "direct": "began to run the commands one by one on the state",
    "push": "began to write the state over serial {pulled_serial}",
    "pushed": "wrote the state: it holds the restored table (serial {serial})",
    "found": "found that write done: the state holds the restored table (serial {serial})",
    "push-refused": "the write was refused, nothing changed: {error}",
    "push-failed": "the write failed part way: {error}",
    "push-overwritten": "somebody else wrote the state at the same time (serial {serial})",
    "verified": "verified a plan of state serial {serial}: {verdict}",
    "apply": "began to apply the verified plan (state serial {serial})",
    "applied": "applied the verified plan",
    "apply-failed": "the apply ended badly: {error}",
    "apply-refused": "nothing was applied: {error}",
    "committed": "committed the tfvars edit on {branch}",
    "proposed": "pushed {branch} before the apply; pull request into {base} {url}",
    "finished": "pushed {branch}; pull request into {base} {url}",
    "rollback-push": "began to put the backed-up state back over serial {pulled_serial}",
    "rollback-pushed": "put the backed-up state back (serial {serial})",
    "rollback-push-refused": "putting the state back was refused, nothing changed: {error}",
    "rollback-push-failed": "putting the state back failed part way: {error}",
    "rollback-begun": "began to roll back the swap on {branch}",
    "rolled-back": "rolled back: tfvars and branch {branch} are as before",
    "replaced": "took back the swap on {branch}: another date is prepared in its place",
    "rollback-by-swap": "rollback after an apply: prepares the swap back",
    "protect": "begins to protect {table} from deletion; it was not",
    "protected": "protected {table} from deletion",
    "unprotect": "begins to take that protection of {table} off again",
    "unprotected": "{table} is as unprotected as it was",
    "scan-count": "counted the items of both tables by reading them whole",
    "retire-begun": "began to delete the outgoing table {table}",
    "retire-backup": "has a final backup of {table}: {backup}",
    "retire-stopped": "something moved: {table} was not deleted",
    "retire-unprotect": "takes the deletion protection of {table} off in {region}",
    "retire-replica": "deletes the replica of {table} in {region}",
    "retire-replica-deleted": "the replica of {table} in {region} is gone",
    "retire-delete": "deletes the table {table}",
    "retire-deleted": "the table {table} is gone",
    "retire-alarms": "deletes the alarms of {table} in {region}",
    "retired": "the outgoing table {table} is retired",
    "night-begun": "began the night",
    "night-told": "added to what the night was told: {again}",
    "night-ended": "ended the night",
    "phase": "begins: {phase}",
    "phase-done": "done: {phase}",
    "phase-needless": "not needed any more: {phase}",
    "phase-skipped": "skipped: {phase}",
    "phase-failed": "did not succeed: {phase}",
    "checked": "confirmed: {item}",
}

_ERRORS = {
    "StateMovedError": "somebody else wrote the state meanwhile",
    "StateLockedError": "somebody else held the state lock",
    "ChildInterrupted": "interrupted",
    "KeyboardInterrupt": "interrupted",
    "TerraformError": "Terraform failed",
    "AwsError": "AWS refused or could not be reached",
}

_PLACES = {"backend": " (on the state itself)", "rehearsal": " (on the scratch copy)"}


def event_line(entry: Mapping[str, Any]) -> str:
    """Return what an entry says, in words; an event not known here is told by its name alone."""
    event = str(entry.get("event", ""))
    if event == "pushed" and entry.get("found"):
        event = "found"
    text = _TEXTS.get(event)
    return event.replace("-", " ") if text is None else text.format_map(_Facts(entry))


class _Facts(dict[str, str]):
    """An entry's facts as words; one that is missing is a question mark."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        super().__init__(
            renames=_renames(entry.get("renames")),
            error=_ERRORS.get(str(entry.get("error")), str(entry.get("error"))),
            where=_PLACES.get(str(entry.get("where")), ""),
        )
        for name, value in entry.items():
            if name not in self and isinstance(value, str | int):
                self[name] = str(value)

    def __missing__(self, key: str) -> str:
        return "?"


def _renames(value: object) -> str:
    """Return `` old -> new`` of every table; the journal holds pairs."""
    if not isinstance(value, list):
        return ""
    pairs = [pair for pair in value if isinstance(pair, list) and len(pair) == 2]
    return " " + ", ".join(f"{old} -> {new}" for old, new in pairs) if pairs else ""
