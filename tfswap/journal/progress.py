"""How far a swap is, folded from the journal's events. Pure.

``progress_of`` is the one place that derives anything from events: every command asks its
``Progress``. Each part takes the events it is about, one after the other. What is done is read from
state and git (design.md, decision 3): this says what was begun, by whom, and what people said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tfswap.journal import events as e
from tfswap.journal.guided_run import GuideProgress
from tfswap.journal.scope import of_this_swap
from tfswap.journal.tables import TableProgress


@dataclass(frozen=True)
class WriteProgress:
    """What was begun on the state, and on top of it, since the swap was prepared."""

    begun: type[e.Event] | None = None
    """Which kind of write came last: ``PushBegun``, ``DirectBegun`` or none."""
    push_open: bool = False
    """A push was begun and nobody knows how it ended: it may still be under way."""
    unconfirmed: bool = False
    """The last write of all never said that it is done."""
    rollback_begun: bool = False
    """A rollback was begun, and neither ended nor given up for another write."""
    apply_begun: bool = False
    """An apply was begun since that write, and Terraform did not refuse it."""

    def after(self, event: e.Event) -> WriteProgress:
        """Return the progress after one more event."""
        match event:
            case e.Preparing():
                return WriteProgress(unconfirmed=self.unconfirmed)
            case e.PushBegun():
                return WriteProgress(e.PushBegun, push_open=True, unconfirmed=True)
            case e.DirectBegun():
                return WriteProgress(e.DirectBegun, self.push_open, unconfirmed=True)
            case e.Pushed() | e.PushRefused() | e.RollbackPushed():
                return replace(self, push_open=False, unconfirmed=False)
            case e.PushFailed():
                return replace(self, unconfirmed=True)
            case e.ApplyBegun():
                return replace(self, apply_begun=True)
            case e.ApplyRefused():
                return replace(self, apply_begun=False)
            case e.RollbackBegun():
                return replace(self, rollback_begun=True)
            case e.RolledBack() | e.Replaced() | e.RollbackBySwap() | e.Prepared():
                return replace(self, rollback_begun=False)
        return self


@dataclass(frozen=True)
class PlanProgress:
    """What was verified and applied."""

    unfinished: tuple[e.ApplyBegun, ...] = ()
    """Applies that were begun and did not end well, oldest first; over once one ended well, or a
    plan made afterwards had nothing left to do."""
    applied: bool = False
    """The prepared swap is applied: by tfswap, or found so by a plan with nothing left."""
    nothing_left: bool = False
    """The last plan that was verified found everything applied already."""
    plan: str = ""
    """Digest of the plan that was applied last."""
    swapping_back: bool = False
    """A rollback after an apply was begun, and neither finished nor given up."""

    def after(self, event: e.Event) -> PlanProgress:
        """Return the progress after one more event."""
        match event:
            case e.Prepared():
                return replace(self, applied=False, nothing_left=False)
            case e.Pushed():
                return replace(self, nothing_left=False)
            case e.Verified(verdict="applied"):
                return replace(self, unfinished=(), applied=True, nothing_left=True)
            case e.Verified():
                return replace(self, nothing_left=False)
            case e.ApplyBegun():
                return replace(self, unfinished=(*self.unfinished, event))
            case e.ApplyRefused():
                left = (one for one in self.unfinished if one.plan_sha256 != event.plan_sha256)
                return replace(self, unfinished=tuple(left))
            case e.Applied():
                return replace(self, unfinished=(), applied=True, plan=event.plan_sha256)
            case e.RollbackBySwap():
                return replace(self, swapping_back=True)
            case e.Finished():
                return replace(self, swapping_back=False)
            case e.RolledBack():
                return replace(self, swapping_back=False, nothing_left=False)
        return self


@dataclass(frozen=True)
class BranchProgress:
    """Where the branches came from, and what became of them."""

    origins: Mapping[str, e.Preparing] = field(default_factory=dict)
    """Branch -> where ``prepare`` last came from. Whether it made the branch then or earlier, since
    the last rollback, counts."""
    proposals: tuple[e.Proposed, ...] = ()
    """What ``finish`` pushed, without when and by whom."""
    finished: bool = False
    """``finish`` pushed a swap that was applied."""

    def after(self, event: e.Event) -> BranchProgress:
        """Return the progress after one more event."""
        match event:
            case e.Preparing():
                made = self.origins.get(event.branch, event)
                if event.created or not made.created:
                    made = event
                kept = e.Preparing(
                    branch=event.branch,
                    came_from=event.came_from,
                    commit=made.commit,
                    created=made.created,
                )
                return replace(self, origins={**self.origins, event.branch: kept})
            case e.RolledBack() | e.Replaced():
                left = {name: one for name, one in self.origins.items() if name != event.branch}
                return replace(self, origins=left)
            case e.Proposed():
                ended = self.finished or isinstance(event, e.Finished)
                return replace(self, proposals=(*self.proposals, event.bare()), finished=ended)
        return self

    def pull_request(self, branch: str) -> str:
        """Return the address of a branch's pull request; empty where none is known."""
        urls = (one.url for one in reversed(self.proposals) if one.branch == branch)
        return next((url for url in urls if url.startswith("https://")), "")


@dataclass(frozen=True)
class Progress:
    """Everything the journal says of what is done and what is left to do."""

    events: tuple[e.Event, ...] = ()
    """What it was folded from, oldest first."""
    writes: WriteProgress = WriteProgress()
    applies: PlanProgress = PlanProgress()
    branches: BranchProgress = field(default_factory=BranchProgress)
    tables: TableProgress = field(default_factory=TableProgress)
    guide: GuideProgress = field(default_factory=GuideProgress)

    def of_swap(self, branch: str) -> Progress:
        """Return the progress of one swap alone, from its own beginning on."""
        return progress_of(of_this_swap(self.events, branch))


def progress_of(events: Iterable[e.Event]) -> Progress:
    """Return the progress that the events tell, oldest first."""
    whole = tuple(events)
    now = Progress(whole)
    writes, applies, branches = now.writes, now.applies, now.branches
    tables, guide = now.tables, now.guide
    for event in whole:
        writes, applies = writes.after(event), applies.after(event)
        branches, tables, guide = branches.after(event), tables.after(event), guide.after(event)
    return Progress(whole, writes, applies, branches, tables, guide)
