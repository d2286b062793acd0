"""What commands write with ``--format json``, as types; ``docs/schemas/`` holds their schemas.

Within a version fields may be added; a field that changes its meaning or goes raises it. Nothing a
plan or a state marks sensitive is in any of them.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import ClassVar

import msgspec


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What every document has."""

    VERSION: ClassVar[int] = 1


class SwapPhase(StrEnum):
    """How far a swap is."""

    NONE = "none"
    """No swap is prepared."""
    EDIT = "edit"
    """A swap is prepared; its branch or its edit is not in place."""
    PREPARED = "prepared"
    """Branch and edit are in place; the state holds the outgoing table."""
    PUSHED = "pushed"
    """The state holds the restored table; no plan is verified as ready."""
    VERIFIED = "verified"
    """A plan is ready to be applied."""
    APPLIED = "applied"
    """Nothing is left to apply; the edit is to be published and merged."""
    FINISHED = "finished"
    """The edit is published, and what is checked out has it."""
    BUSY = "busy"
    """Another tfswap, or a Terraform of one, is at work."""
    INTERRUPTED = "interrupted"
    """A rollback was begun and did not end, or a state was not saved."""
    UNKNOWN = "unknown"
    """The state was not read."""


PHASE_CODES = {
    **{phase: 10 + number for number, phase in enumerate(SwapPhase)},
    SwapPhase.UNKNOWN: 3,
}
"""What ``status --exit-code`` ends with; ``unknown`` as every command that cannot tell."""


class SwappedTable(msgspec.Struct, frozen=True):
    """A table of the swap."""

    address: str
    outgoing: str
    restored: str


class StatusLine(msgspec.Struct, frozen=True):
    """One thing that was found."""

    state: str
    """``done``, ``open``, ``unknown`` or ``note``."""
    text: str


class Alternative(msgspec.Struct, frozen=True):
    """Another command that may be run."""

    why: str
    command: str


class StatusDocument(Document, frozen=True, kw_only=True):
    """Where the swap stands (``tfswap status``)."""

    phase: SwapPhase
    phase_code: int
    """What ``--exit-code`` ends with."""
    environment: str
    """Empty where no swap is prepared."""
    workspace: str
    tables: list[SwappedTable]
    lines: list[StatusLine]
    next: str
    """The next command, and why."""
    alternatives: list[Alternative]


class PreparedConsumer(msgspec.Struct, frozen=True):
    """A block that refers to the table."""

    address: str
    kind: str


class PreparedTable(msgspec.Struct, frozen=True):
    """A table of a prepared swap."""

    address: str
    outgoing: str
    restored: str
    arn: str
    """Of the restored table; empty where no account is known."""
    region: str
    file: str
    """The file that names it, from the repository's top."""
    line: int
    before: str
    """The string there now."""
    after: str
    """The string that takes its place."""
    pipelines: list[str]
    consumers: list[PreparedConsumer]


class PrepareDocument(Document, frozen=True, kw_only=True):
    """What was prepared (``tfswap prepare``)."""

    environment: str
    environment_origin: str
    workspace: str
    root_module: str
    account: str
    branch: str
    dry_run: bool
    """Nothing was changed."""
    already: bool
    """It had been prepared before."""
    edit: list[str]
    """The edit as lines; none where it was made already."""
    tables: list[PreparedTable]
    stale: list[str]
    """What would still name an outgoing table, in words."""
    commands: list[str]
    """State commands and plan, as shell lines."""


class DoctorLine(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    check: str
    level: str
    """``ok``, ``warning`` or ``stop``."""
    text: str
    hint: str


class DoctorDocument(Document, frozen=True, kw_only=True):
    """What would block a swap (``tfswap doctor``)."""

    exit_code: int
    environment: str
    workspace: str
    root_module: str
    lines: list[DoctorLine]


class ComparedTable(msgspec.Struct, frozen=True):
    """One of two tables."""

    name: str
    arn: str
    status: str
    items: int
    """As AWS counts them, about every six hours."""


class SourceLine(msgspec.Struct, frozen=True):
    """A statement about where the restored table came from."""

    standing: str
    """``right``, ``wrong`` or ``unknown``."""
    text: str


class ComparedRow(msgspec.Struct, frozen=True):
    """One part of both tables."""

    part: str
    outgoing: str
    restored: str
    mark: str
    """``differs``, ``not_ready``, ``nobody``, ``not_known``, ``judge``, ``plan`` or ``same``."""
    note: str
    blocks: bool
    """Whether one table cannot take the other's place because of it."""


class Comparison(msgspec.Struct, frozen=True):
    """An outgoing and a restored table."""

    outgoing: ComparedTable
    restored: ComparedTable
    blocks: bool
    source: list[SourceLine]
    rows: list[ComparedRow]


class CompareDocument(Document, frozen=True, kw_only=True):
    """Restored and outgoing tables side by side (``tfswap compare``)."""

    blocks: bool
    """Whether keys, types or indexes of any pair differ."""
    tables: list[Comparison]


class ListedPoint(msgspec.Struct, frozen=True):
    """One recovery point."""

    arn: str
    id: str
    table: str
    created: str
    age_seconds: int
    size_bytes: int | None
    status: str
    message: str
    usable: bool
    why_not: str
    """Empty where it can be restored from."""
    encryption_key: str
    encrypted: bool | None
    expires: str | None


class BackupsDocument(Document, frozen=True, kw_only=True):
    """A table's recovery points (``tfswap backups``)."""

    table: str
    vault: str
    points: list[ListedPoint]


class LoggedEvent(msgspec.Struct, frozen=True):
    """One line of the history."""

    at: str
    who: str
    event: str
    text: str


class LogDocument(Document, frozen=True, kw_only=True):
    """Who did what and when (``tfswap log``)."""

    swap: str
    """The swap in one line; empty when none is prepared any more."""
    pair: str
    events: list[LoggedEvent]


DOCUMENTS: dict[str, type[Document]] = {
    "status": StatusDocument,
    "prepare": PrepareDocument,
    "doctor": DoctorDocument,
    "compare": CompareDocument,
    "backups": BackupsDocument,
    "log": LogDocument,
}
"""By command."""


def render_document(document: Document) -> str:
    """Return a document as indented JSON, no newline at the end.

    ASCII only: a terminal that shows it must not act on what a name or a message holds.
    """
    body = {"version": document.VERSION, **msgspec.to_builtins(document)}
    return json.dumps(body, indent=2)
