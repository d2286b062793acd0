"""Which of the journal's events are about one swap. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tfswap.journal import events as e


def of_this_swap(events: Sequence[e.Event], branch: str | None = None) -> tuple[e.Event, ...]:
    """Return what came after another branch's swap, from this one's own beginning on.

    That beginning is its ``prepare``, or that of the guided run it is part of.

    Args:
        events: The journal's, oldest first.
        branch: The swap's; the one the journal named last when None.
    """
    mine = branch or next(filter(None, map(branch_of, reversed(events))), None)
    begun = [i for i, one in enumerate(events) if isinstance(one, e.Preparing | e.Prepared)]
    last = max((i for i in begun if branch_of(events[i]) == mine), default=len(events))
    foreign = max((i for i in begun if i < last and branch_of(events[i]) != mine), default=-1)
    if foreign < 0:
        return tuple(events)
    later = range(foreign + 1, len(events))
    own = next((i for i in later if branch_of(events[i]) == mine), foreign + 1)
    return tuple(events[_guided_run_before(events, foreign, own) :])


def branch_of(event: e.Event) -> str | None:
    """Return the branch an event is about; None for one that names none."""
    return getattr(event, "branch", None) or None


def _guided_run_before(events: Sequence[e.Event], after: int, own: int) -> int:
    """Return where the guided run began in which ``own`` was done; ``own`` where in none."""
    for index in range(own - 1, after, -1):
        if isinstance(events[index], e.GuideEnded):
            break
        if type(events[index]) is e.GuideBegun:
            return index
    return own
