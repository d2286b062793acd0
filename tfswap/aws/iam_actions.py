"""What IAM calls the operations tfswap uses: for the sentence that says which one is missing.

AWS names the action in most refusals, but AWS Backup, for one, may say no more than "Insufficient
privileges". Service Authorization Reference: an action is the service's prefix and the operation.
"""

from __future__ import annotations

import re

_OPERATIONS = {
    "application-autoscaling": {"DescribeScalableTargets"},
    "backup": {
        *("DescribeRestoreJob", "GetRecoveryPointRestoreMetadata", "GetRestoreJobMetadata"),
        *("ListBackupVaults", "ListRecoveryPointsByBackupVault", "ListRecoveryPointsByResource"),
        *("ListRestoreJobs", "StartRestoreJob"),
    },
    "cloudwatch": {"DeleteAlarms", "DescribeAlarms", "GetMetricData"},
    "dynamodb": {
        *("CreateBackup", "DeleteTable", "DescribeBackup", "DescribeContinuousBackups"),
        *("DescribeTable", "DescribeTimeToLive", "GetItem", "GetResourcePolicy", "ListBackups"),
        *("ListTagsOfResource", "RestoreTableToPointInTime", "Scan", "UpdateTable"),
    },
    "iam": {"GetRole"},
    "kms": {"DescribeKey", "ListAliases"},
    "lambda": {"ListEventSourceMappings"},
    "osis": {"GetPipeline", "ListPipelines", "StartPipeline", "StopPipeline"},
    "pipes": {"ListPipes"},
    "s3": {"GetObject"},
    "sts": {"AssumeRole", "GetCallerIdentity"},
}
"""IAM's prefix, which is botocore's name of the service here, and the operations used of it."""

_IN_MESSAGE = re.compile(r"to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)")


def iam_action_of(operation: str, said: str) -> str:
    """Return the action that is missing; empty where neither AWS nor the table tells.

    Args:
        operation: The API operation that was refused.
        said: AWS's message. It goes first: what is missing may be another action than the
            operation, e.g. ``iam:PassRole`` for a restore.
    """
    if match := _IN_MESSAGE.search(said):
        return match[1]
    prefix = next((p for p, known in _OPERATIONS.items() if operation in known), "")
    return f"{prefix}:{operation}" if prefix else ""
