"""What a phase of the guided run is, and what a whole guided run is about."""

from __future__ import annotations

from dataclasses import dataclass, field

Words = tuple[str, ...]


@dataclass(frozen=True)
class GuidedRun:
    """What is asked for, before anything is looked up in AWS."""

    names: tuple[str, ...]
    """Restored tables as the tfvars shall name them: ``Lpas-20240715``."""
    environment: str
    restore: str = ""
    """What to restore first, as ``--at`` takes it; empty: it is restored."""
    pair: str = ""
    """Who is at it, as given with ``--pair``."""
    role: str = ""
    """The role that Terraform and AWS are reached with; empty: that of the shell."""
    hooks: dict[str, Words] = field(default_factory=dict)
    """``maintenance_on`` and ``maintenance_off`` of ``tfswap.toml``, as argv."""
    prefix: str = ""
    """Words before Terraform and for AWS credentials, as one text; empty: none."""
    terraform_bin: str = ""
    """Which terraform, where it was said."""
    given: tuple[tuple[str, str], ...] = ()
    """Further flags and their values, as typed; each phase is handed those it knows."""
    skip: tuple[str, ...] = ()
    """Names of the phases that are left out."""
    has_pipelines: bool = True
    """Whether an ingestion pipeline reads the table."""


@dataclass(frozen=True)
class Phase:
    """One thing done at a time, by one command."""

    name: str
    """Short and stable: the journal and ``--skip`` know it by this."""
    title: str
    why: str
    """One or two sentences for somebody tired: what it does, what it never does."""
    command: Words
    """The words after ``tfswap``; none where it is not a command of ours."""
    foreign: Words = ()
    """The whole argv of a hook, where it is not a command of ours."""
    events: tuple[str, ...] = ()
    """Journal events that tell it is done."""
    asks: bool = True
    """The command asks by itself before it changes anything, and so takes ``--yes``."""
    ahead_of: str = ""
    """The phase that a look is about, where that is another than the next: done, none is needed."""
    otherwise: str = ""
    """What people can do where the command did not end well, beside what itself says."""
    by_hand: str = ""
    """The runbook's section that says how to do the same by hand."""

    @property
    def only_reads(self) -> bool:
        """Whether it changes nothing, and so leaves nothing in the journal either."""
        return not self.events and not self.foreign


@dataclass(frozen=True)
class Precondition:
    """Something only people can know, asked first (runbook, "Before Proceeding")."""

    name: str
    question: str
    why: str
