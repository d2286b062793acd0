"""The outgoing table's name written out somewhere, or a value that is put off until apply."""

from __future__ import annotations

from tests.record.hands import ARN, OLD, TABLE, Hands
from tests.record.riders import APP, RECEIVED
from tests.record.swaps import reports_policy

RUNNER = "region/modules/schedule_runner/main.tf"


def left_behind(hands: Hands) -> None:
    """as good, one Lambda's environment holds the old name in the code, and is not touched"""
    hands.code(RECEIVED, "LPAS_TABLE        = var.lpas_table.name", f'LPAS_TABLE        = "{OLD}"')
    hands.swap()


def half_updated(hands: Hands) -> None:
    """as good, the old name in the code for one of two variables of a Lambda's environment, and the
    old ARN for one of two resources of the app's policy"""
    hands.code(
        RUNNER,
        "    LPAS_TABLE        = var.lpas_table.name\n",
        f'    LPAS_TABLE        = var.lpas_table.name\n    LPAS_TABLE_COPY   = "{OLD}"\n',
    )
    hands.code(f"{APP}/iam.tf", "      var.lpas_table.arn,\n", f'      "{ARN}{OLD}",\n')
    hands.apply("-target=module.eu_west_1[0].module.schedule_runner")
    hands.swap()


def policy_untouched(hands: Hands) -> None:
    """as good, with the outgoing table's ARN hard-coded in a policy that the plan does not touch"""
    reports_policy(hands, OLD)
    hands.swap()


def left_elsewhere(hands: Hands) -> None:
    """as good, the old ARN in the pipeline's template, so that it is recreated on the old table;
    the old name in an output; and a policy on `table/production-Lpa?`, which leaves the new one
    out"""
    template = "opensearch_pipeline/lpas_stream.yaml.tftpl"
    hands.code(template, "${source.table_arn}", ARN + OLD)
    hands.code(
        "outputs.tf",
        "lpas_table_name     = aws_dynamodb_table.lpas_table.name",
        f'lpas_table_name     = "{OLD}"',
    )
    reports_policy(hands, "production-Lpa?")
    hands.swap()


def service_stays(hands: Hands) -> None:
    """as good, the ECS service ignores its task definition"""
    hands.code(f"{APP}/ecs.tf", "      desired_count\n", "      desired_count, task_definition\n")
    hands.swap()


def deferred_document(hands: Hands) -> None:
    """as good, with `depends_on` the table on one Lambda's policy document"""
    hands.code(
        RECEIVED,
        'data "aws_iam_policy_document" "event_received" {\n',
        'data "aws_iam_policy_document" "event_received" {\n  depends_on = [var.lpas_table]\n\n',
    )
    hands.swap()


def deferred_module(hands: Hands) -> None:
    """as good, with `depends_on` the table on the whole regional module"""
    hands.code(
        "regions.tf",
        '  source = "./region"\n',
        f'  source = "./region"\n  depends_on = [{TABLE}]\n',
    )
    hands.swap()


CASES = (
    *(left_behind, half_updated, policy_untouched, left_elsewhere, service_stays),
    *(deferred_document, deferred_module),
)
