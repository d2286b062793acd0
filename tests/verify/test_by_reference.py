"""Consumers found by reference: the ones that stay behind are named, the others raise no alarm."""

from __future__ import annotations

import base64
import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.verify.plans import (
    FOLDER,
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    TABLE,
    Document,
    add,
    change,
    finding,
    load,
    report,
    rules,
)
from tests.verify.test_rules import prepared
from tfswap.config import Config, Setting
from tfswap.discovery.discover import discover
from tfswap.plan.configuration import Configuration
from tfswap.plan.document import read_plan
from tfswap.swap import Swap
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.references import References
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import LeafKind, Report, Severity, Status, Verdict
from tfswap.verify.values.embedded_documents import is_opaque, open_base64, unpacked

READY = ("good", "replace-by-request", "arn-import")
MISTAKES = (
    "create",
    "destroy",
    "drift",
    "left-behind",
    "no-index-default-key",
    "not-tainted",
    "old-config",
    "replace",
    "replica",
    "ride-image",
    "ride-public",
    "targeted",
    "two-tables",
    "wrong-table",
)
"""Plans of the same swap in which every consumer by reference is accounted for by other rules."""
ARN = "aws_dynamodb_table.lpas_table.arn"
TEMPLATE = "aws_launch_template.worker"


@cache
def swap() -> Swap:
    """The swap as the fixture's repository really gives it, with every consumer."""
    repo = FOLDER.parent / "lpa" / "repo"
    return discover(
        repo,
        ["Lpas-20240715"],
        Config(environment=Setting("production", "the test")),
        cache=None,
    )


def full() -> Intent:
    return Intent.from_swap(swap())


def packed(text: str) -> str:
    return base64.b64encode(f"#!/bin/sh\nexport TABLE={text}\n".encode()).decode()


def zipped(text: str) -> str:
    """What is not searched by value: a name in gzip in base64, as user data often is."""
    return base64.b64encode(gzip.compress(f"TABLE={text}".encode(), mtime=0)).decode()


def configure(plan: Document, address: str, **expressions: Any) -> None:
    """Write a resource into the plan's configuration; lists of text are references."""
    kind, name = address.split(".")
    block = {"address": address, "mode": "managed", "type": kind, "name": name}
    written = {
        key: {"references": value} if isinstance(value, list) else value
        for key, value in expressions.items()
    }
    plan["configuration"]["root_module"]["resources"].append({**block, "expressions": written})


def template(before: str, after: str, references: list[str], actions: str = "") -> Document:
    plan = load()
    verbs = [actions or ("no-op" if before == after else "update")]
    sides = {"before": {"user_data": before}, "after": {"user_data": after}}
    add(plan, TEMPLATE, "aws_launch_template", verbs, **sides)
    configure(plan, TEMPLATE, user_data=references)
    return plan


def line(found: Report) -> Any:
    return next(item for item in found.checklist if item.key == "references")


@pytest.mark.parametrize("intent", [INTENT, full()], ids=["bare", "prepared"])
@pytest.mark.parametrize("case", [*READY, *MISTAKES])
def test_no_recorded_plan_raises_a_false_alarm(case: str, intent: Intent) -> None:
    found = report(case, intent)
    assert (found.verdict is Verdict.READY) == (case in READY)
    assert not {"TFS309", "TFS310"} & rules(found)


def test_the_good_plan_accounts_for_every_reference() -> None:
    bare, known = line(report("good")), line(report("good", full()))
    assert bare.status is known.status is Status.SATISFIED
    assert "7 ok" in bare.evidence[0]
    assert "14 ok" in known.evidence[0]


def test_a_way_leads_through_modules_and_locals() -> None:
    context = Context(read_plan((FOLDER / "good" / "plan.json").read_bytes()), full())
    app = "module.eu_west_1.module.app"
    assert context.reach.way(f"{app}.aws_ecs_service.app") == (
        TABLE,
        "module.eu_west_1.var.lpas_table",
        f"{app}.var.lpas_table",
        f"{app}.local.app",
        f"{app}.aws_ecs_task_definition.app",
        f"{app}.aws_ecs_service.app",
    )
    assert context.reach.way(TABLE) == (TABLE,)
    assert context.reach.way("aws_backup_plan.main") == ()


def test_an_old_name_that_is_packed_is_found() -> None:
    found = report(template(zipped(OLD), zipped(OLD), [ARN]))
    shown = finding(found, "TFS309")
    assert found.verdict is Verdict.REJECTED
    assert (shown.address, shown.path) == (TEMPLATE, "user_data")
    assert shown.evidence == f"{TABLE} -> {TEMPLATE}"
    assert line(found).status is Status.FAILED


def test_what_is_found_by_value_is_not_told_again() -> None:
    found = report(template(packed(OLD), packed(OLD), [ARN]))
    assert "TFS301" in rules(found)
    assert "TFS309" not in rules(found)


def test_a_packed_name_is_not_told_without_a_reference() -> None:
    """By value only what can be read is searched: this is what references are for."""
    assert "TFS309" not in rules(report(template(zipped(OLD), zipped(OLD), ["var.x"])))


@pytest.mark.parametrize("text", [packed(NEW), packed("something else"), "plain", "PK"])
def test_what_shows_that_it_does_not_hold_the_old_name_is_fine(text: str) -> None:
    assert report(template(text, text, [ARN])).verdict is Verdict.READY


def test_base64_that_follows_is_explained() -> None:
    found = report(template(packed(OLD), packed(NEW), [ARN]))
    assert found.verdict is Verdict.READY
    (leaf,) = next(c for c in found.changes if c.address == TEMPLATE).leaves
    assert (leaf.kind, leaf.reason) == (LeafKind.RENAMED, "read from base64")


def test_base64_that_changes_otherwise_is_not() -> None:
    after = packed(NEW).replace("IyEv", "IyMv")
    assert report(template(packed(OLD), after, [ARN])).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    "digest",
    [
        hashlib.md5(OLD.encode()).hexdigest(),
        hashlib.sha256(OLD.encode()).hexdigest().upper(),
        base64.b64encode(hashlib.sha256(OLD.encode()).digest()).decode(),
    ],
)
def test_a_digest_that_stays_cannot_be_told(digest: str) -> None:
    found = report(template(digest, digest, [ARN]))
    assert found.verdict is Verdict.CANNOT_TELL
    assert finding(found, "TFS309").severity is Severity.UNKNOWN
    assert line(found).status is Status.CANNOT_TELL


def test_a_digest_is_fine_where_the_repository_knows_it_holds_no_name() -> None:
    digest = hashlib.md5(b"x").hexdigest()
    assert report(template(digest, digest, [ARN]), full()).verdict is Verdict.READY


@pytest.mark.parametrize("attribute", ["stream_enabled", "hash_key", "billing_mode"])
def test_references_that_do_not_carry_the_name_lead_nowhere(attribute: str) -> None:
    digest = hashlib.md5(b"x").hexdigest()
    reference = [f"aws_dynamodb_table.lpas_table.{attribute}", "aws_dynamodb_table.lpas_table"]
    assert report(template(digest, digest, reference)).verdict is Verdict.READY


def test_another_table_of_the_same_module_is_no_start() -> None:
    digest = hashlib.md5(b"x").hexdigest()
    plan = template(digest, digest, ["aws_dynamodb_table.sessions_table.arn"])
    assert report(plan).verdict is Verdict.READY


def aliased(version: str) -> Document:
    """A function that gets a new version, and an alias pinned to its old one."""
    plan = load()
    table = {"before": {"table": OLD, "version": "41"}, "after": {"table": NEW}}
    unknown = {"after_unknown": {"version": True}}
    add(plan, "aws_lambda_function.f", "aws_lambda_function", ["update"], **table, **unknown)
    configure(plan, "aws_lambda_function.f", table=["aws_dynamodb_table.lpas_table.name"])
    alias = {"function_version": version}
    add(plan, "aws_lambda_alias.live", "aws_lambda_alias", ["no-op"], before=alias, after=alias)
    configure(plan, "aws_lambda_alias.live", function_version=["aws_lambda_function.f.version"])
    return plan


def test_a_consumer_that_keeps_what_another_resource_was_is_found() -> None:
    found = report(aliased("41"))
    shown = finding(found, "TFS309")
    assert found.verdict is Verdict.REJECTED
    assert "aws_lambda_function.f.version" in shown.message
    assert shown.evidence == f"{TABLE} -> aws_lambda_function.f -> aws_lambda_alias.live"


def test_a_consumer_that_never_had_it_is_fine() -> None:
    assert report(aliased("$LATEST")).verdict is Verdict.READY


@pytest.mark.parametrize(("version", "shown"), [("41", False), ("2024-07-15-0041", True)])
def test_through_a_module_only_telling_values_are_compared(version: str, shown: bool) -> None:
    """ "41" may be anything that a module's input holds; a long value is hardly equal by chance."""
    plan = aliased(version)
    change(plan, "aws_lambda_function.f")["before"]["version"] = version
    module = plan["configuration"]["root_module"]
    function = {"references": ["aws_lambda_function.f.version"]}
    outputs = {"out": {"expression": {"references": ["var.settings"]}}}
    call = {"expressions": {"settings": function}, "module": {"outputs": outputs}}
    module["module_calls"]["pass"] = call
    alias = module["resources"][-1]["expressions"]
    alias["function_version"] = {"references": ["module.pass.out.version"]}
    assert ("TFS309" in rules(report(plan))) is shown


def test_what_the_comparison_judged_is_not_told_again() -> None:
    plan = template(zipped(OLD), zipped(f"{OLD} "), [ARN])
    assert "TFS401" in rules(report(plan))
    assert "TFS309" not in rules(report(plan))


def test_for_each_over_the_table_is_followed() -> None:
    plan = template(zipped(OLD), zipped(OLD), ["each.value.arn"])
    block = plan["configuration"]["root_module"]["resources"][-1]
    block["for_each_expression"] = {"references": [ARN]}
    assert "TFS309" in rules(report(plan))


def test_a_module_as_a_whole_is_followed_into_its_outputs() -> None:
    plan = template(zipped(OLD), zipped(OLD), ["module.store"])
    call = {"module": {"outputs": {"table": {"expression": {"references": ["var.t"]}}}}}
    call["expressions"] = {"t": {"references": [ARN]}}  # type: ignore[dict-item]
    plan["configuration"]["root_module"]["module_calls"]["store"] = call
    shown = finding(report(plan), "TFS309")
    assert shown.evidence == (
        f"{TABLE} -> module.store.var.t -> module.store.output.table -> {TEMPLATE}"
    )


def test_locals_given_by_the_caller_are_followed() -> None:
    plan = template(zipped(OLD), zipped(OLD), ["local.env"])
    assert "TFS309" not in rules(report(plan))
    known = Intent(tables=INTENT.tables, locals={"local.env": (ARN,)})
    assert "TFS309" in rules(report(plan, known))


def test_a_local_that_is_the_table_is_followed_into_its_attributes() -> None:
    known = Intent(tables=INTENT.tables, locals={"local.t": (TABLE,)})
    references = References(Configuration({}), known)
    (found,) = references.endings({"references": ["local.t.stream_arn"]}, ())
    assert str(found) == f"{TABLE}.stream_arn"


def test_a_sensitive_value_lends_no_name_to_the_path() -> None:
    plan = template(zipped(OLD), zipped(OLD), [ARN])
    body = change(plan, TEMPLATE)
    for side in ("before", "after"):
        body[side] = {"user_data": {"secret-key": zipped(OLD)}}
        body[f"{side}_sensitive"] = {"user_data": True}
    assert finding(report(plan), "TFS309").path == "user_data"


def test_a_prepared_consumer_the_plan_does_not_know_is_told() -> None:
    plan = load()
    block = plan["configuration"]["root_module"]["module_calls"]["eu_west_1"]["module"]
    block["module_calls"].pop("event_received")
    found = report(plan, prepared())
    assert finding(found, "TFS310").severity is Severity.WARNING


def test_a_listed_consumer_behind_a_dynamic_block_is_searched_whole() -> None:
    """Plan JSON leaves dynamic blocks out; the function's environment is one in the fixture."""
    plan = load()
    body = change(plan, FUNCTION)
    for side in ("before", "after"):
        body[side]["environment"][0]["variables"] = {"CONFIG": zipped(OLD)}
    body["actions"] = ["no-op"]
    body["after"] = body["before"]
    assert "TFS309" not in rules(report(plan))
    assert "TFS309" in rules(report(plan, full()))


def test_base64() -> None:
    assert open_base64(packed(OLD)) == f"#!/bin/sh\nexport TABLE={OLD}\n"
    for text in (OLD, NEW, "", "AAAA", "aGVsbG8=!", base64.b64encode(bytes(range(200))).decode()):
        assert open_base64(text) is None
    bomb = base64.b64encode(gzip.compress(b"a" * (1 << 24))).decode()
    assert len(open_base64(bomb) or "") <= 1 << 20


def test_base64_of_other_things_than_plain_text() -> None:
    powershell = base64.b64encode(f"$t = '{OLD}'".encode("utf-16-le")).decode()
    assert open_base64(powershell) == f"$t = '{OLD}'"
    twice = base64.b64encode(packed(OLD).encode()).decode()
    assert list(unpacked(twice)) == [packed(OLD), f"#!/bin/sh\nexport TABLE={OLD}\n"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: base64.b64encode(text.encode("utf-16-le")),
        lambda text: base64.b64encode(base64.b64encode(gzip.compress(text.encode()))),
        lambda text: base64.b64encode(base64.b64encode(base64.b64encode(text.encode()))),
    ],
    ids=["UTF-16", "gzip in base64, twice", "base64, three times"],
)
def test_what_stays_is_opened_where_a_reference_leads(wrap: Any) -> None:
    texts = {name: wrap(f"export TABLE_OF_LPAS={name}").decode() for name in (OLD, NEW)}
    exists_after = report(template(texts[OLD], texts[OLD], [ARN]))
    assert finding(exists_after, "TFS309").severity is Severity.ERROR
    done = report(template(texts[NEW], texts[NEW], [ARN]))
    assert done.verdict is Verdict.READY
    assert report(template(texts[OLD], texts[NEW], [ARN])).verdict is Verdict.READY


def test_opaque() -> None:
    assert is_opaque(base64.b64encode(bytes(range(200))).decode())
    for text in (OLD, NEW, "arn:aws:iam::123456789012:role/x", "0123", packed(OLD), "a" * 33):
        assert not is_opaque(text)


def test_the_fixture_still_has_the_consumers_these_tests_count() -> None:
    assert len(swap().tables[0].consumers) > 20
    assert (FOLDER.parent / "lpa" / "repo" / Path(swap().tables[0].leaf.file)).is_file()
