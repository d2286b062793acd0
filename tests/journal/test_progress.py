"""What the fold makes of a write or an apply whose end is known, unknown or refused."""

from __future__ import annotations

import pytest

from tfswap.journal import events as e
from tfswap.journal.progress import progress_of

PUSH = e.PushBegun()


@pytest.mark.parametrize(
    ("events", "push_open", "unconfirmed"),
    [
        ((PUSH,), True, True),
        # Nobody knows whether it was written: it may still arrive.
        ((PUSH, e.PushFailed()), True, True),
        ((PUSH, e.PushRefused()), False, False),
        ((PUSH, e.Pushed()), False, False),
        ((PUSH, e.PushFailed(), e.RollbackPushed()), False, False),
        ((PUSH, e.PushFailed(), e.DirectBegun()), True, True),
        # Another swap's beginning knows nothing of that push, but does not end it either.
        ((PUSH, e.Preparing()), False, True),
    ],
)
def test_a_push_is_open_until_its_end_is_known(
    events: tuple[e.Event, ...], push_open: bool, unconfirmed: bool
) -> None:
    writes = progress_of(events).writes
    assert (writes.push_open, writes.unconfirmed) == (push_open, unconfirmed)


def test_an_apply_is_unfinished_until_it_ended_well_or_was_refused() -> None:
    begun = e.ApplyBegun(plan_sha256="a")
    failed, refused = e.ApplyFailed(plan_sha256="a"), e.ApplyRefused(plan_sha256="a")
    assert progress_of((begun,)).applies.unfinished == (begun,)
    assert progress_of((begun, failed)).applies.unfinished == (begun,)
    assert progress_of((begun, refused)).applies.unfinished == ()
    assert not progress_of((begun, refused)).writes.apply_begun
    assert progress_of((begun, failed)).writes.apply_begun
    for end in (e.Applied(plan_sha256="a"), e.Verified(verdict="applied")):
        ended = progress_of((begun, failed, end)).applies
        assert (ended.unfinished, ended.applied) == ((), True)
