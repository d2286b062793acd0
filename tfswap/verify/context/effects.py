"""What an apply does that no planned value shows: provisioners, invocations, actions, programs.

Plan JSON tells of a provisioner in ``configuration`` only, and neither when it runs nor what its
command becomes. A replacement may run both kinds, so each counts (Terraform, "Provisioners").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tfswap.plan.changes import Change
from tfswap.plan.configuration import Expression, references
from tfswap.plan.values import leaves
from tfswap.verify.context.plan_context import Context
from tfswap.verify.model.evidence import clip
from tfswap.verify.model.report_data import Severity

PROVISIONER, INVOCATION, ACTION = "provisioner", "invocation", "action"
"""What an allowance calls them: ``attribute = "provisioner"``."""

_INVOKING = {
    "aws_lambda_invocation": "invokes a function",
    "aws_ssm_association": "runs a document",
    "aws_redshiftdata_statement": "runs SQL",
    "aws_imagebuilder_image": "runs an image pipeline",
    "azurerm_virtual_machine_run_command": "runs a command",
    "google_bigquery_job": "runs a job",
    "google_workflows_execution": "runs a workflow",
}
"""Resource types whose creation or change is a call (their providers' documentation)."""
_READING = {
    "aws_lambda_invocation": "invokes a function",
    "aws_ecs_task_execution": "runs a task",
    "external": "runs a program",
    "http": "sends a request",
}
"""Data sources whose read is more than a look."""
_STACKS = ("cloudformation_stack", "cloudformation_stack_set")
_TEMPLATE = "template_body"
_CUSTOM = re.compile(r"\bCustom::\w|AWS::CloudFormation::CustomResource")
_CALLS = re.compile(
    r"(?:^|_)(?:exec|execution|script|command|cmd|playbook|invocation|invoke|query|statement|sql|"
    r"job|request|shell|release|run)(?:_v\d+)?(?:_|$)"
)
"""What providers of other makers call resources that run something: kubernetes_job, helm_release,
shell_script. The clouds' own name definitions like that too (aws_glue_job), so not for them."""
_CLOUDS = ("aws_", "awscc_", "azurerm_", "azuread_", "google_")
_LOOKS = ("GET", "HEAD")
_WIDTH = 70


@dataclass(frozen=True)
class Effect:
    """Something the apply of this plan does."""

    address: str
    attribute: str
    """What an allowance names it by."""
    what: str
    """What it does, as the end of a sentence: ``runs a local-exec provisioner``."""
    change: Change | None = None
    evidence: str = ""
    names_old: bool = False
    """Whether it names an outgoing table in so many words."""
    severity: Severity = Severity.UNKNOWN


def effects(context: Context) -> Iterator[Effect]:
    """Yield everything the plan's apply does that its values do not show."""
    for change in context.plan.changes.busy:
        if change.noop or change.forgets:
            continue
        if change.reads:
            yield from _reads(context, change)
        elif change.is_managed:
            yield from _provisioners(context, change)
            yield from _invocations(context, change)
    yield from actions(context)


def actions(context: Context) -> Iterator[Effect]:
    """Yield the actions the plan invokes (Terraform 1.14, ``action_invocations``)."""
    for entry in context.plan.actions:
        address = str(entry["address"])
        trigger = entry.get("lifecycle_action_trigger")
        by = trigger.get("triggering_resource_address", "") if isinstance(trigger, dict) else ""
        yield Effect(
            address,
            ACTION,
            f"invokes an action{f', for a change of {by}' if by else ''}",
            evidence=str(entry.get("type", "")),
            names_old=context.names_old(entry.get("config_values")),
        )


def _provisioners(context: Context, change: Change) -> Iterator[Effect]:
    """Yield those of an object that is made or goes; a change in place runs none."""
    if not (change.creates or change.deletes):
        return
    block = _block(context, change)
    listed = block.get("provisioners")
    for item in listed if isinstance(listed, list) else ():
        kind = str(item.get("type", "")) if isinstance(item, dict) else ""
        yield Effect(
            change.address,
            PROVISIONER,
            f"runs a {kind} provisioner" if kind else "runs a provisioner",
            change,
            evidence=_command(item),
            names_old=context.names_old(_constants(item)),
        )


def _command(provisioner: Any) -> str:
    """Return what the configuration shows of the command: its text, or what it is made of."""
    every = _constants(provisioner)
    texts = [leaf.value for leaf in leaves(every) if isinstance(leaf.value, str)]
    command = next((text for text in texts if " " in text or "/" in text), "")
    if not command and isinstance(provisioner, dict):
        made_of = references(_dict(_dict(provisioner.get("expressions")).get("command")))
        command = f"made of {', '.join(made_of)}" if made_of else ""
    return clip(" ".join(command.split()), _WIDTH)


def _constants(node: Any) -> list[Any]:
    """Return the constants of an expression tree."""
    if isinstance(node, list):
        return [value for item in node for value in _constants(item)]
    if not isinstance(node, dict):
        return []
    if "constant_value" in node:
        return [node["constant_value"]]
    return [value for item in node.values() for value in _constants(item)]


def _invocations(context: Context, change: Change) -> Iterator[Effect]:
    kind = change.type
    own = not kind.startswith(_CLOUDS) and _CALLS.search(kind)
    what = _INVOKING.get(kind) or ("runs something, according to its type" if own else "")
    if what:
        yield Effect(change.address, INVOCATION, what, change, evidence=change.action.words)
    elif kind.endswith(_STACKS) and change.exists_after:
        yield from _custom_resources(change)


def _custom_resources(change: Change) -> Iterator[Effect]:
    """Yield the calls of a CloudFormation stack: of functions, by its custom resources."""
    body = change.after_value(_TEMPLATE)
    if isinstance(body, str) and not _CUSTOM.search(body):
        return
    seen = isinstance(body, str)
    yield Effect(
        change.address,
        INVOCATION,
        f"applies a template {'with custom resources' if seen else 'that the plan does not show'}",
        change,
        evidence=change.action.words,
        severity=Severity.UNKNOWN if seen else Severity.WARNING,
    )


def _reads(context: Context, change: Change) -> Iterator[Effect]:
    kind = change.type
    own = not kind.startswith(_CLOUDS) and _CALLS.search(kind)
    what = _READING.get(kind) or ("runs something, according to its type" if own else "")
    if what:
        looks = kind == "http" and _method(context, change) in _LOOKS
        severity = Severity.INFO if looks else Severity.UNKNOWN
        words = change.action.words
        yield Effect(change.address, INVOCATION, what, change, evidence=words, severity=severity)


def _method(context: Context, change: Change) -> str:
    written = _dict(_dict(_block(context, change).get("expressions")).get("method"))
    return str(written.get("constant_value", "") if written else "GET").upper()


def _block(context: Context, change: Change) -> Expression:
    entry = change.entry
    found = context.plan.configuration.resource(change.module, entry.mode, entry.type, entry.name)
    return found or {}


def _dict(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}
