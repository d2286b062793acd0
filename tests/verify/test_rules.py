"""Each rule on a plan that breaks it: damage the good plan (or take a recorded one), expect it.

Every id has at least one case, so that a rule that is removed, or falls silent, fails here.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests import rotation
from tests.verify.plans import (
    APP_POLICY,
    BACKUP,
    DOCUMENT,
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    OTHER_TABLE,
    PIPELINE,
    PIPELINE_POLICY,
    SECURITY_GROUP,
    SERVICE,
    TABLE,
    TASK,
    Document,
    add,
    change,
    entry,
    finding,
    load,
    noop,
    report,
    rules,
    state,
)
from tfswap.names import Rename
from tfswap.rule_catalogue import RULES
from tfswap.swap import Consumer, NameSource, Swap, TableSwap
from tfswap.verify.model.intent import Intent, Origin
from tfswap.verify.model.report_data import Location, Severity, Verdict
from tfswap.verify.model.stateful_types import STATEFUL, lost
from tfswap.verify.rules import registry
from tfswap.verify.rules.checks import CHECKS

Damage = Callable[[Document], Any]


ESCAPED = json.dumps({"command": json.dumps([f"set -e\n{OLD}\tx"])})
ENCODED = f"https://example/?arn=arn%3Aaws%3Adynamodb%3Aeu-west-1%3A1%3Atable%2F{OLD}%2Findex"


def prepared(**changes: Any) -> Intent:
    """The swap of the recorded plan as ``prepare`` would have written it."""
    table = TableSwap(
        address=TABLE,
        base="Lpas",
        leaf=NameSource(
            file="terraform.tfvars.json",
            pointer="/environments/production/dynamodb/lpas_table_name",
            line=1,
            column=1,
            value="Lpas",
        ),
        new_value=changes.pop("new_value", "Lpas-20240715"),
        old_name=OLD,
        new_name=NEW,
        region=changes.pop("region", "eu-west-1"),
        consumers=(
            Consumer(
                "module.eu_west_1.module.event_received.module.event_received"
                ".aws_lambda_function.lambda_function",
                "resource",
                TABLE,
                "region/modules/lambda/main.tf",
                1,
            ),
        ),
        pipelines=changes.pop("pipelines", (PIPELINE,)),
    )
    values: dict[str, Any] = {
        "environment": "production",
        "environment_origin": "",
        "workspace": "production",
        "root_module": ".",
        "account": "123456789012",
        "partition": "aws",
        "branch": "b",
        "tables": (table,),
    }
    return Intent.from_swap(Swap(**{**values, **changes}))


def put(address: str, side: str, **values: Any) -> Damage:
    return lambda plan: change(plan, address)[side].update(values)


def top(**values: Any) -> Damage:
    return lambda plan: plan.update(values)


def actions(address: str, *verbs: str) -> Damage:
    return lambda plan: change(plan, address).update(actions=list(verbs))


def policy(address: str, edit: Callable[[list[Document]], object]) -> Damage:
    def damage(plan: Document) -> None:
        body = change(plan, address)
        text = json.loads(body["after"]["policy"])
        edit(text["Statement"])
        body["after"]["policy"] = json.dumps(text)

    return damage


def gone(address: str, verb: str = "delete", kind: str = "") -> Damage:
    def damage(plan: Document) -> None:
        entry(plan, address)["type"] = kind or entry(plan, address)["type"]
        change(plan, address).update(actions=[verb], after=None)

    return damage


def gsi(plan: Document) -> None:
    change(plan, TABLE)["after"]["global_secondary_index"][0]["projection_type"] = "ALL"


def new_key(plan: Document) -> None:
    encryption = change(plan, TABLE)["after"]["server_side_encryption"]
    encryption[0]["kms_key_arn"] = "arn:aws:kms:eu-west-1:123456789012:key/other"


def renamed_state(name: str) -> Damage:
    def damage(plan: Document) -> None:
        arn = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}"
        for values in (change(plan, TABLE)["before"], state(plan, TABLE)):
            values.update(name=name, id=name, arn=arn)

    return damage


def image(plan: Document) -> None:
    after = change(plan, TASK)["after"]
    after["container_definitions"] = after["container_definitions"].replace(":v1.48.0", ":latest")


def pattern(text: str) -> Damage:
    def damage(plan: Document) -> None:
        document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": text}]}
        add(
            plan,
            "aws_iam_policy.extra",
            "aws_iam_policy",
            ["no-op"],
            before={"policy": json.dumps(document)},
            after={"policy": json.dumps(document)},
        )

    return damage


def half(plan: Document) -> None:
    after = change(plan, FUNCTION)["after"]
    after["environment"][0]["variables"]["SEARCH_ENDPOINT"] = OLD


def still_service(plan: Document) -> None:
    body = change(plan, SERVICE)
    body.update(actions=["no-op"], after=body["before"], after_unknown={})


def unknown_statement(plan: Document) -> None:
    change(plan, DOCUMENT)["after_unknown"]["statement"][0]["resources"] = [True]


def wider(plan: Document) -> None:
    change(plan, DOCUMENT)["after"]["statement"][0]["actions"].append("dynamodb:*")


def forced(plan: Document) -> None:
    change(plan, BACKUP)["replace_paths"] = [["name"]]


def hidden_update(plan: Document) -> None:
    values = {"a": 1}
    add(plan, "aws_x.y", "aws_x", ["update"], before=values, after=values)


def other_table(plan: Document) -> None:
    body = change(plan, OTHER_TABLE)
    body.update(actions=["update"], after={**body["after"], "billing_mode": "PROVISIONED"})


def left_out(plan: Document) -> None:
    plan["resource_changes"].remove(entry(plan, APP_POLICY))


def data_source(plan: Document) -> None:
    plan["prior_state"]["values"]["root_module"]["resources"].append(
        {
            "address": "data.aws_dynamodb_table.lpas",
            "mode": "data",
            "type": "aws_dynamodb_table",
            "name": "lpas",
            "values": {"name": OLD},
        }
    )


def stray_role(plan: Document) -> None:
    """An inline policy that no resource of the plan owns."""
    address = "module.global.aws_iam_role.app_task_role"
    block = {"name": "by-hand", "policy": json.dumps({"Resource": f"table/{OLD}"})}
    noop(plan, address, inline_policy=[block])


def pinned(plan: Document) -> None:
    """A launch template whose user data stays on the old name, as ignore_changes leaves it."""
    packed = gzip.compress(f"TABLE={OLD}".encode(), mtime=0)
    values = {"user_data": base64.b64encode(packed).decode()}
    add(plan, "aws_x.y", "aws_x", ["no-op"], before=values, after=values)
    block = {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "name": "y"}
    block["expressions"] = {"user_data": {"references": [f"{TABLE}.name", TABLE]}}  # type: ignore[assignment]
    plan["configuration"]["root_module"]["resources"].append(block)


def other_code(plan: Document) -> None:
    region = plan["configuration"]["root_module"]["module_calls"]["eu_west_1"]["module"]
    region["module_calls"].pop("event_received")


CASES: list[tuple[str, str, Damage, Intent]] = [
    ("TFS001", "errored", top(errored=True), INTENT),
    ("TFS002", "not complete", top(complete=False), INTENT),
    ("TFS003", "destroy", "destroy", INTENT),  # type: ignore[list-item]
    ("TFS004", "refresh only", "refresh-only", INTENT),  # type: ignore[list-item]
    ("TFS005", "deferred", top(deferred_changes=[{"reason": "x"}]), INTENT),
    ("TFS005", "actions called", top(action_invocations=[{}]), INTENT),
    ("TFS411", "an action named", top(action_invocations=[{"address": "action.x.y"}]), INTENT),
    ("TFS006", "a new verb", actions(BACKUP, "evolve"), INTENT),
    ("TFS007", "check fails", top(checks=[{"address": {}, "status": "fail"}]), INTENT),
    ("TFS007", "check in error", top(checks=[{"address": {}, "status": "error"}]), INTENT),
    ("TFS008", "a change taken out", left_out, INTENT),
    ("TFS008", "no state at all", lambda p: p.pop("prior_state"), INTENT),
    ("TFS009", "changed but no-op", actions(FUNCTION, "no-op"), INTENT),
    ("TFS009", "listed twice", lambda p: p["resource_changes"].append(entry(p, TASK)), INTENT),
    ("TFS009", "not applicable", top(applyable=False), INTENT),
    ("TFS009", "state differs", lambda p: state(p, TABLE).update(hash_key="x"), INTENT),
    (
        "TFS010",
        "drifted table",
        lambda p: p.setdefault("resource_drift", []).append(entry(p, TABLE)),
        INTENT,
    ),
    ("TFS011", "workspace", lambda p: None, replace(prepared(), made_from=Origin("ithc"))),
    (
        "TFS012",
        "stale",
        lambda p: None,
        replace(prepared(), made_from=Origin(serial=1), state_now=Origin(serial=2)),
    ),
    ("TFS101", "table replaced", actions(TABLE, "delete", "create"), INTENT),
    ("TFS101", "other order", actions(TABLE, "create", "delete"), INTENT),
    ("TFS101", "another table deleted", gone(OTHER_TABLE), INTENT),
    ("TFS102", "log group", gone("aws_cloudwatch_log_group.opensearch_pipeline[0]"), INTENT),
    ("TFS103", "import skipped", "create", INTENT),  # type: ignore[list-item]
    ("TFS104", "an index differs", gsi, INTENT),
    ("TFS104", "a key differs", put(TABLE, "after", range_key="Other"), INTENT),
    ("TFS105", "another key", new_key, INTENT),
    ("TFS106", "another table forgotten", gone(OTHER_TABLE, "forget"), INTENT),
    ("TFS106", "forgotten for a new one", actions(OTHER_TABLE, "create", "forget"), INTENT),
    ("TFS107", "type unknown", gone(SECURITY_GROUP, kind="acme_thing"), INTENT),
    ("TFS201", "outgoing in state", renamed_state(OLD), prepared()),
    ("TFS202", "third table in state", renamed_state("production-Lpas-20240714"), prepared()),
    ("TFS203", "imported by arn", "arn-import", INTENT),  # type: ignore[list-item]
    ("TFS204", "no such table", lambda p: entry(p, TABLE).update(address="x.y"), prepared()),
    ("TFS205", "account", lambda p: None, prepared(account="999999999999")),
    ("TFS205", "region", lambda p: None, prepared(region="eu-west-2")),
    ("TFS205", "partition", lambda p: None, prepared(partition="aws-cn")),
    ("TFS206", "tfvars", lambda p: None, prepared(new_value="Lpas-20240714")),
    ("TFS207", "planned name", put(TABLE, "after", name="production-Lpas-2024"), prepared()),
    ("TFS208", "tag lost", lambda p: change(p, TABLE)["after"]["tags_all"].popitem(), INTENT),
    ("TFS208", "pitr off", put(TABLE, "after", point_in_time_recovery=[]), INTENT),
    ("TFS208", "protection off", put(TABLE, "after", deletion_protection_enabled=False), INTENT),
    ("TFS209", "another table", other_table, INTENT),
    ("TFS301", "no-op uses it", lambda p: noop(p, SECURITY_GROUP, description=OLD), INTENT),
    ("TFS301", "behind an escape", lambda p: noop(p, SECURITY_GROUP, description=ESCAPED), INTENT),
    ("TFS301", "percent-encoded", lambda p: noop(p, SECURITY_GROUP, description=ENCODED), INTENT),
    ("TFS301", "data source", data_source, INTENT),
    ("TFS301", "stray inline policy", stray_role, INTENT),
    ("TFS302", "half", half, INTENT),
    ("TFS303", "pattern misses", pattern("arn:aws:dynamodb:*:*:table/*-Lpas"), INTENT),
    ("TFS304", "pattern covers", pattern("arn:aws:dynamodb:*:*:table/production-Lpas*"), INTENT),
    ("TFS304", "every table", pattern("arn:aws:dynamodb:*:*:table/*"), INTENT),
    ("TFS303", "one character", pattern("arn:aws:dynamodb:*:*:table/production-Lpa?"), INTENT),
    ("TFS301", "no wildcard", pattern(f"arn:aws:dynamodb:*:*:table/{OLD}"), INTENT),
    ("TFS305", "updated only", "not-tainted", INTENT),  # type: ignore[list-item]
    ("TFS305", "not there", lambda p: None, prepared(pipelines=("aws_osis_pipeline.x",))),
    ("TFS306", "unknown statement", unknown_statement, INTENT),
    ("TFS307", "wider when rendered", wider, INTENT),
    ("TFS307", "statement gone", policy(APP_POLICY, lambda s: s.pop()), INTENT),
    ("TFS308", "service stays", still_service, INTENT),
    ("TFS309", "pinned", pinned, INTENT),
    ("TFS310", "other code", other_code, prepared()),
    ("TFS401", "memory", put(FUNCTION, "after", memory_size=1), INTENT),
    ("TFS402", "image", image, INTENT),
    ("TFS403", "created", lambda p: add(p, "aws_x.y", "aws_x", ["create"], after={}), INTENT),
    ("TFS404", "deleted", gone(SECURITY_GROUP), INTENT),
    ("TFS405", "forced by its name", forced, INTENT),
    ("TFS405", "tainted", lambda p: entry(p, BACKUP).update(action_reason=TAINTED), INTENT),
    ("TFS406", "moved", lambda p: entry(p, SERVICE).update(previous_address="a.b"), INTENT),
    ("TFS407", "forgotten", gone(SECURITY_GROUP, "forget"), INTENT),
    ("TFS408", "deposed", lambda p: entry(p, SERVICE).update(deposed="abcd1234"), INTENT),
    ("TFS409", "imported", lambda p: change(p, SERVICE).update(importing={"id": "x"}), INTENT),
    ("TFS410", "hidden update", hidden_update, INTENT),
]
TAINTED = "replace_because_tainted"
MILD = {"TFS010", "TFS203", "TFS304", "TFS310"}


def test_a_move_that_changes_nothing_is_told_and_passes() -> None:
    plan = load()
    entry(plan, SECURITY_GROUP).update(previous_address="a.b")
    found = report(plan)
    assert finding(found, "TFS406").severity is Severity.INFO
    assert found.verdict is Verdict.READY


@pytest.mark.parametrize(
    ("rule", "damage", "intent"),
    [(rule, damage, intent) for rule, _, damage, intent in CASES],
    ids=[f"{rule} {name}" for rule, name, _, _ in CASES],
)
def test_rule_speaks(rule: str, damage: Damage | str, intent: Intent) -> None:
    plan = load(damage) if isinstance(damage, str) else load()
    if callable(damage):
        damage(plan)
    found = report(plan, intent)
    assert rule in rules(found)
    shown = finding(found, rule)
    if rule in MILD:
        assert shown.severity in (Severity.WARNING, Severity.INFO)
        assert found.verdict is Verdict.READY
    else:
        assert shown.severity in (Severity.ERROR, Severity.UNKNOWN)
        assert found.verdict in (Verdict.REJECTED, Verdict.CANNOT_TELL)
    assert shown.hint


ELSEWHERE = ("TFS8", "TFS108", "TFS109", "TFS013", "TFS014")
"""TFS8xx is about files (tests/review), others about plans that are no swap, or the baseline."""


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, _, _, _ in CASES} == {r for r in RULES if not r.startswith(ELSEWHERE)}


def test_the_prepared_swap_is_ready_on_the_good_plan() -> None:
    found = report(load(), prepared())
    assert found.verdict is Verdict.READY
    assert not found.findings


def test_ids_are_in_order_and_texts_are_whole() -> None:
    assert list(RULES) == sorted(RULES)
    for rule in RULES.values():
        assert all((rule.title, rule.meaning, rule.why, rule.todo, rule.source))
        assert rule.meaning.endswith(".")
        assert rule.todo.endswith(".")


def test_every_check_is_listed_once() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
    plan_rules = [rule for rule in RULES.values() if not rule.id.startswith(ELSEWHERE)]
    of_baselines = {RULES[one].check for one in ("TFS013", "TFS014")}
    assert {rule.check for rule in plan_rules} | of_baselines == set(CHECKS)


def test_an_id_is_given_once() -> None:
    words = {"meaning": ".", "why": ".", "todo": ".", "source": "."}
    with pytest.raises(ValueError, match="TFS401 is taken"):
        registry.rule("TFS401", "Another", **words)(lambda case: iter(()))


def test_a_finding_carries_its_place_in_the_repository() -> None:
    plan = load()
    change(plan, FUNCTION)["after"]["memory_size"] = 1
    shown = finding(report(plan, prepared()), "TFS401")
    assert shown.location == Location("region/modules/lambda/main.tf", 1)


def test_a_service_that_stays_is_told_once() -> None:
    plan = load()
    still_service(plan)
    assert "TFS309" not in rules(report(plan))


def test_an_unknown_check_is_only_told() -> None:
    plan = load()
    plan["checks"] = [{"address": {"to_display": "check.x"}, "status": "unknown"}]
    found = report(plan)
    assert found.verdict is Verdict.READY
    assert finding(found, "TFS007").severity is Severity.INFO


def test_a_released_replica_may_be_created_anew() -> None:
    plan = load("replica")
    replica = "aws_dynamodb_table_replica.lpas_table[0]"
    change(plan, replica).update(actions=["create"], before=None)
    entry(plan, replica).pop("action_reason", None)
    change(plan, replica).pop("replace_paths", None)
    assert report(plan).verdict is Verdict.REJECTED
    released = Intent(tables=INTENT.tables, release=(replica,))
    assert "TFS403" not in rules(report(plan, released))


def test_the_outgoing_table_tells_what_was_protected() -> None:
    plan = load()
    was = change(plan, TABLE)["after"]
    same = Intent(tables=INTENT.tables, outgoing={TABLE: dict(was)})
    assert report(plan, same).verdict is Verdict.READY
    tagged = {**was, "tags_all": {**was["tags_all"], "owner": "somebody else"}}
    other = Intent(tables=INTENT.tables, outgoing={TABLE: tagged})
    assert "TFS208" in rules(report(plan, other))
    unprotected = {**was, "deletion_protection_enabled": False}
    plan_off = load()
    change(plan_off, TABLE)["after"]["deletion_protection_enabled"] = False
    off = Intent(tables=INTENT.tables, outgoing={TABLE: unprotected})
    assert report(plan_off, off).verdict is Verdict.READY


def test_names_that_are_no_tables_are_refused() -> None:
    from tfswap.errors import UsageError

    for pairs in ([], [Rename("a", "production-Lpas")], [Rename(OLD, OLD)]):
        with pytest.raises(UsageError):
            Intent.from_renames(pairs)
    with pytest.raises(UsageError):
        Intent.from_renames([Rename(OLD, NEW), Rename(OLD, "production-Lpas-20240716")])


def test_the_policy_of_the_pipeline_needs_its_document() -> None:
    plan = load()
    plan["resource_changes"].remove(entry(plan, DOCUMENT))
    shown = finding(report(plan), "TFS306")
    assert shown.address == PIPELINE_POLICY


def test_a_table_that_would_be_replaced_names_the_difference_in_its_schema() -> None:
    plan = load()
    body = change(plan, TABLE)
    body.update(actions=["delete", "create"], replace_paths=[["range_key"]])
    body["after"] = {**body["after"], "range_key": "When"}
    shown = finding(report(plan), "TFS104")
    assert "range_key is SK, the configuration has When" in shown.evidence
    assert {"TFS101", "TFS104"} == rules(report(plan))


def _index(name: str, **values: Any) -> Document:
    return {"name": name, "hash_key": "PK", "range_key": "", "projection_type": "ALL", **values}


@pytest.mark.parametrize(
    ("attribute", "before", "after", "words"),
    [
        ("hash_key", "PK", "Id", "hash_key is PK, the configuration has Id"),
        ("range_key", None, "SK", "range_key is not set, the configuration has SK"),
        ("global_secondary_index", [], [_index("A")], "index A would be added; building it takes"),
        ("global_secondary_index", [_index("A")], [], "index A would be deleted"),
        (
            "global_secondary_index",
            [_index("A", non_key_attributes=["x", "y"])],
            [_index("A", non_key_attributes=["y", "z"])],
            "index A would be rebuilt: non_key_attributes [x, y] -> [y, z]",
        ),
        (
            "local_secondary_index",
            [],
            [_index("L")],
            "local index L would be added; only a new table can have it",
        ),
        (
            "attribute",
            [{"name": "PK", "type": "S"}],
            [{"name": "PK", "type": "N"}, {"name": "X", "type": "S"}],
            "attribute PK: S -> N; attribute X: not there -> S",
        ),
    ],
)
def test_a_difference_in_the_schema_is_named(
    attribute: str, before: Any, after: Any, words: str
) -> None:
    plan = load()
    body = change(plan, TABLE)
    body["before"][attribute], body["after"][attribute] = before, after
    state(plan, TABLE)[attribute] = before
    shown = finding(report(plan), "TFS104")
    assert (shown.path, shown.severity) == (attribute, Severity.ERROR)
    assert words in shown.evidence


def test_a_hidden_schema_is_not_told() -> None:
    plan = load()
    gsi(plan)
    change(plan, TABLE)["after_sensitive"] = {"global_secondary_index": True}
    assert "index" not in finding(report(plan), "TFS104").evidence


@pytest.mark.parametrize("kind", rotation.part(sorted(STATEFUL), 40))
@pytest.mark.parametrize("verbs", [["delete"], ["delete", "create"]])
def test_what_holds_data_is_sacred(kind: str, verbs: list[str]) -> None:
    plan = load()
    entry(plan, SECURITY_GROUP)["type"] = kind
    body = change(plan, SECURITY_GROUP)
    # Even where the swap itself would explain the replacement.
    body["before"] = {"name": OLD}
    body.update(actions=verbs, after={"name": NEW} if len(verbs) > 1 else None)
    body["replace_paths"] = [["name"]]
    found = report(plan)
    if lost(kind, replaced=len(verbs) > 1):
        assert found.verdict is Verdict.REJECTED
        assert {"TFS101", "TFS102"} & rules(found)
    else:
        assert kind in ("aws_secretsmanager_secret_version", "aws_ssm_parameter")


@pytest.mark.parametrize("kind", sorted(STATEFUL))
def test_each_of_them_is_lost_when_it_is_deleted(kind: str) -> None:
    """The rule above asks this; a run has whole plans of only some kinds."""
    assert lost(kind, replaced=False)


def test_a_replaced_type_of_which_nothing_is_known_cannot_be_told() -> None:
    plan = load()
    entry(plan, SECURITY_GROUP)["type"] = "acme_thing"
    sides = {"before": {"name": OLD}, "after": {"name": NEW}}
    paths = [["name"]]
    change(plan, SECURITY_GROUP).update(actions=["delete", "create"], replace_paths=paths, **sides)
    state(plan, SECURITY_GROUP).clear()
    state(plan, SECURITY_GROUP).update(sides["before"])
    found = report(plan)
    assert found.verdict is Verdict.CANNOT_TELL
    assert "TFS107" in rules(found)


def test_the_kinds_the_issue_names_are_all_there() -> None:
    for part in ("s3_bucket", "kms_key", "backup_vault", "db_instance", "rds_cluster"):
        assert f"aws_{part}" in STATEFUL
    for part in ("efs_file_system", "opensearchserverless_collection", "cloudwatch_log_group"):
        assert f"aws_{part}" in STATEFUL
    for part in ("secretsmanager_secret", "dynamodb_table_replica", "dynamodb_table"):
        assert f"aws_{part}" in STATEFUL


def test_an_input_the_plan_does_not_tell_cannot_be_told() -> None:
    plan = load()
    plan["variables"].pop("environments")
    shown = finding(report(plan, prepared()), "TFS206")
    assert shown.severity is Severity.UNKNOWN


def test_the_name_in_the_tfvars_carries_its_place() -> None:
    shown = finding(report(load(), prepared(new_value="Lpas-20240714")), "TFS206")
    assert shown.location == Location("terraform.tfvars.json", 1)
    plan = load()
    change(plan, TABLE)["after"]["name"] = "production-Lpas-2024"
    shown = finding(report(plan, prepared()), "TFS207")
    assert shown.location == Location("terraform.tfvars.json", 1)


def test_a_table_without_an_arn_cannot_be_placed() -> None:
    plan = load()
    for values in (change(plan, TABLE)["before"], state(plan, TABLE)):
        values["arn"] = "?"
    change(plan, TABLE)["after"]["arn"] = "?"
    assert finding(report(plan, prepared()), "TFS205").severity is Severity.UNKNOWN


def test_the_state_it_was_made_from_is_compared_where_known() -> None:
    made = Origin("production", "a", 7)
    for now, speaks in (
        (Origin("production", "a", 7), False),
        (Origin("", "", None), False),
        (Origin("production", "a", 6), False),
        (Origin("production", "a", 8), True),
        (Origin("production", "b", 7), True),
    ):
        intent = replace(prepared(), made_from=made, state_now=now)
        assert ("TFS012" in rules(report(load(), intent))) is speaks
    assert "TFS011" not in rules(report(load(), replace(prepared(), made_from=made)))


def test_an_output_that_is_the_workspaces_name_may_show_another() -> None:
    plan = load()
    body = plan["output_changes"]["workspace_name"]
    body["before"] = body["after"] = "preproduction-2"
    assert "TFS011" not in rules(report(plan, prepared()))  # It may be a prefix with the name.
    body["before"] = body["after"] = "ithc"
    shown = finding(report(plan, prepared()), "TFS011")
    assert (shown.severity, shown.address) == (Severity.WARNING, "output.workspace_name")
    known = replace(prepared(), made_from=Origin("production"))
    assert "TFS011" not in rules(report(plan, known))


RELEASED = "aws_dynamodb_table_replica.lpas_table[0]"
REPLICA_POLICY = "aws_dynamodb_resource_policy.lpas_table_replica[0]"
OTHER_ARN = "arn:aws:dynamodb:{}:{}:table/{}"


@pytest.mark.parametrize(
    ("arn", "ready"),
    [
        (OTHER_ARN.format("eu-west-2", "123456789012", OLD), True),
        (OTHER_ARN.format("eu-west-1", "123456789012", OLD), False),
        (OTHER_ARN.format("eu-west-2", "210987654321", OLD), False),
        (OTHER_ARN.format("eu-west-2", "123456789012", "production-Other"), False),
        (OTHER_ARN.format("eu-west-2", "123456789012", NEW), False),
        ("something else", False),
    ],
)
def test_what_follows_a_released_replica_is_told_by_its_arn(arn: str, ready: bool) -> None:
    plan = load("replica-released")
    change(plan, REPLICA_POLICY)["before"]["resource_arn"] = arn
    released = Intent(tables=INTENT.tables, release=(RELEASED,))
    assert (report(plan, released).verdict is Verdict.READY) is ready


def test_a_replica_that_was_not_released_accounts_for_nothing() -> None:
    assert report(load("replica-released")).verdict is Verdict.REJECTED


def test_a_half_updated_policy_that_is_wider_too_is_told_twice() -> None:
    plan = load("half-updated")
    body = change(plan, APP_POLICY)
    assert "TFS307" not in rules(report(plan))
    text = json.loads(body["after"]["policy"])
    text["Statement"][0]["Action"] = "*"
    body["after"]["policy"] = json.dumps(text)
    assert {"TFS302", "TFS307"} <= rules(report(plan))


def test_recovery_written_out_as_off_is_a_warning_unless_it_was_off() -> None:
    plan = load("protection-dropped")
    shown = finding(report(plan), "TFS208")
    assert (shown.severity, shown.path) == (Severity.WARNING, "point_in_time_recovery")
    was = {**change(plan, TABLE)["after"], "point_in_time_recovery": [{"enabled": False}]}
    known = Intent(tables=INTENT.tables, outgoing={TABLE: was})
    assert "TFS208" not in rules(report(plan, known))


def test_many_unknown_values_are_told_at_their_root() -> None:
    (shown,) = [f for f in report("deferred-module").findings if f.rule == "TFS306"]
    assert "is read during apply" in shown.message
    assert "more values cannot be verified" in shown.message
    assert len(shown.also) > 5


def test_the_same_change_of_many_resources_is_told_once() -> None:
    plan = load()
    for address in (FUNCTION, SECURITY_GROUP, SERVICE):
        body = change(plan, address)
        body["before"]["tags"] = {"owner": "us"}
        body["after"]["tags"] = {"owner": None}
        body["actions"] = ["update"]
    (shown,) = [f for f in report(plan).findings if f.rule == "TFS401"]
    assert len(shown.also) == 2


@pytest.mark.parametrize(
    ("id", "rule"),
    [(OLD, "TFS201"), ("production-Other", "TFS202"), (NEW, ""), (f"{NEW}@eu-west-1", "")],
)
def test_an_import_block_s_id_is_the_restored_table_s(id: str, rule: str) -> None:
    plan = load()
    change(plan, TABLE)["importing"] = {"id": id}
    assert rules(report(plan)) & {"TFS201", "TFS202"} == {rule} - {""}
