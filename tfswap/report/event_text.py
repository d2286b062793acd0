"""The journal's events in words. Pure.

Only what is named here is taken from an entry: argv and whatever else it may hold stays out.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tfswap.journal import events as e

NOISE = (e.Preparing, e.StepBegun, e.StepDone, e.Confirmed, e.PhaseBegun, e.PhaseDone)
"""Left out unless everything is asked for: a rehearsal's steps, and what only leads to others."""

ENDS: dict[type[e.Event], tuple[type[e.Event], ...]] = {
    e.StepBegun: (e.StepDone,),
    e.DirectBegun: (e.Pushed,),
    e.PushBegun: (e.Pushed, e.PushRefused, e.PushFailed),
    e.RollbackPushBegun: (e.RollbackPushed, e.RollbackPushRefused, e.RollbackPushFailed),
    e.ApplyBegun: (e.Applied, e.ApplyFailed, e.ApplyRefused),
}
"""Events that begin something, and the events that end it."""

_TEXTS = {
    "preparing": "creates the branch {branch} from {came_from}",
    "prepared": "prepared the swap{renames}: branch {branch}, tfvars edited",
    "rehearsed": "rehearsed on a copy of state serial {serial}: {verdict}",
    "step": "starts: {title}{where}",
    "step-done": "{title}{where}",
    "direct": "started to run the commands one by one on the state",
    "push": "started to write the state over serial {pulled_serial}",
    "pushed": "wrote the state: it has the restored table (serial {serial})",
    "found": "found the write done: the state has the restored table (serial {serial})",
    "push-refused": "the write was rejected, nothing changed: {error}",
    "push-failed": "the write failed midway: {error}",
    "push-overwritten": "someone else wrote the state at the same time (serial {serial})",
    "verified": "verified a plan of state serial {serial}: {verdict}",
    "apply": "started to apply the verified plan (state serial {serial})",
    "applied": "applied the verified plan",
    "apply-failed": "the apply failed: {error}",
    "apply-refused": "nothing was applied: {error}",
    "committed": "committed the tfvars edit on {branch}",
    "proposed": "pushed {branch} before the apply; pull request into {base} {url}",
    "finished": "pushed {branch}; pull request into {base} {url}",
    "rollback-push": "started to restore the backed-up state over serial {pulled_serial}",
    "rollback-pushed": "restored the backed-up state (serial {serial})",
    "rollback-push-refused": "restoring the state was rejected, nothing changed: {error}",
    "rollback-push-failed": "restoring the state failed midway: {error}",
    "rollback-begun": "started to roll back the swap on {branch}",
    "rolled-back": "rolled back: tfvars and branch {branch} are as before",
    "replaced": "cancelled the swap on {branch}: another date is prepared instead",
    "rollback-by-swap": "rollback after an apply: prepares a swap back",
    "protect": "enables deletion protection of {table}",
    "protected": "enabled deletion protection of {table}",
    "unprotect": "disables deletion protection of {table} again",
    "unprotected": "disabled deletion protection of {table} again",
    "restore-start": "asked AWS to restore {table}",
    "restore-started": "the restore of {table} started",
    "restore-failed": "the restore of {table} failed",
    "restored": "restored {table}: it is ACTIVE",
    "key-change": "started to change the encryption key of {table}",
    "key-changed": "changed the encryption key of {table}",
    "source-accepted": "accepted {table} without knowing its source",
    "pipeline-stop": "started to stop the pipeline {pipeline}",
    "pipeline-stopped": "stopped the pipeline {pipeline}",
    "pipeline-start": "started to start the pipeline {pipeline}",
    "pipeline-started": "started the pipeline {pipeline}",
    "scan-count": "counted the items of both tables by reading them completely",
    "retire-begun": "started to delete the outgoing table {table}",
    "retire-backup": "has a final backup of {table}: {backup}",
    "retire-stopped": "something changed: {table} was not deleted",
    "retire-unprotect": "disables deletion protection of {table} in {region}",
    "retire-replica": "deletes the replica of {table} in {region}",
    "retire-replica-deleted": "deleted the replica of {table} in {region}",
    "retire-delete": "deletes the table {table}",
    "retire-deleted": "deleted the table {table}",
    "retire-alarms": "deletes the alarms of {table} in {region}",
    "retired": "the outgoing table {table} is retired",
    "guide-begun": "started the guided run",
    "guide-changed": "continued the guided run with other inputs: {again}",
    "guide-ended": "ended the guided run",
    "phase": "starts: {phase}",
    "phase-done": "done: {phase}",
    "phase-not-needed": "no longer needed: {phase}",
    "phase-skipped": "skipped: {phase}",
    "phase-failed": "did not succeed: {phase}",
    "confirmed": "confirmed: {item}",
}

_ERRORS = {
    "StateMovedError": "someone else wrote the state in the meantime",
    "StateLockedError": "someone else held the state lock",
    "ChildInterrupted": "interrupted",
    "KeyboardInterrupt": "interrupted",
    "TerraformError": "Terraform failed",
    "AwsError": "AWS denied access or could not be reached",
}

_PLACES = {"backend": " (on the state itself)", "rehearsal": " (on the scratch copy)"}


def event_line(event: e.Event) -> str:
    """Return what an event says, in words; an event not known here is told by its name alone."""
    found = isinstance(event, e.Pushed) and event.found
    text = _TEXTS.get("found" if found else event.kind)
    return event.kind.replace("-", " ") if text is None else text.format_map(_Facts(event))


class _Facts(dict[str, str]):
    """An event's facts as words; one that is missing is a question mark."""

    def __init__(self, event: e.Event) -> None:
        super().__init__(where=_PLACES.get(event.where, ""))
        if isinstance(event, e.Prepared):
            self["renames"] = _renames(event.renames)
        for name, value in msgspec.structs.asdict(event).items():
            if name == "error":
                self[name] = _ERRORS.get(value, value)
            elif name not in self and isinstance(value, str | int) and value != "":
                self[name] = str(value)

    def __missing__(self, key: str) -> str:
        return "?"


def _renames(pairs: Sequence[tuple[str, str]]) -> str:
    """Return `` old -> new`` of every table."""
    return " " + ", ".join(f"{old} -> {new}" for old, new in pairs) if pairs else ""


def skipped_note(lines: Sequence[int]) -> str:
    """Return what to say of lines of the journal that hold no event."""
    which = ", ".join(map(str, lines[:5])) + (f" and {len(lines) - 5} more" if lines[5:] else "")
    noun = "line" if len(lines) == 1 else "lines"
    return f".tfswap/journal.jsonl: {noun} {which} cannot be read (cut off by a kill?) and skipped."
