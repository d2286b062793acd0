"""Plans that real Terraform made, good ones and the mistakes people make, each with its answer.

The answer stands in the plan's own folder (`case.toml`); each plan is asked twice, as `verify-plan
--from --to` asks and as it asks in a prepared repository.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.record.cases import CASES
from tests.record.folder import FOLDER, GIVEN, PREPARED, Expected, expected, readme
from tests.verify.plans import INTENT, NEW, OLD, TABLE, finding, load, report, rules
from tests.verify.recorded import prepared_intent
from tfswap.errors import ExitCode
from tfswap.names import Rename
from tfswap.report import Format, render
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Report, Severity, Status, Verdict

BOTH = Intent.from_renames(
    [Rename(OLD, NEW), Rename("production-Sessions", "production-Sessions-20240715")]
)
BACK = Intent.from_renames([Rename(NEW, OLD)])


def given_intent(shown: Expected) -> Intent:
    """What `verify-plan --from --to` knows; of a release it would be told nothing."""
    intent = Intent.from_renames([Rename(table.old, table.new) for table in shown.tables])
    return replace(intent, release=shown.release)


ASK = {GIVEN: given_intent, PREPARED: prepared_intent}


def _each(*reasons: str) -> list[object]:
    """Every answered case, asked both ways; marked where the verifier does not come to it yet."""
    return [
        pytest.param(case, asked, marks=_marks(case, asked, reasons))
        for case in CASES
        for asked in ASK
        if (FOLDER / case / "case.toml").exists()
    ]


def _marks(case: str, asked: str, reasons: tuple[str, ...]) -> list[pytest.MarkDecorator]:
    shown = expected(case, asked)
    wanting = [why for name in reasons if (why := getattr(shown, name))]
    return [pytest.mark.xfail(strict=True, reason=why) for why in wanting]


@pytest.mark.parametrize(("case", "asked"), _each("wanting_verdict"))
def test_verdict_of_a_recorded_plan(case: str, asked: str) -> None:
    shown = expected(case, asked)
    found = report(case, ASK[asked](shown))
    assert found.verdict.value == shown.verdict
    good = found.verdict in (Verdict.READY, Verdict.APPLIED)
    assert (found.verdict.exit_code is ExitCode.OK) == good


@pytest.mark.parametrize(("case", "asked"), _each("wanting", "wanting_verdict"))
def test_findings_of_a_recorded_plan(case: str, asked: str) -> None:
    shown = expected(case, asked)
    found = report(case, ASK[asked](shown))
    assert rules(found) == shown.rules
    _names(found, shown.names)


def _names(found: Report, addresses: tuple[str, ...]) -> None:
    """The report names each culprit where it says what is wrong, not only among what is fine."""
    text = render(found, Format.TEXT, width=400, colour=False)
    wrong = text[text.index("\nChecklist") : text.rindex(" explained, ")]
    blamed = {each for one in found.findings for each in (one.address, *one.also)}
    for address in addresses:
        assert address in blamed
        assert address in wrong


def test_the_recorders_table_and_the_folders_agree() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/plan.json")} == set(CASES)
    assert {path.parent.name for path in FOLDER.glob("*/case.toml")} == set(CASES)
    assert {path.name for path in FOLDER.iterdir()} == {*CASES, "README.md"}


def test_the_readme_over_the_folders_is_up_to_date() -> None:
    assert (FOLDER / "README.md").read_text() == readme()


def test_no_recorded_plan_tells_where_it_was_made() -> None:
    for path in FOLDER.glob("*/plan.json"):
        text = path.read_text()
        assert not any(part in text for part in ("/tmp/", "/home/", "/root/", "127.0.0.1"))


def test_the_good_plan_holds_exactly_what_facts_md_says() -> None:
    found = report("good")
    assert all(change.explained for change in found.changes)
    assert (found.counts.read, found.counts.update, found.counts.replace) == (1, 9, 3)
    assert (found.counts.create, found.counts.delete, found.counts.other) == (0, 0, 0)
    assert {item.status for item in found.checklist} == {Status.SATISFIED}
    assert any("search index is stale" in note for note in found.notes)


def test_an_unknown_policy_is_resolved_through_its_document() -> None:
    changes = {change.address: change for change in report("good").changes}
    (leaf,) = changes["aws_iam_role_policy.opensearch_pipeline"].leaves
    assert "data.aws_iam_policy_document.opensearch_pipeline" in leaf.reason
    assert leaf.evidence.endswith(f'{NEW}"')


def test_two_tables_planned_but_one_meant_is_rejected() -> None:
    found = report("two-tables")
    assert (found.verdict, rules(found)) == (Verdict.REJECTED, {"TFS209"})


def test_two_tables_meant_but_one_planned_is_rejected() -> None:
    assert report("good", BOTH).verdict is Verdict.REJECTED


def test_two_tables_exchanged_in_the_question_are_rejected() -> None:
    mixed = Intent.from_renames(
        [Rename(OLD, "production-Sessions-20240715"), Rename("production-Sessions", NEW)]
    )
    assert report("two-tables", mixed).verdict is Verdict.REJECTED


@pytest.mark.parametrize("case", CASES)
def test_the_swap_back_is_never_taken_for_the_swap(case: str) -> None:
    rightly = {"swap-back", "empty"}
    passed = report(case, BACK).verdict in (Verdict.READY, Verdict.APPLIED)
    assert not passed or case in rightly


def test_one_mistake_is_told_once() -> None:
    image = finding(report("ride-image"), "TFS402")
    assert "output.container_version" in image.also
    assert "aws_ssm_parameter.container_version" in image.also
    assert len(image.also) == 4


@pytest.mark.parametrize("case", ["ride-tag", "deferred-module"])
def test_one_cause_behind_many_resources_is_told_in_few_findings(case: str) -> None:
    assert len(report(case).findings) <= 6


def test_a_lost_table_names_what_hangs_on_it() -> None:
    lost = finding(report("replace"), "TFS101")
    assert lost.address == TABLE
    assert "aws_iam_role_policy.opensearch_pipeline" in lost.also


def test_a_replica_says_how_to_keep_it() -> None:
    replica = finding(report("replica"), "TFS102")
    assert "the replica" in replica.message
    assert "--release" in replica.hint


@pytest.mark.parametrize("form", Format)
def test_a_secret_is_in_no_report(form: Format) -> None:
    assert "SENTINEL-after" in str(load("ride-secret"))
    assert "SENTINEL" not in render(report("ride-secret"), form, width=400, colour=True)


def test_a_wrong_date_is_rejected() -> None:
    other = Intent.from_renames([Rename(OLD, "production-Lpas-20240716")])
    found = report("good", other)
    assert found.verdict is Verdict.REJECTED
    assert {"TFS202", "TFS207"} <= rules(found) or "TFS204" in rules(found)


def test_a_plan_for_other_names_is_rejected() -> None:
    other = Intent.from_renames([Rename("preproduction-Lpas", "preproduction-Lpas-20240715")])
    assert report("good", other).verdict is Verdict.REJECTED


def test_drift_is_told_as_a_note() -> None:
    assert any("outside Terraform" in note for note in report("applied").notes)
    document = load("applied")
    document["resource_drift"] = []
    assert report(document).verdict is Verdict.APPLIED


def test_findings_come_worst_first() -> None:
    order = [finding.severity for finding in report("replace", INTENT).findings]
    assert order == sorted(order, key=list(Severity).index)
