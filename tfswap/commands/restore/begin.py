"""Begin one restore: as a job of AWS Backup, or by point-in-time recovery."""

from __future__ import annotations

from tfswap.aws import point_in_time
from tfswap.aws import restore_jobs as jobs
from tfswap.aws.point_in_time import PointInTime
from tfswap.aws.restore_time import exact
from tfswap.commands.restore.plan import RestorePlan
from tfswap.commands.restore.target import RestoreRequest
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget
from tfswap.journal.events import RestoreRequested, RestoreStarted


def begin(
    context: CommandContext, target: TableTarget, plan: RestorePlan, request: RestoreRequest
) -> str:
    """Begin a restore; the journal knows of it before and after.

    Returns:
        The restore job's id; empty for point-in-time recovery.

    Raises:
        AwsError: AWS refuses.
    """
    context.directory.make()
    if isinstance(plan.source, PointInTime):
        _to_a_time(context, target, plan, plan.source, request)
        return ""
    return _from_point(context, target, plan, request)


def _to_a_time(
    context: CommandContext,
    target: TableTarget,
    plan: RestorePlan,
    source: PointInTime,
    request: RestoreRequest,
) -> None:
    moment, account = exact(source.created), target.aws.account
    context.journal.note(
        RestoreRequested(
            table=plan.name,
            source=source.table,
            moment=moment,
            account=account,
            key=plan.key.arn,
            asked=request.at,
            said=request.said,
        )
    )
    dynamodb = target.aws.client("dynamodb")
    arn = target.arn(source.table)
    with context.console.writing(f"start a restore of {plan.name}"):
        point_in_time.start(dynamodb, arn, plan.name, source.created, plan.key)
    context.journal.note(RestoreStarted(table=plan.name, moment=moment, account=account))
    context.console.say(f"restore of {plan.name} started; it continues in AWS even if tfswap stops")


def _from_point(
    context: CommandContext, target: TableTarget, plan: RestorePlan, request: RestoreRequest
) -> str:
    point, metadata, account = plan.source, plan.metadata, target.aws.account
    if isinstance(point, PointInTime) or metadata is None:
        raise TypeError("A restore job needs a recovery point and its metadata.")
    context.journal.note(
        RestoreRequested(
            table=plan.name,
            point=point.arn,
            account=account,
            token=plan.token,
            key=plan.key.arn,
            asked=request.at,
            said=request.said,
        )
    )
    backup = target.aws.client("backup")
    with context.console.writing(f"start a restore job for {plan.name}"):
        job_id = jobs.start(backup, point.arn, metadata, plan.role_arn, plan.token)
    started = RestoreStarted(table=plan.name, point=point.arn, account=account, job=job_id)
    context.journal.note(started)
    context.console.say(f"restore job {job_id} started; it continues in AWS even if tfswap stops")
    return job_id
