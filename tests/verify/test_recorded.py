"""Plans that real Terraform made, good ones and the mistakes people make, each with its answer."""

from __future__ import annotations

import pytest

from tests.verify.plans import FOLDER, INTENT, NEW, OLD, TABLE, finding, load, report, rules
from tfswap.errors import ExitCode
from tfswap.names import Rename
from tfswap.verify.intent import Intent
from tfswap.verify.report_data import Severity, Status, Verdict

BOTH = Intent.from_renames(
    [Rename(OLD, NEW), Rename("production-Sessions", "production-Sessions-20240715")]
)
BACK = Intent.from_renames([Rename(NEW, OLD)])

EXPECTED: dict[str, tuple[Verdict, set[str]]] = {
    "good": (Verdict.READY, set()),
    "replace-by-request": (Verdict.READY, set()),
    "arn-import": (Verdict.READY, {"TFS203"}),
    "applied": (Verdict.APPLIED, set()),
    "empty": (Verdict.REJECTED, {"TFS201", "TFS207", "TFS010"}),
    "replace": (Verdict.REJECTED, {"TFS101", "TFS201", "TFS305", "TFS010"}),
    "create": (Verdict.REJECTED, {"TFS103", "TFS305"}),
    "wrong-table": (Verdict.REJECTED, {"TFS101", "TFS201", "TFS305"}),
    "old-config": (Verdict.REJECTED, {"TFS101", "TFS207"}),
    "not-tainted": (Verdict.REJECTED, {"TFS305"}),
    "ride-image": (Verdict.REJECTED, {"TFS402"}),
    "ride-public": (Verdict.REJECTED, {"TFS404", "TFS401"}),
    "targeted": (Verdict.REJECTED, {"TFS002"}),
    "refresh-only": (Verdict.REJECTED, {"TFS004"}),
    "destroy": (Verdict.REJECTED, {"TFS003", "TFS101"}),
    "no-index-default-key": (Verdict.REJECTED, {"TFS104", "TFS105", "TFS306"}),
    "two-tables": (Verdict.REJECTED, {"TFS209"}),
    "replica": (Verdict.REJECTED, {"TFS102"}),
    "left-behind": (Verdict.REJECTED, {"TFS301"}),
    "drift": (Verdict.REJECTED, {"TFS401"}),
}


def test_every_recorded_plan_has_an_answer() -> None:
    assert {folder.parent.name for folder in FOLDER.glob("*/plan.json")} == set(EXPECTED)


@pytest.mark.parametrize("case", EXPECTED)
def test_recorded(case: str) -> None:
    verdict, expected = EXPECTED[case]
    found = report(case)
    assert (found.verdict, rules(found)) == (verdict, expected)
    good = verdict in (Verdict.READY, Verdict.APPLIED)
    assert (found.verdict.exit_code is ExitCode.OK) == good


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


def test_two_tables_at_once_are_ready_when_both_are_meant() -> None:
    assert report("two-tables", BOTH).verdict is Verdict.READY


def test_two_tables_meant_but_one_planned_is_rejected() -> None:
    assert report("good", BOTH).verdict is Verdict.REJECTED


def test_two_tables_exchanged_in_the_question_are_rejected() -> None:
    mixed = Intent.from_renames(
        [Rename(OLD, "production-Sessions-20240715"), Rename("production-Sessions", NEW)]
    )
    assert report("two-tables", mixed).verdict is Verdict.REJECTED


@pytest.mark.parametrize("case", EXPECTED)
def test_the_swap_back_is_never_taken_for_the_swap(case: str) -> None:
    assert report(case, BACK).verdict not in (Verdict.READY, Verdict.APPLIED) or case == "empty"


def test_one_mistake_is_told_once() -> None:
    image = finding(report("ride-image"), "TFS402")
    assert "output.container_version" in image.also
    assert "aws_ssm_parameter.container_version" in image.also
    assert len(image.also) == 4


def test_a_lost_table_names_what_hangs_on_it() -> None:
    lost = finding(report("replace"), "TFS101")
    assert lost.address == TABLE
    assert "aws_iam_role_policy.opensearch_pipeline" in lost.also


def test_a_replica_says_how_to_keep_it() -> None:
    replica = finding(report("replica"), "TFS102")
    assert "other region" in replica.message
    assert "--release" in replica.hint


def test_a_wrong_date_is_rejected() -> None:
    other = Intent.from_renames([Rename(OLD, "production-Lpas-20240716")])
    found = report("good", other)
    assert found.verdict is Verdict.REJECTED
    assert {"TFS202", "TFS207"} <= rules(found) or "TFS204" in rules(found)


def test_a_plan_for_other_names_is_rejected() -> None:
    other = Intent.from_renames([Rename("preproduction-Lpas", "preproduction-Lpas-20240715")])
    assert report("good", other).verdict is Verdict.REJECTED


def test_drift_is_told_as_a_note() -> None:
    assert any("outside Terraform" in note for note in report("good").notes)
    document = load()
    document["resource_drift"] = []
    assert report(document).verdict is Verdict.READY


def test_findings_come_worst_first() -> None:
    order = [finding.severity for finding in report("replace", INTENT).findings]
    assert order == sorted(order, key=list(Severity).index)
