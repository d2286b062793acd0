"""Damage to policies, known ones and those to be rendered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.verify.damage.patient import Document, Patient, damage, same


def _edit(patient: Patient, edit: Callable[[Any], None]) -> None:
    after = patient.pick(
        e["change"]["after"]
        for e in patient.busy("aws_iam_role_policy")
        if "policy" in (e["change"]["after"] or {})
    )
    policy = json.loads(after["policy"])
    edit(policy)
    after["policy"] = json.dumps(policy)


def _statement(patient: Patient, edit: Callable[[Any], Any]) -> None:
    _edit(patient, lambda policy: edit(patient.pick(policy["Statement"])))


@damage
def drop_statement(patient: Patient) -> None:
    _edit(patient, lambda p: p["Statement"].pop(patient.dice.randrange(len(p["Statement"]))))


@damage
def add_statement(patient: Patient) -> None:
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    _edit(patient, lambda p: p["Statement"].append(allow))


@damage
def widen_resource(patient: Patient) -> None:
    def edit(policy: Any) -> None:
        patient.pick(s for s in policy["Statement"] if s["Resource"] != "*").update(Resource="*")

    _edit(patient, edit)


@damage
def widen_to_every_table(patient: Patient) -> None:
    patient.edit_text(
        f"table/{patient.new}", lambda t: t.replace(f"table/{patient.new}", "table/*")
    )


@damage
def one_action_more(patient: Patient) -> None:
    def edit(statement: Any) -> None:
        actions = statement["Action"]
        listed = actions if isinstance(actions, list) else [actions]
        statement["Action"] = [*listed, "dynamodb:DeleteTable"]

    _statement(patient, edit)


@damage
def one_action_less(patient: Patient) -> None:
    def edit(policy: Any) -> None:
        found = (s for s in policy["Statement"] if isinstance(s["Action"], list))
        statement = patient.pick(s for s in found if len(s["Action"]) > 1)
        statement["Action"].pop(patient.dice.randrange(len(statement["Action"])))

    _edit(patient, edit)


@damage
def deny(patient: Patient) -> None:
    _statement(patient, lambda s: s.update(Effect="Deny"))


@damage
def add_condition(patient: Patient) -> None:
    condition = {"Bool": {"aws:SecureTransport": "true"}}
    _statement(patient, lambda s: s.update(Condition=condition))


@damage
def turn_around(patient: Patient) -> None:
    key = patient.pick(["Resource", "Action"])
    _statement(patient, lambda s: s.update({f"Not{key}": s.pop(key)}))


@damage
def add_principal(patient: Patient) -> None:
    _statement(patient, lambda s: s.update(Principal="*"))


@damage
def other_version(patient: Patient) -> None:
    _edit(patient, lambda p: p.update(Version="2008-10-17"))


def _document(patient: Patient) -> Document:
    body: Document = patient.pick(
        e
        for e in patient.plan["resource_changes"]
        if e["type"] == "aws_iam_policy_document" and e["change"]["actions"] == ["read"]
    )["change"]
    body["after"] = same(body["after"])
    return body


@damage
def rendered_statement(patient: Patient) -> None:
    blocks = _document(patient)["after"]["statement"]
    block = patient.pick(blocks)
    condition = {"test": "Bool", "variable": "aws:x", "values": ["true"]}
    edits: list[Callable[[], Any]] = [
        lambda: block["actions"].append("dynamodb:*"),
        lambda: block["actions"].pop(),
        lambda: block["resources"].append("*"),
        lambda: block.update(effect="Deny"),
        lambda: blocks.remove(block),
        lambda: blocks.append({**block, "sid": "More", "resources": ["*"]}),
        lambda: block.update(not_actions=block.pop("actions"), actions=None),
        lambda: block.update(condition=[condition]),
        lambda: block.update(principals=[{"type": "AWS", "identifiers": ["*"]}]),
    ]
    patient.pick(edits)()


@damage
def unknown_in_document(patient: Patient) -> None:
    body = _document(patient)
    body["after_unknown"] = same(body["after_unknown"])
    blocks = [b for b in body["after_unknown"].get("statement", []) if b.get("resources")]
    block = patient.pick(blocks)
    block["resources"] = [True] * len(block["resources"])


@damage
def other_document_source(patient: Patient) -> None:
    extra = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    which = patient.pick(["source_policy_documents", "override_policy_documents"])
    _document(patient)["after"][which] = [json.dumps(extra)]
