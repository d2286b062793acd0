"""What speaks for and against deleting an outgoing table; reads only.

Every line is looked at, also when an earlier one says stop: a person mends them all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tfswap.aws.alarms import Alarm, alarms_on
from tfswap.aws.errors import MissingError
from tfswap.aws.final_backup import FinalBackup, find_final_backup
from tfswap.aws.formatting import at, size
from tfswap.aws.session import Aws
from tfswap.aws.table_facts import ACTIVE, TableFacts, describe
from tfswap.aws.table_usage import table_usage, window
from tfswap.aws.unknown_facts import UnknownFact, known
from tfswap.commands.retire.named_swap import as_prepared
from tfswap.commands.retire.restored_table import restored_checks
from tfswap.commands.retire.state_references import state_references
from tfswap.commands.retire.stream_checks import stream_checks
from tfswap.commands.verify_plan.plans import plan_and_verify
from tfswap.context.command_context import CommandContext
from tfswap.context.preflight import pull
from tfswap.context.table_target import prepared_swap
from tfswap.doctor.result import CheckResult, judged
from tfswap.errors import AwsError
from tfswap.names import parse_arn
from tfswap.swap import Swap, TableSwap
from tfswap.terraform.client import Terraform
from tfswap.verify.model.report_data import Verdict

_SHOWN = 6


@dataclass(frozen=True)
class SafetyReport:
    """Everything about one outgoing table that decides whether it may go."""

    swap: Swap
    table: TableSwap
    facts: TableFacts | None
    """None where the table is gone already."""
    copies: tuple[TableFacts, ...]
    """Its replicas."""
    regions: tuple[str, ...]
    """Where it is or was; its own first."""
    alarms: tuple[tuple[str, Alarm], ...]
    """Region and alarm."""
    backup: FinalBackup | None
    checks: tuple[CheckResult, ...]

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it."""
        return all(check.is_ok for check in self.checks)

    @property
    def own_alarms(self) -> tuple[tuple[str, Alarm], ...]:
        """The alarms that watch this table and nothing else."""
        return tuple(each for each in self.alarms if each[1].only)

    @property
    def protected(self) -> tuple[str, ...]:
        """Regions in which deletion protection is on."""
        every = (*([self.facts] if self.facts else []), *self.copies)
        return tuple(facts.region for facts in every if facts.protected)


def examine_table(
    context: CommandContext,
    swap: Swap,
    table: TableSwap,
    terraform: Terraform,
    aws: Aws,
    *,
    quiet_hours: int,
    final_backup: bool,
    prepared: bool = True,
) -> SafetyReport:
    """Look at state, plan and AWS.

    ``prepared``: the swap was prepared here; else only the tfvars tell which table took over.

    Raises:
        TerraformError, AwsError: What decides could not be asked at all.
    """
    console, name = context.console, table.old_name
    with console.step(f"read {name} from AWS"):
        facts, copies = look_at(aws, name)
        regions = _regions(context, table, facts)
        alarms, alarm_checks = _alarms(aws, name, regions)
    checks: list[CheckResult] = []
    backup = None
    if facts is None:
        checks.append(judged(True, f"{name} is already deleted in AWS"))
    else:
        checks += [
            _is_active(facts),
            *_known(facts),
            *restored_checks(context, aws, table, facts, prepared),
        ]
        checks += usage_checks(aws, facts, copies, quiet_hours)
        checks += stream_checks(aws, facts, copies)
        start, _ = window(datetime.now(UTC), quiet_hours)
        backup = find_final_backup(aws.client("dynamodb"), name, start)
        checks.append(_backed_up(name, backup, start, final_backup))
    with console.step("pull the state and find references to the table"):
        checks += state_checks(context, swap, table, terraform, aws.caller.account)
    if facts is not None:
        settled = all(check.is_ok for check in checks[-2:])
        checks.append(_plan_check(context, swap, terraform) if settled else _no_plan())
    return SafetyReport(
        swap, table, facts, copies, regions, alarms, backup, (*checks, *alarm_checks)
    )


def look_at(aws: Aws, name: str) -> tuple[TableFacts | None, tuple[TableFacts, ...]]:
    """Return a table, None where it is gone, and its replicas.

    Raises:
        AwsError: AWS does not tell.
    """
    try:
        facts = describe(aws, name)
    except MissingError:
        return None, ()
    return facts, tuple(_copies(aws, facts))


def _copies(aws: Aws, facts: TableFacts) -> Iterator[TableFacts]:
    for replica in facts.replicas:
        try:
            yield describe(aws, facts.name, replica.region)
        except MissingError:
            # On its way out; the table still lists it for a while.
            continue


def _regions(
    context: CommandContext, table: TableSwap, facts: TableFacts | None
) -> tuple[str, ...]:
    """Return where the table is, and where the journal says it was when retiring began."""
    found = [table.region, *(replica.region for replica in (facts.replicas if facts else ()))]
    found += context.journal.progress().tables.retiring.get(table.old_name, ())
    return tuple(dict.fromkeys(found))


def _alarms(
    aws: Aws, name: str, regions: tuple[str, ...]
) -> tuple[tuple[tuple[str, Alarm], ...], list[CheckResult]]:
    found: list[tuple[str, Alarm]] = []
    checks: list[CheckResult] = []
    for region in regions:
        cloudwatch = aws.client("cloudwatch", region)
        answer = known(lambda client=cloudwatch: tuple(alarms_on(client, name)))  # type: ignore[misc]
        if isinstance(answer, UnknownFact):
            checks.append(judged(None, f"the alarms in {region} are unknown: {answer.why}", _ALLOW))
        else:
            found += [(region, alarm) for alarm in answer]
    return tuple(found), checks


_ALLOW = "Assume a role with read access, e.g. --role breakglass."


def _is_active(facts: TableFacts) -> CheckResult:
    good = facts.status in (ACTIVE, "DELETING")
    made = f", made {at(facts.created)}" if facts.created else ""
    text = f"{facts.name} is {facts.status}: {facts.items:,} items, {size(facts.bytes)}{made}"
    return judged(good, text, "" if good else "Wait until it is ACTIVE.")


def _known(facts: TableFacts) -> Iterator[CheckResult]:
    if facts.multi_region == "STRONG":
        yield judged(
            False,
            "it is part of a strongly consistent global table",
            "AWS can only remove its replicas together: remove them in the console first.",
        )


def usage_checks(
    aws: Aws, facts: TableFacts, copies: tuple[TableFacts, ...], hours: int
) -> list[CheckResult]:
    """Return whether nobody used the table, region by region."""
    start, end = window(datetime.now(UTC), hours)
    checks = []
    for place in (facts, *copies):
        where = "" if place is facts else f" (replica in {place.region})"
        indexes = [name for name, _ in place.index_status]
        client = aws.client("cloudwatch", place.region)
        try:
            found = table_usage(client, place.name, indexes, start, end)
        except AwsError as error:
            checks.append(judged(None, f"use{where} is unknown: {error.message}", error.hint))
            continue
        if not found:
            checks.append(judged(True, f"no read or write{where} since {at(start)} ({hours} h)"))
        for use in found:
            usage = f"{use.units:,.0f} units of {use.what}{where}, last after {at(use.last)}"
            checks.append(judged(False, f"still in use: {usage}", _WHO))
    return checks


_WHO = (
    "Find the user: an ECS task or Lambda started before the apply, a job, a person, "
    "another account, or tfswap compare --scan-count. Then wait, or set --quiet-hours."
)


def _backed_up(name: str, backup: FinalBackup | None, start: datetime, wanted: bool) -> CheckResult:
    if backup is not None:
        return judged(True, f"final backup {backup.name} of {at(backup.created)}, {backup.status}")
    if wanted:
        return judged(True, "a final backup will be created first (--final-backup)")
    return judged(
        False,
        f"it has no on-demand backup made since {at(start)}",
        f"Create one: tfswap retire {name} --final-backup",
    )


def state_checks(
    context: CommandContext, swap: Swap, table: TableSwap, terraform: Terraform, account: str
) -> tuple[CheckResult, CheckResult]:
    """Return whether the state holds the restored table, and nothing that names the outgoing.

    The table in the state must be in the account that is asked: neither repository nor state may
    tell which one is meant, and names are alike in all of them.
    """
    data, state = pull(context, terraform, swap)
    held = state.instances.get(table.address)
    name = held.attributes.get("name") if held else None
    arn = parse_arn(str(held.attributes.get("arn", ""))) if held else None
    good = name == table.new_name and arn is not None and arn.account == account
    where = "" if good or arn is None else f", account {arn.account}"
    text = f"the state (serial {state.serial}) has {name or 'no table'} at {table.address}{where}"
    naming = state_references(data, table.old_name)
    more = f" and {len(naming) - _SHOWN} more" if len(naming) > _SHOWN else ""
    said = f"the state still refers to it: {', '.join(naming[:_SHOWN])}{more}"
    return (
        judged(good, text, "" if good else _ELSEWHERE),
        judged(False, said, _STILL)
        if naming
        else judged(True, "nothing in the state refers to it"),
    )


_ELSEWHERE = (
    "The restored table is not in service. In the clone with the prepared swap, run: tfswap status"
)
_STILL = (
    "To update them: tfswap verify-plan, then tfswap apply. If that plan has no "
    "changes, the state is only out of date: terraform apply -refresh-only"
)


def _plan_check(context: CommandContext, swap: Swap, terraform: Terraform) -> CheckResult:
    report = plan_and_verify(context, as_prepared(context, swap), terraform).report
    if report.verdict is Verdict.APPLIED:
        return judged(True, "a new plan has no changes left: APPLIED")
    text = f"a new plan is {report.verdict.value.upper()}, not APPLIED"
    good = None if report.verdict is Verdict.CANNOT_TELL else False
    return judged(good, text, _why(context, swap))


def _why(context: CommandContext, swap: Swap) -> str:
    """Return how to see what the plan holds: ``verify-plan`` needs a swap prepared here."""
    if prepared_swap(context) == swap:
        return "For the reasons: tfswap verify-plan"
    return f"To see it: terraform plan in {swap.root_module}. Apply it first."


def _no_plan() -> CheckResult:
    return judged(None, "no plan was made: see the state check above")
