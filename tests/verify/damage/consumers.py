"""Damage to consumers: what they do besides naming the table."""

from __future__ import annotations

from typing import Any

from tests.verify.damage.patient import Patient, Unfit, at, damage, other, put, same, scalars

EMPTY = (None, "", False, 0)


@damage
def image_tag(patient: Patient) -> None:
    patient.edit_text("v1.48.0", lambda text: text.replace("v1.48.0", "v1.48.1"))


@damage
def alter_any_planned_value(patient: Patient) -> None:
    """Of any resource, changing or not."""
    body = patient.pick(e for e in patient.entries() if e["change"]["after"])["change"]
    body["after"] = same(body["after"])
    path = patient.pick(
        p for p in scalars(body["after"]) if not any(at(body["after"], p) is e for e in EMPTY)
    )
    value = at(body["after"], path)
    if isinstance(value, str) and value:
        place = patient.dice.randrange(len(value))
        put(body["after"], path, value[:place] + other(value[place]) + value[place + 1 :])
    else:
        put(body["after"], path, not value if isinstance(value, bool) else f"{value}x")


@damage
def drop_any_planned_value(patient: Patient) -> None:
    body = patient.pick(e for e in patient.busy() if isinstance(e["change"]["after"], dict))[
        "change"
    ]
    body["after"] = same(body["after"])
    path = patient.pick(
        p for p in scalars(body["after"]) if at(body["after"], p) not in (*EMPTY, [], {})
    )
    inside = at(body["after"], path[:-1])
    del inside[path[-1]]


@damage
def switch_something_on(patient: Patient) -> None:
    """A flag that was off and known."""
    body = patient.pick(e for e in patient.busy() if isinstance(e["change"]["after"], dict))[
        "change"
    ]
    protections = ("point_in_time_recovery", "ttl", "stream_enabled", "deletion_protection_enabled")
    path = patient.pick(
        p
        for p in scalars(body["after"])
        if at(body["after"], p) is False and p[0] not in protections
    )
    put(body["after"], path, True)


@damage
def order_that_matters(patient: Patient) -> None:
    """A container's command, its words exchanged."""
    body = patient.pick(patient.busy("aws_ecs_task_definition"))["change"]
    import json

    words = [["serve", "-v", "lpa"], ["serve", "lpa", "-v"]]
    for side, command in zip(("before", "after"), words, strict=True):
        found = json.loads(body[side]["container_definitions"])
        found[0]["command"] = command
        body[side] = {**body[side], "container_definitions": json.dumps(found)}


@damage
def new_environment_variable(patient: Patient) -> None:
    extra = {"name": "DEBUG", "value": "1"}
    patient.containers(lambda found: found[0]["environment"].append(extra))


@damage
def lost_environment_variable(patient: Patient) -> None:
    def edit(found: Any) -> None:
        found[0]["environment"].pop(patient.dice.randrange(len(found[0]["environment"])))

    patient.containers(edit)


@damage
def other_container_setting(patient: Patient) -> None:
    edits = [
        {"privileged": True},
        {"readonlyRootFilesystem": False},
        {"user": "root"},
        {"cpu": 2},
        {"essential": False},
        {"secrets": [{"name": "X", "valueFrom": "arn:aws:ssm:x"}]},
    ]
    patient.containers(lambda found: found[0].update(patient.pick(edits)))


@damage
def one_more_container(patient: Patient) -> None:
    extra = {"name": "sidecar", "image": "example.com/miner:latest", "essential": False}
    patient.containers(lambda found: found.append(extra))


@damage
def pipeline_body(patient: Patient) -> None:
    """YAML: same names, another meaning."""
    after = patient.pick(patient.busy("aws_osis_pipeline"))["change"]["after"]
    edits = [("LATEST", "EARLIEST"), ('version: "2"', "version: 3"), ("index:", "index_of:")]
    old, new = patient.pick(e for e in edits if e[0] in after["pipeline_configuration_body"])
    text = after["pipeline_configuration_body"].replace(old, new, 1)
    after["pipeline_configuration_body"] = text


@damage
def pipeline_body_grows(patient: Patient) -> None:
    after = patient.pick(patient.busy("aws_osis_pipeline"))["change"]["after"]
    after["pipeline_configuration_body"] += "\nextra-pipeline:\n  source: {}\n"


@damage
def unknown_value(patient: Patient) -> None:
    """What the configuration sets from something known can never be unknown."""
    known = {
        "aws_lambda_function": ["environment", "image_uri", "memory_size", "role", "tags_all"],
        "aws_ecs_task_definition": ["container_definitions", "task_role_arn", "family"],
        "aws_backup_selection": ["resources", "iam_role_arn", "plan_id"],
        "aws_osis_pipeline": ["pipeline_configuration_body", "vpc_options", "max_units"],
        "aws_cloudtrail": ["event_selector", "s3_bucket_name", "enable_logging"],
        "aws_ecs_service": ["network_configuration", "cluster", "desired_count"],
    }
    entry = patient.pick(e for e in patient.busy() if e["type"] in known)
    body, name = entry["change"], patient.pick(known[entry["type"]])
    body["after"] = {key: value for key, value in body["after"].items() if key != name}
    body["after_unknown"] = {**body["after_unknown"], name: True}


@damage
def undo_change(patient: Patient) -> None:
    """A consumer the plan does not bring over."""
    body = patient.pick(e for e in patient.busy() if e["address"] != patient.address)["change"]
    if body["before"] is None:
        raise Unfit
    body.update(actions=["no-op"], after=same(body["before"]), after_unknown={})


@damage
def protect_another_table_less(patient: Patient) -> None:
    body = patient.pick(patient.idle("aws_dynamodb_table"))["change"]
    less = {"deletion_protection_enabled": False, "ttl": [], "tags_all": {}}
    name = patient.pick(name for name in less if body["after"].get(name))
    body.update(actions=["update"], after={**body["after"], name: less[name]})


@damage
def drop_an_argument(patient: Patient) -> None:
    """What was set before is left to the provider now, on an object that is replaced anyway."""
    replaced = [e for e in patient.busy() if "create" in e["change"]["actions"]]
    body = patient.pick(e for e in replaced if e["type"] == "aws_backup_selection")["change"]
    name, value = patient.dice.choice(
        [
            ("not_resources", ["arn:aws:s3:::logs"]),
            ("condition", [{"string_equals": [{"key": "aws:ResourceTag/a", "value": "b"}]}]),
        ]
    )
    body["before"] = {**body["before"], name: value}
    body["after"] = {key: item for key, item in body["after"].items() if key != name}
    body["after_unknown"] = {**body["after_unknown"], name: True}
