"""The three honest states, on every recorded plan of the swap."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.record.folder import FOLDER, expected
from tests.verify.recorded import _swap
from tfswap.plan.document import read_plan
from tfswap.review.pull_request import JudgedRevision, is_of, judge, state_of
from tfswap.swap import Swap
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import PullState, Report, Severity, Verdict
from tfswap.verify.rules.registry import finding
from tfswap.verify.verifier import verify
from tfswap.verify.without_swap import judge_without_swap

CASES = sorted(path.parent.name for path in FOLDER.glob("*/plan.json"))
DO_NOT, BEFORE, AFTER = PullState.DO_NOT_MERGE, PullState.BEFORE, PullState.AFTER
STATES = {
    "good": BEFORE,
    "two-tables": BEFORE,
    "swap-back": BEFORE,
    "ride-image": BEFORE,
    "applied": AFTER,
    "empty": DO_NOT,
    "replace": DO_NOT,
    "create": DO_NOT,
    "wrong-table": DO_NOT,
    "old-config": DO_NOT,
    "tfvars-not-edited": DO_NOT,
    "destroy": DO_NOT,
    "errored": PullState.CANNOT_TELL,
    "targeted": PullState.CANNOT_TELL,
    "refresh-only": PullState.CANNOT_TELL,
}
LOSSES = {"TFS101", "TFS102", "TFS001"}
"""What a guard refuses of the recorded plans."""


def swap_of(case: str) -> Swap:
    shown = expected(case)
    return _swap(shown.tables, shown.environment, shown.release)


@cache
def judged(case: str) -> tuple[bool, Report]:
    plan = read_plan((FOLDER / case / "plan.json").read_bytes())
    swap = swap_of(case)
    return is_of(plan, swap), verify(plan, Intent.from_swap(swap))


@pytest.mark.parametrize("case", STATES)
def test_where_it_stands(case: str) -> None:
    mine, report = judged(case)
    if case != "refresh-only":
        assert mine
    assert state_of(report) is STATES[case]


def test_part_of_a_good_plan_put_off() -> None:
    data = (FOLDER / "good" / "plan.json").read_bytes().rstrip()
    put_off = data.removesuffix(b"}") + b', "deferred_changes": [{"reason": "unknown"}]}'
    report = verify(read_plan(put_off), Intent.from_swap(swap_of("good")))
    assert report.verdict is Verdict.CANNOT_TELL
    assert state_of(report) is PullState.CANNOT_TELL
    assert judge_without_swap(read_plan(put_off)).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize("case", CASES)
def test_no_plan_that_loses_a_table_is_before_or_after(case: str) -> None:
    _, report = judged(case)
    if any(found.rule in ("TFS101", "TFS201") for found in report.findings):
        assert state_of(report) is DO_NOT
    ((_, whole),) = judge((), swap_of(case), [JudgedRevision(case, True, report)], is_swap=True)
    assert whole.verdict is report.verdict
    assert (whole.verdict.exit_code == 0) == (whole.verdict in (Verdict.READY, Verdict.APPLIED))
    if whole.pull is AFTER:
        assert whole.verdict is Verdict.APPLIED


@pytest.mark.parametrize("case", CASES)
def test_the_guard_refuses_exactly_what_takes_data_away(case: str) -> None:
    """Whether or not the swap is known: the freeze holds for whoever raised the plan."""
    report = judge_without_swap(read_plan((FOLDER / case / "plan.json").read_bytes()))
    _, verified = judged(case)
    lost = {one.rule for one in verified.findings if one.severity is Severity.ERROR} & LOSSES
    lost |= {"TFS106"} if case == "table-forgotten" else set()
    refused = {one.rule for one in report.findings if one.severity is Severity.ERROR}
    # The verifier folds the rest of a destroy plan into one finding.
    assert refused == lost or (case == "destroy" and lost < refused)
    # A refresh-only plan lists nothing, so nothing can be said of it.
    fine = Verdict.CANNOT_TELL if case == "refresh-only" else Verdict.PASSED
    assert report.verdict is (Verdict.REJECTED if lost else fine)


def test_a_table_that_leaves_terraform_is_refused_unless_somebody_says_where_it_went() -> None:
    plan = read_plan((FOLDER / "table-forgotten" / "plan.json").read_bytes())
    report = judge_without_swap(plan)
    assert report.verdict is Verdict.REJECTED
    assert {one.rule for one in report.findings} >= {"TFS106"}
    went = Allowance("aws_dynamodb_table.notes", "forget", "in the repo notes", date(2999, 1, 1))
    allowed = judge_without_swap(plan, [went])
    shown = next(one for one in allowed.findings if one.rule == "TFS106")
    assert (shown.address, shown.severity) == ("aws_dynamodb_table.notes", Severity.WARNING)
    _, verified = judged("table-forgotten")
    assert verified.verdict is Verdict.REJECTED


def test_an_empty_table_in_the_place_of_one_that_is_left_behind_is_refused() -> None:
    document = json.loads((FOLDER / "good" / "plan.json").read_bytes())
    entries = document["resource_changes"]
    table = next(one for one in entries if one["address"] == "aws_dynamodb_table.sessions_table")
    table["change"]["actions"] = ["create", "forget"]
    report = judge_without_swap(read_plan(json.dumps(document).encode()))
    assert report.verdict is Verdict.REJECTED
    assert {found.rule for found in report.findings} == {"TFS106", "TFS108"}


def test_a_plan_of_another_environment_is_guarded() -> None:
    plan = read_plan((FOLDER / "good" / "plan.json").read_bytes())
    swap = swap_of("good")
    assert is_of(plan, swap)
    assert not is_of(plan, replace(swap, account="999999999999"))
    assert is_of(plan, replace(swap, account=""))
    other = replace(swap.tables[0], old_name="demo-Lpas", new_name="demo-Lpas-20240715")
    assert not is_of(plan, replace(swap, tables=(other,)))


def test_a_swap_without_a_plan_never_is_ready() -> None:
    ((_, report),) = judge((), swap_of("good"), (), is_swap=True)
    assert (report.verdict, report.pull) == (Verdict.PASSED, PullState.NOT_PLANNED)
    assert [found.rule for found in report.findings] == ["TFS811"]
    assert report.findings[0].location is not None


def test_a_swap_with_plans_of_other_things_cannot_be_told() -> None:
    other = JudgedRevision(
        "x.json", False, judge_without_swap(read_plan((FOLDER / "good/plan.json").read_bytes()))
    )
    ((_, report),) = judge((), swap_of("good"), (other,), is_swap=True)
    assert (report.verdict, report.pull) == (Verdict.CANNOT_TELL, PullState.NOT_PLANNED)
    # Whether TTL belongs to a restored table is told by its swap alone: so it is named.
    assert [found.rule for found in report.findings] == ["TFS812", "TFS108"]


def test_the_worst_of_several_plans_decides() -> None:
    good, replaced = (JudgedRevision(case, True, judged(case)[1]) for case in ("good", "replace"))
    reports = judge((), swap_of("good"), (good, replaced), is_swap=True)
    assert [name for name, _ in reports] == ["", "good", "replace"]
    assert [one.verdict.value for _, one in reports] == ["rejected", "ready", "rejected"]
    assert reports[0][1].pull is DO_NOT
    both = judge((), swap_of("good"), (good, good), is_swap=True)
    assert both[0][1].verdict is Verdict.READY


def test_wrong_files_refuse_a_good_plan() -> None:
    wrong = finding("TFS809", "It is committed.")
    good = JudgedRevision("good", True, judged("good")[1])
    ((_, report),) = judge((wrong,), swap_of("good"), (good,), is_swap=True)
    assert (report.verdict, report.pull) == (Verdict.REJECTED, BEFORE)
    assert "1 error." in report.summary


def test_without_a_swap_plans_are_guarded() -> None:
    plan = Path(FOLDER / "old-config/plan.json").read_bytes()
    one = JudgedRevision("main.json", False, judge_without_swap(read_plan(plan)))
    ((_, report),) = judge((), None, (one,), is_swap=False)
    assert (report.verdict, report.pull) == (Verdict.REJECTED, PullState.NO_SWAP)
    ((_, none),) = judge((), None, (), is_swap=False)
    assert (none.verdict, none.summary) == (Verdict.PASSED, "No swap here, and no plan.")


def test_what_cannot_be_told_is_no_pass() -> None:
    doubt = finding("TFS813", "Who knows.", severity=Severity.UNKNOWN)
    ((_, report),) = judge((doubt,), None, (), is_swap=None)
    assert (report.verdict, report.pull) == (Verdict.CANNOT_TELL, PullState.CANNOT_TELL)
