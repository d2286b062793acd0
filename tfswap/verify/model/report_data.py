"""What the verifier says about one plan: verdict, checklist, findings, explained changes.

Frozen data that every report format reads. Nothing a plan marks sensitive is in here: values are
redacted where evidence is made (``verify.model.evidence``).
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from tfswap.errors import ExitCode


class Verdict(Enum):
    """The answer to one plan (design.md, "Words")."""

    READY = "ready"
    APPLIED = "applied"
    PASSED = "passed"
    """Of ``check`` alone: nothing speaks against it, but no plan of a swap was judged."""
    REJECTED = "rejected"
    CANNOT_TELL = "cannot tell"

    @property
    def exit_code(self) -> ExitCode:
        """Exit code of ``verify-plan`` and ``check``; ``cannot tell`` never counts as a pass."""
        return {
            Verdict.READY: ExitCode.OK,
            Verdict.APPLIED: ExitCode.OK,
            Verdict.PASSED: ExitCode.OK,
            Verdict.REJECTED: ExitCode.REJECTED,
            Verdict.CANNOT_TELL: ExitCode.CANNOT_TELL,
        }[self]


class PullState(Enum):
    """Where a pull request's swap stands, as ``check`` sees it."""

    BEFORE = "before"
    """The state holds the restored table; the expected changes are ahead."""
    AFTER = "after"
    """Applied: nothing is left to do for the swap."""
    DO_NOT_MERGE = "do not merge"
    """The state does not hold the restored table, or an apply would delete or replace a table."""
    CANNOT_TELL = "cannot tell"
    NOT_PLANNED = "not planned"
    """There is a swap, and no plan of it: only the files were checked."""
    NO_SWAP = "no swap"
    """Nothing is swapped: the plans were only guarded."""


class Severity(Enum):
    """What a finding does to the verdict."""

    ERROR = "error"
    """The plan is rejected."""
    UNKNOWN = "cannot tell"
    """The plan cannot pass."""
    WARNING = "warning"
    """The verdict stands; somebody should look."""
    INFO = "info"


class Status(Enum):
    """State of one line of the checklist."""

    SATISFIED = "satisfied"
    FAILED = "failed"
    CANNOT_TELL = "cannot tell"
    NOT_APPLICABLE = "not applicable"


class LeafKind(Enum):
    """Why a value differs (design.md, decision 6)."""

    RENAMED = "renamed"
    COMPUTED = "computed"
    PROTECTION = "restored protection"
    EQUIVALENT = "same by meaning"
    CAUSED = "caused by the swap"
    """Only the swap's plan changes it, the baseline plan does not (docs/baseline.md)."""
    ALLOWED = "allowed"
    UNEXPLAINED = "unexplained"
    UNRESOLVED = "cannot tell"

    @property
    def explained(self) -> bool:
        """Whether a leaf of this kind may be in a ready plan."""
        return self not in (LeafKind.UNEXPLAINED, LeafKind.UNRESOLVED)


class Location(msgspec.Struct, frozen=True):
    """A line in the user's repository."""

    file: str
    line: int


class Finding(msgspec.Struct, frozen=True):
    """One rule's statement about one resource."""

    rule: str
    """Stable id, ``TFS###``."""
    severity: Severity
    message: str
    """What is wrong, in one sentence."""
    address: str = ""
    """Resource address, ``output.NAME``, or empty for the plan as a whole."""
    path: str = ""
    """Attribute, e.g. ``environment[0].variables.LPAS_TABLE``."""
    evidence: str = ""
    """``old -> new``, short and redacted."""
    hint: str = ""
    """What to do next."""
    also: tuple[str, ...] = ()
    """Further addresses that tell of the same mistake."""
    location: Location | None = None


class ChecklistItem(msgspec.Struct, frozen=True):
    """One line of the runbook's "Things to check for"."""

    key: str
    title: str
    status: Status
    evidence: tuple[str, ...]
    """One line for each resource looked at, worst first, or what was looked for."""
    at_fault: int = 0
    """How many lines of the evidence, the first ones, are the reason for a bad status."""


class LeafNote(msgspec.Struct, frozen=True):
    """One changed value and its explanation."""

    path: str
    kind: LeafKind
    evidence: str
    reason: str = ""


class PatchOp(msgspec.Struct, frozen=True):
    """One operation of an RFC 6902 patch."""

    op: str
    """``add``, ``remove`` or ``replace``."""
    path: str
    """RFC 6901 pointer into the resource's attributes."""
    value: Any = msgspec.UNSET
    """The value as planned, ``(known after apply)`` or ``(sensitive)``; absent for ``remove``."""


class ExplainedChange(msgspec.Struct, frozen=True):
    """One change of the plan with every changed value explained, or not."""

    address: str
    action: str
    explained: bool
    leaves: tuple[LeafNote, ...]
    reason: str = ""
    """Why the object is replaced or read, where that is more than its values."""
    patch: tuple[PatchOp, ...] = ()
    """From the object now to the object as planned; empty where patches were not asked for."""


class Counts(msgspec.Struct, frozen=True):
    """How many changes of each kind."""

    noop: int = 0
    read: int = 0
    update: int = 0
    replace: int = 0
    create: int = 0
    delete: int = 0
    other: int = 0

    @property
    def totals(self) -> str:
        """Terraform's own line; a replacement counts as one to add and one to destroy."""
        add, destroy = self.create + self.replace, self.delete + self.replace
        return f"Plan: {add} to add, {self.update} to change, {destroy} to destroy"


class RenamedTable(msgspec.Struct, frozen=True):
    """A table of the swap, as reports name it."""

    old: str
    new: str
    address: str = ""
    location: Location | None = None
    """Where the tfvars name it, as far as that is known."""


class LinkRole(Enum):
    """What a node of the consumers' graph is."""

    TABLE = "table"
    CONSUMER = "consumer"
    OUTSIDER = "outsider"
    """No consumer, but a finding is about it."""


class LinkStanding(Enum):
    """How a node of the consumers' graph fares in the plan."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILING = "failing"
    """A finding that weighs is about it."""


class PlanLink(msgspec.Struct, frozen=True):
    """A node of the consumers' graph: a block of the configuration with instances in the plan."""

    address: str
    """Configuration address: no instance keys."""
    parent: str
    """Address one step nearer to the table, on a shortest way; empty where there is none."""
    role: LinkRole
    standing: LinkStanding
    instances: int = 1
    """How many the plan shows; 0 where a finding is about something it does not change."""


class Report(msgspec.Struct, frozen=True):
    """Everything there is to say about one plan."""

    verdict: Verdict
    summary: str
    tables: tuple[RenamedTable, ...]
    checklist: tuple[ChecklistItem, ...]
    findings: tuple[Finding, ...]
    changes: tuple[ExplainedChange, ...]
    counts: Counts
    notes: tuple[str, ...] = ()
    environment: str = ""
    terraform_version: str = ""
    links: tuple[PlanLink, ...] = ()
    """The tables, their consumers, and what else the findings are about."""
    namesakes: tuple[str, ...] = ()
    """Further resources whose addresses end like one above: a short form must not fit them too."""
    pull: PullState | None = None
    """Of ``check`` alone: where the pull request's swap stands."""
