"""Deferred policy documents that merge others, deferred too, and the ways on which they come."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.verify.plans import DOCUMENT, INTENT, PIPELINE_POLICY, change, entry, load, report
from tests.verify.test_unknowns import kind
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import LeafKind, Verdict

KIND = "aws_iam_policy_document"
MERGED = ["source_policy_documents", "override_policy_documents"]


def block(plan: Any, address: str) -> Any:
    """A resource's block in the root module's configuration."""
    listed = plan["configuration"]["root_module"]["resources"]
    return next(one for one in listed if one["address"] == address)


def split(names: list[str], merged: str, sids: list[str] | None = None) -> Any:
    """The good plan, the pipeline's document made of others that hold its statements in turn."""
    plan = load()
    body = change(plan, DOCUMENT)
    statements = body["after"].pop("statement")
    marks = body["after_unknown"].pop("statement", False)
    assert len(statements) >= len(names)
    for number, name in enumerate(names):
        other = copy.deepcopy(entry(plan, DOCUMENT))
        other.update(address=f"data.{KIND}.{name}", name=name)
        mine = statements[number :: len(names)]
        if sids:
            mine = [{**mine[0], "sid": sids[number]}, *mine[1:]]
        other["change"]["after"]["statement"] = mine
        if isinstance(marks, list):
            other["change"]["after_unknown"]["statement"] = marks[number :: len(names)]
        plan["resource_changes"].append(other)
        written = copy.deepcopy(block(plan, DOCUMENT))
        written.update(address=f"data.{KIND}.{name}", name=name)
        plan["configuration"]["root_module"]["resources"].append(written)
    body["after"][merged] = [None] * len(names)
    body["after_unknown"][merged] = [True] * len(names)
    references = [f"data.{KIND}.{name}{end}" for name in names for end in (".json", "")]
    block(plan, DOCUMENT)["expressions"] = {merged: {"references": references}}
    return plan


@pytest.mark.parametrize("merged", MERGED)
@pytest.mark.parametrize("names", [["one"], ["one", "two"], ["two", "one"]])
def test_documents_that_merge_deferred_ones_are_rendered(merged: str, names: list[str]) -> None:
    found = report(split(names, merged))
    assert found.verdict is Verdict.READY
    leaf = next(c for c in found.changes if c.address == PIPELINE_POLICY).leaves[0]
    assert leaf.kind is LeafKind.RENAMED
    assert f"resolved through {DOCUMENT}" in leaf.reason


@pytest.mark.parametrize("merged", MERGED)
def test_a_wider_statement_of_a_merged_document_is_seen(merged: str) -> None:
    plan = split(["one"], merged)
    change(plan, f"data.{KIND}.one")["after"]["statement"][0]["actions"].append("dynamodb:*")
    assert kind(plan, PIPELINE_POLICY, "policy")[0] is LeafKind.UNEXPLAINED
    assert report(plan).verdict is Verdict.REJECTED


def _more(plan: Any) -> None:
    references = block(plan, DOCUMENT)["expressions"]["override_policy_documents"]["references"]
    references.append("aws_lambda_function.x.arn")
    references.append(f"data.{KIND}.three.json")
    three = copy.deepcopy(entry(plan, f"data.{KIND}.one"))
    three.update(address=f"data.{KIND}.three", name="three")
    plan["resource_changes"].append(three)


def _local(plan: Any) -> None:
    written = block(plan, DOCUMENT)["expressions"]["override_policy_documents"]
    written["references"] = ["local.documents"]


def _itself(plan: Any) -> None:
    written = block(plan, DOCUMENT)["expressions"]["override_policy_documents"]
    written["references"] = [f"{DOCUMENT}.json"]


def _whole(plan: Any) -> None:
    body = change(plan, DOCUMENT)
    body["after"].pop("override_policy_documents")
    body["after_unknown"]["override_policy_documents"] = True


def _deeper(plan: Any) -> None:
    change(plan, f"data.{KIND}.one")["after_unknown"]["statement"] = [{"resources": [True]}]


def _both(plan: Any) -> None:
    wide = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    change(plan, DOCUMENT)["after"]["override_policy_documents"] = [json.dumps(wide)]


OPEN = {
    "known as well": (_both, "both known and unknown"),
    "may come from": (_more, "three"),
    "beyond a local": (_local, "local.documents"),
    "itself": (_itself, "merges itself"),
    "unknown at all": (_whole, "override_policy_documents is known only after apply"),
    "unknown below": (_deeper, "statement is known only after apply"),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_the_plan_does_not_tell_is_admitted(name: str) -> None:
    damage, words = OPEN[name]
    plan = split(["one"], "override_policy_documents")
    damage(plan)
    found, reason = kind(plan, PIPELINE_POLICY, "policy")
    assert found is LeafKind.UNRESOLVED
    assert words in reason
    assert report(plan).verdict is Verdict.CANNOT_TELL


def test_the_order_of_documents_that_replace_each_other_is_not_guessed() -> None:
    plan = split(["one", "two"], "override_policy_documents", sids=["Same", "Same"])
    found, reason = kind(plan, PIPELINE_POLICY, "policy")
    assert found is LeafKind.UNRESOLVED
    assert "share the Sid Same" in reason


def test_a_policy_that_comes_through_a_local_is_resolved_where_the_repository_tells() -> None:
    plan = load()
    policy = block(plan, PIPELINE_POLICY)["expressions"]["policy"]
    shown = tuple(policy["references"])
    policy["references"] = ["local.policy"]
    found, reason = kind(plan, PIPELINE_POLICY, "policy")
    assert found is LeafKind.UNRESOLVED
    assert "local.policy" in reason
    known = Intent(tables=INTENT.tables, locals={"local.policy": shown})
    assert kind(plan, PIPELINE_POLICY, "policy", known)[0] is LeafKind.RENAMED


def test_an_admission_tells_the_way() -> None:
    plan = load()
    policy = block(plan, PIPELINE_POLICY)["expressions"]["policy"]
    shown = tuple(policy["references"])
    policy["references"] = ["local.policy"]
    change(plan, DOCUMENT)["after_unknown"]["statement"] = True
    known = Intent(tables=INTENT.tables, locals={"local.policy": shown})
    found, reason = kind(plan, PIPELINE_POLICY, "policy", known)
    assert found is LeafKind.UNRESOLVED
    assert f"(local.policy -> {DOCUMENT}.json)" in reason


def test_a_policy_inside_another_text_is_admitted() -> None:
    """Plan JSON does not tell the function around a reference: what it does is not guessed."""
    plan = load()
    body = change(plan, PIPELINE_POLICY)
    body["before"]["policy"] = json.dumps({"wrapped": body["before"]["policy"]})
    found, reason = kind(plan, PIPELINE_POLICY, "policy")
    assert found is LeafKind.UNRESOLVED
    assert "cannot be read" in reason
