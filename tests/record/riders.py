"""Changes that ride along with a swap that is otherwise good."""

from __future__ import annotations

import json

from tests.record.hands import TABLE, Hands

APP = "region/modules/app"
RECEIVED = "region/modules/event_received/main.tf"


def ride_image(hands: Hands) -> None:
    """as good, `TF_VAR_container_version` unset"""
    hands.swap()
    hands.unset("TF_VAR_container_version")


def ride_public(hands: Hands) -> None:
    """as good, `TF_VAR_public_access_enabled` unset"""
    hands.swap()
    hands.unset("TF_VAR_public_access_enabled")


def ride_settings(hands: Hands) -> None:
    """as good, with a shorter log retention, and less memory for a Lambda that changes anyway"""
    hands.swap()
    hands.tfvars("application_log_retention_days", "30")
    hands.code(RECEIVED, "memory      = 1024", "memory      = 512")


def ride_tag(hands: Hands) -> None:
    """as good, with another owner in the default tags"""
    hands.swap()
    hands.code("variables.tf", '"LPA platform team"', '"Somebody else"')


def ride_secret(hands: Hands) -> None:
    """as good, with a secret changed that a sensitive variable holds"""
    hands.set("TF_VAR_smtp_password", "SENTINEL-before-it-was-rotated")
    hands.merge_and_apply(
        """
variable "smtp_password" {
  type      = string
  sensitive = true
}

resource "aws_ssm_parameter" "smtp_password" {
  name     = "/lpa/smtp-password/${local.environment_name}"
  type     = "SecureString"
  value    = var.smtp_password
  provider = aws.eu_west_1
}
""",
        "aws_ssm_parameter.smtp_password",
    )
    hands.swap()
    hands.set("TF_VAR_smtp_password", "SENTINEL-after-it-was-rotated")


def policy_widened(hands: Hands) -> None:
    """as good, with one more action in the app's policy, and one more statement in the pipeline's,
    which is unknown until apply"""
    hands.swap()
    hands.code(
        f"{APP}/iam.tf",
        '      "dynamodb:BatchGetItem",\n',
        '      "dynamodb:BatchGetItem",\n      "dynamodb:DeleteTable",\n',
    )
    hands.code(
        "opensearch_ingestion_pipeline.tf",
        '  statement {\n    sid    = "allowEncryption"',
        '  statement {\n    sid       = "allowAll"\n    actions   = ["dynamodb:*"]\n'
        '    resources = ["*"]\n  }\n\n  statement {\n    sid    = "allowEncryption"',
    )


def drift(hands: Hands) -> None:
    """as good, one Lambda's memory changed by hand in the console"""
    hands.swap()
    hands.world.client("lambda").update_function_configuration(
        FunctionName="schedule-runner-production", MemorySize=2048
    )


def protection_dropped(hands: Hands) -> None:
    """as good, with point-in-time recovery switched off in the code"""
    hands.swap()
    hands.code(
        "dynamodb.tf",
        "  point_in_time_recovery {\n    enabled = true",
        "  point_in_time_recovery {\n    enabled = false",
    )


def index_added(hands: Hands) -> None:
    """as good, with a global secondary index added in the code"""
    hands.swap()
    hands.code(
        "dynamodb.tf",
        '  global_secondary_index {\n    name            = "LpaUIDIndex"',
        '  global_secondary_index {\n    name            = "UpdatedAtIndex"\n'
        '    hash_key        = "UpdatedAt"\n    projection_type = "KEYS_ONLY"\n  }\n\n'
        '  global_secondary_index {\n    name            = "LpaUIDIndex"',
    )


def key_changed(hands: Hands) -> None:
    """as good, with another range key in the code"""
    hands.swap()
    text = (
        'stream_view_type            = "NEW_AND_OLD_IMAGES"\n  hash_key                    = "PK"\n'
    )
    hands.code(
        "dynamodb.tf",
        f'{text}  range_key                   = "SK"',
        f'{text}  range_key                   = "UpdatedAt"',
    )


def bucket_deleted(hands: Hands) -> None:
    """as good, with an S3 bucket deleted from the code"""
    hands.merge_and_apply(
        """
resource "aws_s3_bucket" "uploads" {
  bucket   = "lpa-uploads-${local.environment_name}"
  provider = aws.eu_west_1
}
""",
        "aws_s3_bucket.uploads",
    )
    hands.drop_code()
    hands.swap()


def moved(hands: Hands) -> None:
    """as good, with a resource moved to another address"""
    hands.swap()
    hands.code(
        "parameters.tf", '"aws_ssm_parameter" "container_version"', '"aws_ssm_parameter" "image"'
    )
    hands.add_code(
        "moved {\n  from = aws_ssm_parameter.container_version\n"
        "  to   = aws_ssm_parameter.image\n}\n"
    )


def forgotten(hands: Hands) -> None:
    """as good, with a removed block that takes a resource out of the state"""
    hands.swap()
    hands.drop_code("parameters.tf")
    hands.add_code(
        "removed {\n  from = aws_ssm_parameter.container_version\n"
        "  lifecycle {\n    destroy = false\n  }\n}\n"
    )


def table_forgotten(hands: Hands) -> None:
    """as good, with a removed block that takes another table out of the state"""
    hands.merge_and_apply(
        """
resource "aws_dynamodb_table" "notes" {
  name         = "${local.environment_name}-Notes"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "PK"
  provider     = aws.eu_west_1

  attribute {
    name = "PK"
    type = "S"
  }
}
""",
        "aws_dynamodb_table.notes",
    )
    hands.drop_code()
    hands.swap()
    hands.add_code(
        "removed {\n  from = aws_dynamodb_table.notes\n  lifecycle {\n    destroy = false\n  }\n}\n"
    )


def deposed(hands: Hands) -> None:
    """as good, where an earlier apply was broken off between create and delete"""
    address = "aws_security_group.opensearch_ingestion"
    ec2 = hands.world.client("ec2")
    with hands.state() as state:
        [group] = [r for r in state["resources"] if f"{r['type']}.{r['name']}" == address]
        old = json.loads(json.dumps(group["instances"][0]))
        attributes = old["attributes"]
        attributes["name"] = "production-opensearch-ingestion20240701090000000100000001"
        attributes["id"] = ec2.create_security_group(
            GroupName=attributes["name"],
            Description=attributes["description"],
            VpcId=attributes["vpc_id"],
        )["GroupId"]
        attributes["arn"] = f"{attributes['arn'].rsplit('/', 1)[0]}/{attributes['id']}"
        group["instances"].append({**old, "deposed": "0a1b2c3d"})
    hands.swap()


def check_failing(hands: Hands) -> None:
    """as good, with a check block that fails"""
    hands.swap()
    hands.add_code(
        f"""
check "table_name" {{
  assert {{
    condition     = endswith({TABLE}.name, "-Lpas")
    error_message = "The table's name is not the usual one."
  }}
}}
"""
    )


def errored(hands: Hands) -> None:
    """as good, with a precondition that fails, so that the plan ends half way"""
    hands.swap()
    hands.code(
        "parameters.tf",
        "  provider = aws.management\n",
        "  provider = aws.management\n\n  lifecycle {\n    precondition {\n"
        '      condition     = startswith(var.container_version, "w")\n'
        '      error_message = "This version has not been tried."\n    }\n  }\n',
    )


CASES = (
    *(ride_image, ride_public, ride_settings, ride_tag, ride_secret, policy_widened, drift),
    *(protection_dropped, index_added, key_changed, bucket_deleted, moved, forgotten, deposed),
    *(table_forgotten, check_failing, errored),
)
