"""All checks, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tfswap.verify.model.report_data import Finding
from tfswap.verify.rules import (
    changes,
    consumers,
    effects,
    origin,
    plan_shape,
    protections,
    reference,
    stateful,
    table,
    versions,
)
from tfswap.verify.rules.registry import RuleInput

Check = Callable[[RuleInput], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    plan_shape.errored,
    plan_shape.incomplete,
    plan_shape.destroys,
    plan_shape.plans_nothing,
    plan_shape.deferred,
    plan_shape.unknown_action,
    plan_shape.checks,
    plan_shape.left_out,
    plan_shape.output_left_out,
    plan_shape.contradicts,
    plan_shape.drifted_table,
    origin.other_workspace,
    origin.older_than_state,
    stateful.table_deleted,
    stateful.stateful_deleted,
    stateful.stateful_forgotten,
    stateful.table_created,
    stateful.schema_differs,
    stateful.encryption_differs,
    table.outgoing_in_state,
    table.imported_by_arn,
    table.absent,
    table.elsewhere,
    table.other_inputs,
    table.planned_name,
    table.another_table,
    protections.unprotected,
    consumers.left_behind,
    consumers.pattern_misses,
    consumers.pattern_covers,
    consumers.pipeline_not_recreated,
    versions.service_stays,
    versions.alias_stays,
    consumers.cannot_resolve,
    consumers.policy_changes,
    reference.stays_by_reference,
    reference.not_in_configuration,
    changes.unexplained_value,
    changes.image_moves,
    changes.created,
    changes.deleted,
    changes.replaced,
    changes.moved,
    changes.forgotten,
    changes.deposed,
    changes.imported,
    changes.doubtful,
    effects.effects,
)
