"""Damage to the restored table's own change, and to the state it is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.verify.damage.patient import Patient, damage, same


@damage
def alter_tag(patient: Patient) -> None:
    tags = patient.table()["after"]["tags_all"]
    tags[patient.pick(tags)] += "x"


@damage
def drop_tag(patient: Patient) -> None:
    tags = patient.table()["after"]["tags_all"]
    tags.pop(patient.pick(tags))


@damage
def drop_protection(patient: Patient) -> None:
    body = patient.table()
    names = ["point_in_time_recovery", "ttl", "stream_enabled", "deletion_protection_enabled"]
    name = patient.pick(n for n in names if body["before"][n] != body["after"].get(n))
    body["after"][name] = same(body["before"][name])


@damage
def weaken_protection(patient: Patient) -> None:
    after = patient.table()["after"]
    edits: list[Callable[[], Any]] = [
        lambda: patient.pick(after["ttl"]).update(attribute_name="Other"),
        lambda: patient.pick(after["ttl"]).update(attribute_name=None),
        lambda: patient.pick([after] * after["stream_enabled"]).update(
            stream_view_type="KEYS_ONLY"
        ),
        lambda: patient.pick(after["point_in_time_recovery"]).update(recovery_period_in_days=1),
    ]
    patient.pick(edits)()


@damage
def alter_schema(patient: Patient) -> None:
    after = patient.table()["after"]

    def index() -> Any:
        return patient.pick(after["global_secondary_index"])

    edits: list[Callable[[], Any]] = [
        lambda: after["global_secondary_index"].remove(index()),
        lambda: index().update(projection_type="INCLUDE"),
        lambda: index().update(name="another"),
        lambda: after["attribute"][0].update(type="N"),
        lambda: after.update(billing_mode="PROVISIONED", read_capacity=5),
        lambda: after.update(hash_key="SK"),
        lambda: patient.pick(after["server_side_encryption"]).update(kms_key_arn="arn:aws:kms:x"),
        lambda: after.update(table_class="STANDARD_INFREQUENT_ACCESS"),
        lambda: after.update(range_key=None),
    ]
    patient.pick(edits)()


@damage
def state_of_another_day(patient: Patient) -> None:
    body = patient.table()
    body["before"] = same(body["before"])
    name = patient.pick(["name", "id", "arn"])
    wrong = f"{patient.old}-20240714"
    body["before"][name] = body["before"][name].replace(patient.new, wrong)


@damage
def outgoing_in_state(patient: Patient) -> None:
    """The import was forgotten, or done for the outgoing table."""
    body = patient.table()
    before = same(body["before"])
    for name in ("name", "id", "arn"):
        before[name] = before[name].replace(patient.new, patient.old)
    body["before"] = before


@damage
def replaced(patient: Patient) -> None:
    body = patient.table()
    body["actions"] = patient.pick([["delete", "create"], ["create", "delete"]])
    body["replace_paths"] = [["name"]]


@damage
def replica_appears(patient: Patient) -> None:
    patient.table()["after"]["replica"] = [{"region_name": "eu-west-2", "kms_key_arn": ""}]


@damage
def stands_elsewhere(patient: Patient) -> None:
    """Every ARN of the table is another region's."""
    body = patient.table()
    for side in ("before", "after"):
        body[side] = {**body[side], "arn": body[side]["arn"].replace("eu-west-1", "eu-west-2")}


@damage
def stands_in_another_account(patient: Patient) -> None:
    """Every ARN of the table is another account's."""
    body = patient.table()
    for side in ("before", "after"):
        arn = body[side]["arn"].replace(":123456789012:", ":210987654321:")
        body[side] = {**body[side], "arn": arn}
