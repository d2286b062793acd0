"""What people should know although the plan cannot be blamed for it."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.verify.context.plan_lookup import PIPELINE
from tfswap.verify.explain.protection import is_on
from tfswap.verify.model.allowance import objection
from tfswap.verify.model.report_data import LeafKind, Verdict
from tfswap.verify.rules.registry import RuleInput

_FEW = 3


def notes(case: RuleInput, verdict: Verdict) -> tuple[str, ...]:
    """Return the notes that go with a verdict."""
    return tuple(_notes(case, verdict))


def _notes(case: RuleInput, verdict: Verdict) -> Iterator[str]:
    for one in case.context.rest.begun:
        yield (
            f"Verified as the remaining changes of an apply started by {one.who} at {one.at} "
            "from a ready plan."
        )
    if verdict in (Verdict.READY, Verdict.APPLIED):
        yield from _pipeline(case)
        yield from _expiry(case)
        yield (
            "A restore does not include autoscaling, CloudWatch alarms, resource "
            "policies or replicas; anything not in the configuration is not recreated."
        )
    if verdict is Verdict.APPLIED and (left := case.changing):
        names = ", ".join(explanation.change.address for explanation in left[:_FEW])
        yield (
            f"The remaining changes are allowed in tfswap.toml and not part of the swap: {names}."
        )
    if verdict is Verdict.READY:
        yield (
            "Until the branch is merged, a pipeline run with the old configuration plans to "
            "replace the restored table: keep the change freeze."
        )
    yield from _baseline(case)
    yield from _allowances(case)
    if drift := len(case.context.plan.drift):
        what = "One resource" if drift == 1 else f"{drift} resources"
        yield f"{what} changed outside Terraform since the last apply; this is often harmless."


def _baseline(case: RuleInput) -> Iterator[str]:
    baseline = case.baseline
    if baseline.given is None or not baseline.counts:
        return
    every = [leaf for one in case.explanations.values() for leaf in one.leaves]
    caused = sum(leaf.kind is LeafKind.CAUSED for leaf in every)
    yield (
        f"Compared with the baseline plan {baseline.given.origin}: {caused} values "
        f"changed only by the swap, {len(baseline.pending)} changes pending without it."
    )
    lost = [one.change for one in case.explanations.values() if not one.explained]
    for change in lost:
        if why := baseline.why_not(change):
            yield f"The baseline plan does not cover {change.address}: {why}."


def _allowances(case: RuleInput) -> Iterator[str]:
    known = case.context.allowances
    explanations = case.explanations.values()
    used = {leaf.allowance for explanation in explanations for leaf in explanation.leaves}
    used |= {explanation.allowance for explanation in explanations} | {
        allowance for _, allowance in case.effects
    }
    for one in known.valid:
        if one in used:
            yield f"Allowed until {one.expires}: {one} ({one.reason})."
        else:
            yield f"The allowance for {one} matches nothing in this plan."
    for one in known.expired:
        yield f"The allowance for {one} expired on {one.expires} and is ignored."
    for one in known.unusable:
        yield f"The allowance for {one} is ignored: {objection(one)}."


def _expiry(case: RuleInput) -> Iterator[str]:
    """Name tables whose TTL comes on where nothing tells whether the outgoing table had it."""
    for address in case.context.tables:
        change = case.context.live.get(address)
        known = address in case.context.intent.outgoing
        if change is None or known or is_on("ttl", change.before_value("ttl")):
            continue
        if is_on("ttl", change.after_value("ttl")):
            yield (
                f"TTL will be enabled for {address}, and expired items are deleted: make "
                "sure that the outgoing table had TTL."
            )


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
