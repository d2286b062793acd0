"""Damage to the plan as a whole: its actions, lists and flags."""

from __future__ import annotations

from tests.verify.damage.patient import Patient, Unfit, damage, same, state_resources


@damage
def flip_action(patient: Patient) -> None:
    shapes = [["delete"], ["create"], ["forget"], ["no-op"], ["delete", "update"], ["read"], []]
    patient.pick(patient.busy())["change"]["actions"] = patient.pick(shapes)


@damage
def wake_up(patient: Patient) -> None:
    """Something is done to what ought to be left alone."""
    shapes = [["update"], ["delete"], ["delete", "create"], ["forget"], ["create", "forget"]]
    patient.pick(patient.idle())["change"]["actions"] = patient.pick(shapes)


@damage
def replace_instead_of_update(patient: Patient) -> None:
    updated = [e for e in patient.busy() if e["change"]["actions"] == ["update"]]
    entry = patient.pick(e for e in updated if e["type"] != "aws_osis_pipeline")
    entry["change"]["actions"] = patient.pick([["delete", "create"], ["create", "delete"]])
    reasons = ["replace_because_tainted", "replace_by_request", "replace_by_triggers"]
    entry["action_reason"] = patient.pick(reasons)


@damage
def remove_change(patient: Patient) -> None:
    patient.plan["resource_changes"].remove(patient.pick(patient.busy()))


@damage
def remove_unchanged(patient: Patient) -> None:
    patient.plan["resource_changes"].remove(patient.pick(patient.idle()))


@damage
def add_change(patient: Patient) -> None:
    verbs = patient.pick([["create"], ["update"], ["delete"], ["delete", "create"], ["forget"]])
    values = {"id": "x", "name": "y"}
    before = None if verbs == ["create"] else values
    after = None if verbs in (["delete"], ["forget"]) else {**values, "name": "z"}
    patient.add("aws_sns_topic.extra", "aws_sns_topic", verbs, before=before, after=after)


@damage
def add_deposed(patient: Patient) -> None:
    entry = same(patient.pick(patient.entries()))
    values = entry["change"]["before"] or entry["change"]["after"]
    entry["deposed"] = "0a1b2c3d"
    entry["change"].update(actions=["delete"], before=values, after=None, after_unknown={})
    patient.plan["resource_changes"].append(entry)


@damage
def list_twice(patient: Patient) -> None:
    """The same address with another action, first or last."""
    entry = same(patient.pick(patient.entries()))
    entry["change"].update(actions=["delete"], after=None)
    place = patient.pick([0, len(patient.plan["resource_changes"])])
    patient.plan["resource_changes"].insert(place, entry)


@damage
def move(patient: Patient) -> None:
    patient.pick(patient.busy())["previous_address"] = "aws_x.elsewhere"


@damage
def import_block(patient: Patient) -> None:
    entry = patient.pick(e for e in patient.entries() if e["address"] != patient.address)
    entry["change"]["importing"] = {"id": "x"}


@damage
def flag(patient: Patient) -> None:
    changing = any(e["change"]["actions"] != ["no-op"] for e in patient.entries())
    flags = [{"errored": True}, {"complete": False}]
    patient.plan.update(patient.pick([*flags, {"applyable": False}] if changing else flags))


@damage
def deferred(patient: Patient) -> None:
    entry = same(patient.pick(patient.entries()))
    name = patient.pick(["deferred_changes", "action_invocations", "deferred_action_invocations"])
    patient.plan[name] = [{"reason": "unknown", "resource_change": entry}]


@damage
def failed_check(patient: Patient) -> None:
    address = {"kind": "check", "name": "x", "to_display": "check.x"}
    status = patient.pick(["fail", "error", "novel"])
    patient.plan["checks"] = [{"address": address, "status": status, "instances": []}]


@damage
def drop_prior_state(patient: Patient) -> None:
    del patient.plan["prior_state"]


@damage
def table_missing_in_state(patient: Patient) -> None:
    """The state and the list of changes tell of different tables."""
    found = patient.pick(
        r for r in state_resources(patient.plan) if r["address"] == patient.address
    )
    found["values"] = {**found["values"], "name": patient.old, "id": patient.old}


@damage
def drop_part(patient: Patient) -> None:
    name = patient.pick(["resource_changes", "configuration"])
    if name == "configuration" and not patient.busy():
        raise Unfit  # Nothing that changes needs it.
    del patient.plan[name]


@damage
def output_changes(patient: Patient) -> None:
    body = patient.pick(patient.plan["output_changes"].values())
    body.update(actions=["update"], after="something else")


@damage
def output_goes(patient: Patient) -> None:
    patient.pick(patient.plan["output_changes"].values()).update(actions=["delete"], after=None)


@damage
def change_variables(patient: Patient) -> None:
    """The plan was made with another table's name in the inputs."""
    text = "Lpas-20240714"
    environments = patient.plan["variables"]["environments"]["value"]
    environments["production"]["dynamodb"]["lpas_table_name"] = text


@damage
def foreign_version(patient: Patient) -> None:
    patient.plan["format_version"] = patient.pick(["2.0", "10.0", "one", ""])
