"""Damage to the names of tables."""

from __future__ import annotations

import json

from tests.verify.damage.patient import Patient, Unfit, at, damage, other, put, same


@damage
def keep_one_old_name(patient: Patient) -> None:
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, patient.old, 1))


@damage
def keep_every_old_name_of_one(patient: Patient) -> None:
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, patient.old))


@damage
def one_character_of_a_name(patient: Patient) -> None:
    new = patient.new
    place = patient.dice.randrange(len(new))
    wrong = new[:place] + other(new[place]) + new[place + 1 :]
    patient.edit_text(new, lambda text: text.replace(new, wrong, 1))


@damage
def one_character_less(patient: Patient) -> None:
    place = patient.dice.randrange(len(patient.new))
    wrong = patient.new[:place] + patient.new[place + 1 :]
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, wrong))


@damage
def another_case(patient: Patient) -> None:
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, patient.new.swapcase()))


@damage
def name_of_another_table(patient: Patient) -> None:
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, "production-Sessions"))


@damage
def longer_name(patient: Patient) -> None:
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, f"{patient.new}-copy"))


@damage
def another_date(patient: Patient) -> None:
    wrong = f"{patient.old}-20240716"
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, wrong))


@damage
def old_name_beside_the_new_one(patient: Patient) -> None:
    patient.edit_text(patient.new, lambda text: text + f" {patient.old}")


@damage
def two_names_exchanged(patient: Patient) -> None:
    """In one object, everywhere: consumers of one table get the other."""
    entry = patient.pick(
        e for e in patient.busy() if "production-Sessions" in json.dumps(e["change"]["after"])
    )
    text = json.dumps(entry["change"]["after"])
    if patient.new not in text:
        raise Unfit
    text = text.replace("production-Sessions", "\0").replace(patient.new, "production-Sessions")
    entry["change"]["after"] = json.loads(text.replace("\0", patient.new), strict=False)


@damage
def another_account(patient: Patient) -> None:
    here = ":123456789012:table"
    patient.edit_text(here, lambda text: text.replace(here, ":210987654321:table"))


@damage
def another_region(patient: Patient) -> None:
    here = "dynamodb:eu-west-1"
    patient.edit_text(here, lambda text: text.replace(here, "dynamodb:eu-west-2", 1))


@damage
def another_partition(patient: Patient) -> None:
    here = "arn:aws:dynamodb"
    patient.edit_text(here, lambda text: text.replace(here, "arn:aws-cn:dynamodb", 1))


@damage
def another_index(patient: Patient) -> None:
    patient.edit_text("/index/*", lambda text: text.replace("/index/*", "/index/other", 1))


@damage
def pattern_instead_of_name(patient: Patient) -> None:
    patient.edit_text(patient.new, lambda text: text.replace(patient.new, f"{patient.new[:-1]}*"))


@damage
def hidden_in_an_unchanged_resource(patient: Patient) -> None:
    body = patient.pick(e for e in patient.idle() if e["type"] != "aws_iam_role")["change"]
    hidden = json.dumps({"a": json.dumps([f"\t{patient.old}"])})
    for side in ("before", "after"):
        body[side] = {**body[side], "description": hidden}


@damage
def nest_deeper(patient: Patient) -> None:
    """The old name in a document inside a document."""
    inner = json.dumps({"tables": json.dumps([{"name": patient.old}])})
    extra = {"name": "CONFIG", "value": inner}
    patient.containers(lambda found: found[0]["environment"].append(extra))


@damage
def nest_deeper_on_both_sides(patient: Patient) -> None:
    """The same, but it was there before: nothing about it changes."""
    body = patient.pick(patient.busy("aws_lambda_function"))["change"]
    inner = json.dumps({"tables": json.dumps([{"name": patient.old}])})
    for side in ("before", "after"):
        body[side] = same(body[side])
        body[side]["environment"][0]["variables"]["CONFIG"] = inner


@damage
def hide_in_output(patient: Patient) -> None:
    value = {"deep": [f"arn:aws:dynamodb:eu-west-1:1:table/{patient.old}/index/*"]}
    patient.plan["output_changes"]["extra"] = {
        "actions": patient.pick([["no-op"], ["update"]]),
        "before": value,
        "after": value,
        "after_unknown": False,
        "before_sensitive": False,
        "after_sensitive": False,
    }


@damage
def hide_in_data_source(patient: Patient) -> None:
    """A policy document read while planning, which nothing in the plan shows otherwise."""
    patient.plan["prior_state"]["values"]["root_module"]["resources"].append(
        {
            "address": "data.aws_iam_policy_document.extra",
            "mode": "data",
            "type": "aws_iam_policy_document",
            "name": "extra",
            "values": {"json": json.dumps({"Resource": f"arn:aws:x:::table/{patient.old}"})},
            "sensitive_values": {},
        }
    )


@damage
def one_list_item_of_a_name(patient: Patient) -> None:
    """An item more that nobody asked for, after the renamed one."""
    side, path = patient.pick(
        (s, p) for s, p in patient.texts(patient.new) if isinstance(p[-1], int)
    )
    listed = at(side, path[:-1])
    put(side, path[:-1], [*listed, listed[0] + "/index/extra"])


@damage
def namesake_renamed_along(patient: Patient) -> None:
    """A table of the same name elsewhere is another table: nothing of it changes in a swap."""
    body = patient.pick(e for e in patient.idle() if e["type"] != "aws_iam_role")["change"]
    place = patient.pick(
        ["aws:dynamodb:us-east-1:123456789012", "aws:dynamodb:eu-west-1:210987654321"]
    )
    arns = [f"arn:{place}:table/{name}" for name in (patient.old, patient.new)]
    for side, arn in zip(("before", "after"), arns, strict=True):
        body[side] = {**body[side], "description": arn}
    body["actions"] = ["update"]
