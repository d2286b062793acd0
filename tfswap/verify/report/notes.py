"""What people should know although the plan cannot be blamed for it."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.verify.context.plan_lookup import PIPELINE
from tfswap.verify.model.allowance import objection
from tfswap.verify.model.report_data import Verdict
from tfswap.verify.rules.registry import RuleInput

_ACTING = {
    "aws_lambda_invocation": "invokes its function",
    "external": "runs its program",
    "http": "sends its request",
}
"""Data sources whose read is more than a look (their providers' documentation)."""


def notes(case: RuleInput, verdict: Verdict) -> tuple[str, ...]:
    """Return the notes that go with a verdict."""
    return tuple(_notes(case, verdict))


def _notes(case: RuleInput, verdict: Verdict) -> Iterator[str]:
    for one in case.context.rest.begun:
        yield f"Judged as the rest of an apply begun by {one.who} at {one.at}, from a ready plan."
    if verdict in (Verdict.READY, Verdict.APPLIED):
        yield from _pipeline(case)
        yield (
            "A restore brings back neither autoscaling, CloudWatch alarms, resource policies nor "
            "replicas; what the configuration does not have, nobody puts back."
        )
    if verdict is Verdict.READY:
        yield (
            "Until the branch is merged, a pipeline run with the old configuration plans to "
            "replace the restored table: keep the change freeze."
        )
    yield from _reads_that_act(case)
    yield from _allowances(case)
    if drift := len(case.context.plan.drift):
        what = "One resource" if drift == 1 else f"{drift} resources"
        yield f"{what} changed outside Terraform since the last apply; often harmless."


def _reads_that_act(case: RuleInput) -> Iterator[str]:
    """Tell of data sources that do something by being read, and are read during the apply."""
    for explanation in case.explanations.values():
        what = _ACTING.get(explanation.change.type)
        if explanation.change.reads and what:
            yield (
                f"{explanation.change.address} {what} when the plan is applied; tfswap knows no "
                "more."
            )


def _allowances(case: RuleInput) -> Iterator[str]:
    known = case.context.allowances
    explanations = case.explanations.values()
    used = {
        leaf.allowance
        for explanation in explanations
        for leaf in explanation.leaves
        if leaf.allowance
    }
    for one in known.valid:
        if one in used:
            yield f"Allowed until {one.expires}: {one} ({one.reason})."
        else:
            yield f"The allowance for {one} covers nothing in this plan."
    for one in known.expired:
        yield f"The allowance for {one} expired on {one.expires} and does not count."
    for one in known.unusable:
        yield f"The allowance for {one} does not count: {objection(one)}."


def _pipeline(case: RuleInput) -> Iterator[str]:
    for change in case.context.live.of(PIPELINE):
        body = change.after_value("pipeline_configuration_body")
        if not isinstance(body, str):
            continue
        if "LATEST" in body and "export" not in body and case.context.names_new(body):
            yield (
                f"{change.address} starts at LATEST without an export: the search index is stale "
                "until it is rebuilt."
            )
