"""Seeded damage: whatever is done to a good plan, it never comes out ready; shuffling keeps it so.

The start of the mutation harness: each kind of damage is a small function over the plan document.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.verify.plans import (
    APP_POLICY,
    DOCUMENT,
    INTENT,
    NEW,
    OLD,
    OTHER_TABLE,
    TABLE,
    TASK,
    Document,
    add,
    change,
    load,
    report,
)
from tfswap.errors import PlanError
from tfswap.names import Rename
from tfswap.verify.equality import is_empty
from tfswap.verify.intent import Intent
from tfswap.verify.report_data import Verdict

SEEDS = range(10)
PASSES = (Verdict.READY, Verdict.APPLIED)
GOOD = ("good", "replace-by-request", "arn-import")
Path = tuple[str | int, ...]


def scalars(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from scalars(item, (*path, index))
    else:
        yield path


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def put(value: Any, path: Path, new: Any) -> None:
    at(value, path[:-1])[path[-1]] = new


def busy(plan: Document) -> list[Document]:
    """Managed resources that change."""
    return [
        entry
        for entry in plan["resource_changes"]
        if entry["mode"] == "managed" and entry["change"]["actions"] != ["no-op"]
    ]


def texts(plan: Document, wanted: str) -> list[tuple[Document, Path]]:
    """Texts of planned values that hold ``wanted``."""
    return [
        (entry["change"]["after"], path)
        for entry in busy(plan)
        for path in scalars(entry["change"]["after"])
        if isinstance(at(entry["change"]["after"], path), str)
        and wanted in at(entry["change"]["after"], path)
    ]


def flip_action(plan: Document, rng: random.Random) -> None:
    entry = rng.choice(busy(plan))
    shapes = [["delete"], ["create"], ["forget"], ["no-op"], ["delete", "update"], ["read"], []]
    entry["change"]["actions"] = rng.choice(shapes)


def replace_in_place(plan: Document, rng: random.Random) -> None:
    updated = [e for e in busy(plan) if e["change"]["actions"] == ["update"]]
    entry = rng.choice([e for e in updated if e["type"] != "aws_osis_pipeline"])
    entry["change"]["actions"] = rng.choice([["delete", "create"], ["create", "delete"]])
    entry["action_reason"] = "replace_because_tainted"


def keep_one_old_name(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, NEW))
    put(side, path, at(side, path).replace(NEW, OLD, 1))


def keep_every_old_name_of_one(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, NEW))
    put(side, path, at(side, path).replace(NEW, OLD))


def one_character_of_a_name(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, NEW))
    place = rng.randrange(len(NEW))
    wrong = NEW[:place] + ("x" if NEW[place] != "x" else "y") + NEW[place + 1 :]
    put(side, path, at(side, path).replace(NEW, wrong))


def name_of_the_other_table(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, NEW))
    put(side, path, at(side, path).replace(NEW, "production-Sessions"))


def longer_name(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, NEW))
    put(side, path, at(side, path).replace(NEW, f"{NEW}-copy"))


def other_account(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, ":123456789012:table"))
    put(side, path, at(side, path).replace(":123456789012:table", ":210987654321:table"))


def other_region(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, "dynamodb:eu-west-1"))
    put(side, path, at(side, path).replace("dynamodb:eu-west-1", "dynamodb:eu-west-2"))


def image_tag(plan: Document, rng: random.Random) -> None:
    side, path = rng.choice(texts(plan, "v1.48.0"))
    put(side, path, at(side, path).replace("v1.48.0", "v1.48.1"))


def policies(plan: Document) -> list[Document]:
    found = [e["change"]["after"] for e in busy(plan) if e["type"] == "aws_iam_role_policy"]
    return [after for after in found if "policy" in after]


def edit_policy(plan: Document, rng: random.Random, edit: Callable[[Any], None]) -> None:
    after = rng.choice(policies(plan))
    policy = json.loads(after["policy"])
    edit(policy)
    after["policy"] = json.dumps(policy)


def drop_statement(plan: Document, rng: random.Random) -> None:
    edit_policy(plan, rng, lambda p: p["Statement"].pop(rng.randrange(len(p["Statement"]))))


def add_statement(plan: Document, rng: random.Random) -> None:
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    edit_policy(plan, rng, lambda p: p["Statement"].append(allow))


def widen_statement(plan: Document, rng: random.Random) -> None:
    def edit(policy: Any) -> None:
        rng.choice([s for s in policy["Statement"] if s["Resource"] != "*"]).update(Resource="*")

    edit_policy(plan, rng, edit)


def deny_statement(plan: Document, rng: random.Random) -> None:
    edit_policy(plan, rng, lambda p: rng.choice(p["Statement"]).update(Effect="Deny"))


def add_condition(plan: Document, rng: random.Random) -> None:
    condition = {"Bool": {"aws:SecureTransport": "true"}}
    edit_policy(plan, rng, lambda p: rng.choice(p["Statement"]).update(Condition=condition))


def not_resource(plan: Document, rng: random.Random) -> None:
    def edit(policy: Any) -> None:
        statement = rng.choice(policy["Statement"])
        statement["NotResource"] = statement.pop("Resource")

    edit_policy(plan, rng, edit)


def rendered_statement(plan: Document, rng: random.Random) -> None:
    blocks = change(plan, DOCUMENT)["after"]["statement"]
    block = rng.choice(blocks)
    rng.choice(
        [
            lambda: block["actions"].append("dynamodb:*"),
            lambda: block["actions"].pop(),
            lambda: block["resources"].append("*"),
            lambda: block.update(effect="Deny"),
            lambda: blocks.remove(block),
            lambda: block.update(not_actions=block.pop("actions"), actions=None),
            lambda: block.update(
                condition=[{"test": "Bool", "variable": "aws:x", "values": ["true"]}]
            ),
            lambda: block.update(principals=[{"type": "AWS", "identifiers": ["*"]}]),
        ]
    )()


def unknown_in_document(plan: Document, rng: random.Random) -> None:
    block = rng.choice(change(plan, DOCUMENT)["after_unknown"]["statement"])
    block["resources"] = [True] * len(block["resources"])


def unknown_value(plan: Document, rng: random.Random) -> None:
    """What the configuration sets from something known can never be unknown."""
    kind, names = rng.choice(
        [
            (
                "aws_lambda_function",
                ["environment", "image_uri", "memory_size", "role", "tags_all"],
            ),
            ("aws_ecs_task_definition", ["container_definitions", "task_role_arn", "family"]),
            ("aws_backup_selection", ["resources", "iam_role_arn", "plan_id"]),
            ("aws_osis_pipeline", ["pipeline_configuration_body", "vpc_options", "max_units"]),
            ("aws_cloudtrail", ["event_selector", "s3_bucket_name", "enable_logging"]),
            ("aws_ecs_service", ["network_configuration", "cluster", "desired_count"]),
        ]
    )
    body = rng.choice([e for e in busy(plan) if e["type"] == kind])["change"]
    name = rng.choice(names)
    body["after"].pop(name, None)
    body["after_unknown"][name] = True


def remove_change(plan: Document, rng: random.Random) -> None:
    plan["resource_changes"].remove(rng.choice(busy(plan)))


def remove_unchanged(plan: Document, rng: random.Random) -> None:
    idle = [e for e in plan["resource_changes"] if e["change"]["actions"] == ["no-op"]]
    plan["resource_changes"].remove(rng.choice(idle))


def undo_change(plan: Document, rng: random.Random) -> None:
    """A consumer the plan does not bring over."""
    chosen = [e for e in busy(plan) if e["address"] != TABLE]
    body = rng.choice(chosen)["change"]
    body.update(actions=["no-op"], after=copy.deepcopy(body["before"]), after_unknown={})


def add_change(plan: Document, rng: random.Random) -> None:
    verbs = rng.choice([["create"], ["update"], ["delete"], ["delete", "create"]])
    values = {"id": "x", "name": "y"}
    sides = {
        "before": None if verbs == ["create"] else values,
        "after": None if verbs == ["delete"] else {**values, "name": "z"},
    }
    add(plan, "aws_sns_topic.extra", "aws_sns_topic", verbs, **sides)


def alter_tag(plan: Document, rng: random.Random) -> None:
    tags = change(plan, TABLE)["after"]["tags_all"]
    key = rng.choice(list(tags))
    tags[key] += "x"


def drop_tag(plan: Document, rng: random.Random) -> None:
    tags = change(plan, TABLE)["after"]["tags_all"]
    tags.pop(rng.choice(list(tags)))


def drop_protection(plan: Document, rng: random.Random) -> None:
    body = change(plan, TABLE)
    name = rng.choice(
        ["point_in_time_recovery", "ttl", "stream_enabled", "deletion_protection_enabled"]
    )
    body["after"][name] = body["before"][name]


def weaken_protection(plan: Document, rng: random.Random) -> None:
    after = change(plan, TABLE)["after"]
    rng.choice(
        [
            lambda: after["ttl"][0].update(attribute_name="Other"),
            lambda: after["ttl"][0].update(attribute_name=None),
            lambda: after.update(stream_view_type="KEYS_ONLY"),
            lambda: after["point_in_time_recovery"][0].update(recovery_period_in_days=1),
        ]
    )()


def alter_table(plan: Document, rng: random.Random) -> None:
    after = change(plan, TABLE)["after"]
    rng.choice(
        [
            lambda: after["global_secondary_index"].pop(),
            lambda: after["global_secondary_index"][0].update(projection_type="INCLUDE"),
            lambda: after["attribute"][0].update(type="N"),
            lambda: after.update(billing_mode="PROVISIONED", read_capacity=5),
            lambda: after.update(hash_key="SK"),
            lambda: after["server_side_encryption"][0].update(kms_key_arn="arn:aws:kms:x"),
            lambda: after.update(table_class="STANDARD_INFREQUENT_ACCESS"),
        ]
    )()


def protect_other_table_less(plan: Document, rng: random.Random) -> None:
    body = change(plan, OTHER_TABLE)
    less = {"deletion_protection_enabled": False, "ttl": [], "tags_all": {}}
    name = rng.choice(list(less))
    body.update(actions=["update"], after={**body["after"], name: less[name]})


def alter_any_scalar(plan: Document, rng: random.Random) -> None:
    """Any planned value of any resource, unless it says the same as before."""
    body = rng.choice(plan["resource_changes"])["change"]
    paths = [p for p in scalars(body["after"]) if not is_empty(at(body["after"], p))]
    path = rng.choice(paths)
    old = at(body["after"], path)
    if isinstance(old, str):
        place = rng.randrange(len(old))
        put(body["after"], path, f"{old[:place]}~{old[place:]}")
    else:
        put(body["after"], path, not old if isinstance(old, bool) else old + 1)


def nest_deeper(plan: Document, rng: random.Random) -> None:
    """The old name in a document inside a document."""
    after = change(plan, TASK)["after"]
    containers = json.loads(after["container_definitions"])
    inner = json.dumps({"tables": json.dumps([{"name": OLD}])})
    containers[0]["environment"].append({"name": "CONFIG", "value": inner})
    after["container_definitions"] = json.dumps(containers)


def hide_in_output(plan: Document, rng: random.Random) -> None:
    value = {"deep": [f"arn:aws:dynamodb:eu-west-1:1:table/{OLD}/index/*"]}
    plan["output_changes"]["extra"] = {
        "actions": rng.choice([["no-op"], ["update"]]),
        "before": value,
        "after": value,
        "after_unknown": False,
        "before_sensitive": False,
        "after_sensitive": False,
    }


def state_of_another_day(plan: Document, rng: random.Random) -> None:
    body = change(plan, TABLE)["before"]
    name = rng.choice(["name", "id", "arn"])
    body[name] = body[name].replace("20240715", "20240714")


def flag(plan: Document, rng: random.Random) -> None:
    plan.update(rng.choice([{"errored": True}, {"complete": False}, {"applyable": False}]))


def move(plan: Document, rng: random.Random) -> None:
    rng.choice(plan["resource_changes"])["previous_address"] = "aws_x.elsewhere"


DAMAGES = [
    found
    for name, found in list(globals().items())
    if callable(found)
    and getattr(found, "__code__", None)
    and found.__code__.co_varnames[:2] == ("plan", "rng")
    and name != "edit_policy"
]


def test_there_are_enough_kinds_of_damage() -> None:
    assert len(DAMAGES) >= 30


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_never_passes(damage: Callable[[Document, random.Random], None]) -> None:
    for seed in SEEDS:
        plan = load(GOOD[seed % len(GOOD)])
        damage(plan, random.Random(f"{damage.__name__}/{seed}"))
        try:
            verdict = report(plan).verdict
        except PlanError:
            continue
        assert verdict not in PASSES, f"seed {seed}"


def shuffle_keys(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        rng.shuffle(items)
        return {key: shuffle_keys(item, rng) for key, item in items}
    if isinstance(value, list):
        return [shuffle_keys(item, rng) for item in value]
    return value


def shuffle_resources(plan: Document, rng: random.Random) -> Document:
    rng.shuffle(plan["resource_changes"])
    return plan


def shuffle_policies(plan: Document, rng: random.Random) -> Document:
    for after in policies(plan):
        policy = json.loads(after["policy"])
        rng.shuffle(policy["Statement"])
        for statement in policy["Statement"]:
            for key in ("Action", "Resource"):
                listed = statement[key] if isinstance(statement[key], list) else [statement[key]]
                rng.shuffle(listed)
                statement[key] = listed
        after["policy"] = json.dumps(policy, indent=rng.choice([None, 1, 4]))
    return plan


def shuffle_environment(plan: Document, rng: random.Random) -> Document:
    after = change(plan, TASK)["after"]
    containers = json.loads(after["container_definitions"])
    rng.shuffle(containers[0]["environment"])
    after["container_definitions"] = json.dumps(shuffle_keys(containers, rng), indent=2)
    return plan


def shuffle_indexes(plan: Document, rng: random.Random) -> Document:
    body = change(plan, TABLE)
    rng.shuffle(body["after"]["global_secondary_index"])
    rng.shuffle(body["after"]["attribute"])
    return plan


def quote_yaml(plan: Document, rng: random.Random) -> Document:
    body = change(plan, "aws_osis_pipeline.lpas_stream[0]")["after"]
    text = body["pipeline_configuration_body"]
    text = text.replace("start_position: LATEST", 'start_position:   "LATEST"  # from now on')
    body["pipeline_configuration_body"] = text
    return plan


def more_unchanged(plan: Document, rng: random.Random) -> Document:
    for number in range(rng.randrange(1, 9)):
        values = {"id": f"x{number}", "policy": f"arn:aws:s3:::{OLD}-not-a-table/*"}
        add(plan, f"aws_x.y{number}", "aws_x", ["no-op"], before=values, after=dict(values))
    return plan


SHUFFLES = [
    shuffle_keys,
    shuffle_resources,
    shuffle_policies,
    shuffle_environment,
    shuffle_indexes,
    quote_yaml,
    more_unchanged,
]


@pytest.mark.parametrize("shuffle", SHUFFLES, ids=lambda shuffle: shuffle.__name__)
@pytest.mark.parametrize("case", [*GOOD, "two-tables"])
def test_what_means_the_same_stays_ready(
    shuffle: Callable[[Document, random.Random], Document], case: str
) -> None:
    both = [Rename(OLD, NEW), Rename("production-Sessions", "production-Sessions-20240715")]
    intent = Intent.from_renames(both) if case == "two-tables" else INTENT
    for seed in range(4):
        plan = shuffle(load(case), random.Random(seed))
        found = report(plan, intent)
        assert found.verdict is Verdict.READY, found.findings


def test_every_policy_is_reached() -> None:
    assert len(policies(load())) == 3
    assert any(entry["address"] == APP_POLICY for entry in busy(load()))
