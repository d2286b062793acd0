"""What means the same stays ready: order of keys and of sets, whitespace, spelling, neighbours."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests import rotation
from tests.verify.good_plans import GoodPlan, good_plans
from tests.verify.oracle import meaning

Document = dict[str, Any]
SEEDS = rotation.part(range(3), 1)
GOOD = good_plans()
DOCUMENTS = ("policy", "container_definitions", "assume_role_policy")


def texts(plan: Document, name: str) -> list[tuple[Document, Any]]:
    """Planned attributes of this name that hold a document."""
    found = []
    for entry in plan["resource_changes"]:
        body = entry["change"]
        idle = body["actions"] == ["no-op"]
        after = body["after"] if isinstance(body["after"], dict) and not idle else {}
        if isinstance(after.get(name), str):
            found.append((after, json.loads(after[name])))
    return found


def shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        dice.shuffle(items)
        return {key: shuffled(item, dice) for key, item in items}
    return [shuffled(item, dice) for item in value] if isinstance(value, list) else value


def order_of_keys(plan: Document, dice: random.Random) -> bytes:
    return json.dumps(shuffled(plan, dice)).encode()


def order_of_resources(plan: Document, dice: random.Random) -> bytes:
    dice.shuffle(plan["resource_changes"])
    return json.dumps(plan).encode()


def order_in_policies(plan: Document, dice: random.Random) -> bytes:
    for after, policy in texts(plan, "policy"):
        dice.shuffle(policy["Statement"])
        for statement in policy["Statement"]:
            for key in ("Action", "Resource"):
                found = statement[key]
                listed = list(found) if isinstance(found, list) else [found]
                dice.shuffle(listed)
                statement[key] = listed[0] if len(listed) == 1 and dice.random() < 0.5 else listed
        after["policy"] = json.dumps(policy)
    return json.dumps(plan).encode()


def order_of_sets(plan: Document, dice: random.Random) -> bytes:
    for entry in plan["resource_changes"]:
        after = entry["change"]["after"]
        if entry["type"] == "aws_dynamodb_table" and entry["change"]["actions"] == ["update"]:
            dice.shuffle(after["global_secondary_index"])
            dice.shuffle(after["attribute"])
    for after, containers in texts(plan, "container_definitions"):
        dice.shuffle(containers[0]["environment"])
        after["container_definitions"] = json.dumps(containers)
    return json.dumps(plan).encode()


def whitespace_in_documents(plan: Document, dice: random.Random) -> bytes:
    for name in DOCUMENTS:
        for after, document in texts(plan, name):
            after[name] = json.dumps(document, indent=dice.choice([None, 0, 1, 4]))
    return json.dumps(plan).encode()


def escapes_in_documents(plan: Document, dice: random.Random) -> bytes:
    """Any character of any text of an embedded document may be an escape."""
    for name in DOCUMENTS:
        for after, document in texts(plan, name):
            after[name] = escaped(json.dumps(document), dice)
    return json.dumps(plan).encode()


def escapes_in_the_plan(plan: Document, dice: random.Random) -> bytes:
    return escaped(json.dumps(plan), dice, rate=0.02).encode()


def escaped(text: str, dice: random.Random, rate: float = 0.2) -> str:
    """Write some letters and digits within strings as escapes."""
    found, inside, skip = [], False, 0
    for place, char in enumerate(text):
        if skip:
            skip -= 1
        elif inside and char == "\\":
            skip = 5 if text[place + 1] == "u" else 1
        elif char == '"':
            inside = not inside
        elif inside and char.isalnum() and dice.random() < rate:
            char = f"\\u{ord(char):04x}"
        found.append(char)
    return "".join(found)


def whitespace_in_the_plan(plan: Document, dice: random.Random) -> bytes:
    text = json.dumps(plan, indent=dice.choice([0, 1, 2, "\t"]))
    return f"\n  {text}\r\n ".encode()


def spelling_of_yaml(plan: Document, dice: random.Random) -> bytes:
    for entry in plan["resource_changes"]:
        after = entry["change"]["after"]
        if entry["type"] == "aws_osis_pipeline" and entry["change"]["actions"] != ["no-op"]:
            text = after["pipeline_configuration_body"]
            after["pipeline_configuration_body"] = text.replace(
                "start_position: LATEST", dice.choice(['start_position:   "LATEST"  # now'])
            )
    return json.dumps(plan).encode()


def more_unchanged(plan: Document, dice: random.Random) -> bytes:
    for number in range(dice.randrange(1, 20)):
        values = {"id": f"x{number}", "policy": "arn:aws:s3:::production-Lpas-not-a-table/*"}
        body = {"actions": ["no-op"], "before": values, "after": values, "after_unknown": {}}
        plan["resource_changes"].insert(
            dice.randrange(len(plan["resource_changes"])),
            {
                "address": f'aws_x.y["{number}.]"]',
                "mode": "managed",
                "type": "aws_x",
                "name": "y",
                "index": f"{number}.]",
                "change": {**body, "before_sensitive": {}, "after_sensitive": {}},
            },
        )
    return json.dumps(plan).encode()


def unknown_keys(plan: Document, dice: random.Random) -> bytes:
    """A newer Terraform of the same major version says more."""
    plan["novelty"] = {"production-Lpas": [1, {"a": None}]}
    for entry in plan["resource_changes"]:
        entry["novelty"] = [dice.random()]
        entry["change"]["novelty"] = {"x": True}
    for resource in plan["prior_state"]["values"]["root_module"]["resources"]:
        resource["novelty"] = {}
    return json.dumps(plan).encode()


def newer_minor(plan: Document, dice: random.Random) -> bytes:
    plan["format_version"] = dice.choice(["0.1", "1.0", "1.99"])
    return json.dumps(plan).encode()


def older_terraform(plan: Document, dice: random.Random) -> bytes:
    """Without the three flags that came in later."""
    for name in ("complete", "errored", "applyable"):
        plan.pop(name, None)
    return json.dumps(plan).encode()


RESHAPES: list[Callable[[Document, random.Random], bytes]] = [
    order_of_keys,
    order_of_resources,
    order_in_policies,
    order_of_sets,
    whitespace_in_documents,
    escapes_in_documents,
    escapes_in_the_plan,
    whitespace_in_the_plan,
    spelling_of_yaml,
    more_unchanged,
    unknown_keys,
    newer_minor,
    older_terraform,
]
SAME = RESHAPES[:9]
"""Those that leave the oracle's meaning alone; the rest adds or drops what says nothing."""


@pytest.mark.parametrize("reshape", RESHAPES, ids=lambda reshape: reshape.__name__)
@pytest.mark.parametrize("good", rotation.part(GOOD, 4), ids=lambda good: good.name)
def test_the_verdict_stands(
    reshape: Callable[[Document, random.Random], bytes], good: GoodPlan
) -> None:
    before = good.report(good.plan())
    for seed in SEEDS:
        found = good.report(reshape(good.plan(), random.Random(f"{good.name}/{seed}")))
        assert found.verdict is before.verdict, found.findings


@pytest.mark.parametrize("reshape", SAME, ids=lambda reshape: reshape.__name__)
def test_the_oracle_agrees(reshape: Callable[[Document, random.Random], bytes]) -> None:
    for good in rotation.part(GOOD, 3):
        plan = json.loads(reshape(good.plan(), random.Random(good.name)))
        assert meaning(plan) == meaning(good.plan())
