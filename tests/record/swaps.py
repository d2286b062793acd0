"""Swaps done right, and what looks odd about them but is not wrong."""

from __future__ import annotations

from tests.record.hands import ARN, NEW, OLD, PIPELINE, SESSIONS, Hands

REPLICA = "aws_dynamodb_table_replica.lpas_table[0]"


def empty(hands: Hands) -> None:
    """nothing yet: planned before anything was done"""


def good(hands: Hands) -> None:
    """state rm, import by name, tfvars edited, taint"""
    hands.swap()


def replace_by_request(hands: Hands) -> None:
    """as good, with `-replace` of the pipeline instead of taint"""
    hands.restore()
    hands.name_table()
    hands.state_steps()
    hands.plan_with(f"-replace={PIPELINE}")


def arn_import(hands: Hands) -> None:
    """as good, imported by ARN as the runbook says"""
    hands.restore()
    hands.name_table()
    hands.state_rm()
    hands.import_(ARN + NEW)
    hands.taint()


def two_tables(hands: Hands) -> None:
    """Lpas and Sessions swapped at once"""
    hands.swap()
    hands.restore("Sessions")
    hands.name_table("Sessions-20240715", "sessions_table_name")
    hands.state_rm(SESSIONS)
    hands.import_("production-Sessions-20240715", SESSIONS)


def applied(hands: Hands) -> None:
    """planned again after the good plan was applied"""
    hands.swap()
    hands.apply()


def swap_back(hands: Hands) -> None:
    """after the swap was applied, back to the table from before it"""
    applied(hands)
    hands.name_table("Lpas")
    hands.state_rm()
    hands.import_(OLD)
    hands.taint()


def _with_replica(hands: Hands) -> None:
    hands.tfvars("region_replica_enabled", "true")
    hands.apply()


def replica(hands: Hands) -> None:
    """as good, where a replica in the second region has long been on"""
    _with_replica(hands)
    hands.swap()


def replica_released(hands: Hands) -> None:
    """as replica, with the replica taken out of the state too"""
    _with_replica(hands)
    hands.swap()
    hands.state_rm(REPLICA)


def awkward_neighbours(hands: Hands) -> None:
    """as good, with keys that hold dots, quotes and brackets, a longer name that begins with the
    outgoing table's, and a policy on `table/production-Lpas*`, which covers both tables"""
    hands.merge_and_apply(
        """
resource "aws_ssm_parameter" "tables" {
  for_each = toset(["a.b", "x[\\"1\\"]", "0"])
  name     = "/lpa/tables/${index(["a.b", "x[\\"1\\"]", "0"], each.key)}"
  type     = "String"
  value    = aws_dynamodb_table.lpas_table.name
  provider = aws.eu_west_1
}

resource "aws_ssm_parameter" "archive" {
  name     = "/lpa/archive/${local.environment_name}"
  type     = "String"
  value    = "${local.environment_name}-Lpas-archive"
  provider = aws.eu_west_1
}
""",
        "aws_ssm_parameter.tables",
        "aws_ssm_parameter.archive",
    )
    reports_policy(hands, "production-Lpas*")
    hands.swap()


def reports_policy(hands: Hands, resource: str) -> None:
    """Let a policy name tables by a text of its own."""
    hands.merge_and_apply(
        f"""
resource "aws_iam_role_policy" "reports" {{
  name     = "reports"
  role     = module.global.iam_roles.event_received_lambda.name
  policy   = data.aws_iam_policy_document.reports.json
  provider = aws.eu_west_1
}}

data "aws_iam_policy_document" "reports" {{
  statement {{
    sid       = "allowReports"
    actions   = ["dynamodb:Query"]
    resources = ["{ARN}{resource}"]
  }}
}}
""",
        "aws_iam_role_policy.reports",
    )


CASES = (
    *(empty, good, replace_by_request, arn_import, two_tables, applied, swap_back),
    *(replica, replica_released, awkward_neighbours),
)
