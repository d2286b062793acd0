"""Rules about the swapped table itself: is it the restored one, in the right place?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfswap.names import TableArn, parse_arn
from tfswap.plan.changes import Change
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.model.intent import TableIntent
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule

_TELLING = ("name", "id", "arn")
"""Attributes that tell which table an object is."""


def tables_in(case: RuleInput) -> Iterator[tuple[Change, TableIntent]]:
    """Yield the plan's tables of the swap, each with what is meant to become of it."""
    for address, table in case.context.tables.items():
        change = case.context.live.get(address)
        if change is not None:
            yield change, table


@rule(
    "TFS201",
    "State still has the outgoing table",
    meaning="The state has the outgoing table at the table's address.",
    why="With the new name in the configuration, Terraform would replace the outgoing table.",
    todo="Run tfswap run: it removes the outgoing table from state and imports the restored one.",
    source="Runbook: remove the table from the state",
)
@rule(
    "TFS202",
    "Wrong table was imported",
    meaning="The state has a third table at the table's address, neither the outgoing nor the "
    "restored one.",
    why="The service would run with the wrong data.",
    todo="Check date and name. Then terraform state rm, and import the right table by name.",
    source="Runbook: next import the restored table using the new name",
)
def outgoing_in_state(case: RuleInput) -> Iterator[Finding]:
    """Whose name, id and ARN the state holds."""
    for change, table in tables_in(case):
        if not isinstance(change.before, dict):
            continue
        if (holds := _table_names(change)) == {table.rename.new}:
            continue
        if table.rename.old in holds:
            yield finding(
                "TFS201",
                f"The state has {table.rename.old} here, not {table.rename.new}.",
                change,
                path=("name",),
            )
            continue
        names = ", ".join(sorted(holds)) or "no name"
        shown = "another table" if any(map(change.hides, _TELLING)) else names[:120]
        yield finding(
            "TFS202",
            f"The state has {shown} here, not {table.rename.new}.",
            change,
            path=("name",),
        )


def _table_names(change: Change) -> set[str]:
    """Return every table name that name, id and ARN of the object tell, or an import's id."""
    found = set()
    imported = str((change.entry.change.importing or {}).get("id", "")).partition("@")[0]
    for value in (*map(change.before_value, _TELLING), imported or None):
        if isinstance(value, str):
            arn = parse_arn(value)
            found.add(arn.name if arn else value)
    return found


@rule(
    "TFS203",
    "Table was imported by ARN",
    meaning="The table's id in the state is an ARN instead of its name.",
    why="It works, but every reference to the id gets an ARN.",
    todo="After the swap: terraform state rm, then import the table by name.",
    source="hashicorp/terraform-provider-aws#39635",
)
def imported_by_arn(case: RuleInput) -> Iterator[Finding]:
    """Works, but the id is not the table's name (facts.md)."""
    for change, _ in tables_in(case):
        value = change.before_value("id")
        if isinstance(value, str) and parse_arn(value):
            yield finding(
                "TFS203",
                "Its id in the state is an ARN.",
                change,
                path=("id",),
                severity=Severity.WARNING,
            )


@rule(
    "TFS204",
    "Table is not in the plan",
    meaning="The plan has no table with the swap's address or names.",
    why="It may be a plan from another folder or workspace.",
    todo="Plan in the swap's root module and workspace; check --from and --to.",
    source="A verdict belongs to one plan, state and workspace",
)
def absent(case: RuleInput) -> Iterator[Finding]:
    """No table at the address, or by the names, of the swap."""
    for table in case.context.missing_tables:
        names = f"{table.rename.old} or {table.rename.new}"
        message = (
            "The plan has no resource at this address."
            if table.address
            else f"No table in the plan is named {names}."
        )
        yield finding("TFS204", message, address=table.address)


@rule(
    "TFS205",
    "Account, region or partition differ",
    meaning="The table in the plan has another account, region or partition than the swap.",
    why="The same name can exist in other accounts and regions.",
    todo="Check the workspace and the role, then plan again.",
    source="Plan and swap must match",
)
def elsewhere(case: RuleInput) -> Iterator[Finding]:
    """The ARN tells partition, region and account."""
    intent = case.context.intent
    for change, table in tables_in(case):
        arn = _arn(change)
        if arn is None:
            if isinstance(change.before, dict) and (intent.account or table.region):
                message = "Its ARN cannot be read, so account and region are unknown."
                yield finding("TFS205", message, change, severity=Severity.UNKNOWN)
            continue
        wanted = {
            "partition": (intent.partition, arn.partition),
            "region": (table.region, arn.region),
            "account": (intent.account, arn.account),
        }
        for what, (want, have) in wanted.items():
            if want and want != have:
                shown = "another" if change.hides("arn") else have
                yield finding(
                    "TFS205",
                    f"The {what} of the swap is {want}, the plan's is {shown}.",
                    change,
                    path=("arn",),
                )


def _arn(change: Change) -> TableArn | None:
    for value in (change.before_value("arn"), change.after_value("arn")):
        if isinstance(value, str) and (arn := parse_arn(value)):
            return arn
    return None


@rule(
    "TFS206",
    "Inputs have another name",
    meaning="The plan was made with other tfvars than the swap's.",
    why="An edit in another environment or branch plans another table.",
    todo="Plan on the prepared branch, with the tfvars that tfswap prepare edited.",
    source="Plan and swap must match",
)
def other_inputs(case: RuleInput) -> Iterator[Finding]:
    """The variable that holds the table's name, where the swap says which it is."""
    plan = case.context.plan
    for table in case.context.intent.tables:
        variable, _, rest = table.variable.removeprefix("/").partition("/")
        if not variable:
            continue
        if variable not in plan.variables:
            yield finding(
                "TFS206",
                "The plan does not show this input, which contains the table's name.",
                address=f"var.{variable}",
                evidence=table.variable,
                severity=Severity.UNKNOWN,
            )
            continue
        value = _pointed(plan.variables[variable].value, rest)
        if value == table.value:
            continue
        secret = plan.configuration.is_sensitive_variable(variable)
        have = "another value" if secret or not isinstance(value, str) else repr(value[:80])
        yield finding(
            "TFS206",
            f"The plan was made with {have} where the swap has {table.value!r}.",
            address=f"var.{variable}",
            evidence=table.variable,
        )


def _pointed(value: Any, pointer: str) -> Any:
    for token in pointer.split("/") if pointer else ():
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


@rule(
    "TFS207",
    "Configuration has another table",
    meaning="The table's planned name is not the restored table's.",
    why="The tfvars are not edited, or do not match the import.",
    todo="Edit the table's name in the tfvars, as tfswap prepare does, and plan again.",
    source="Runbook: update the name of the new table in terraform.tfvars.json",
)
def planned_name(case: RuleInput) -> Iterator[Finding]:
    """What the configuration calls the table."""
    for change, table in tables_in(case):
        if not isinstance(change.after, dict):
            continue
        name = change.after.get("name")
        if name != table.rename.new:
            shown = repr(name) if isinstance(name, str) and not change.hides("name") else "no name"
            yield finding(
                "TFS207",
                f"The configuration calls it {shown[:120]}, not {table.rename.new!r}.",
                change,
                path=("name",),
            )


@rule(
    "TFS209",
    "Another table changes",
    meaning="A table that is not part of the swap would change.",
    why="The plan includes another swap or another edit of the tfvars.",
    todo="Undo the other edit, or prepare both tables together: tfswap prepare A B.",
    source="Plan and swap must match",
)
def another_table(case: RuleInput) -> Iterator[Finding]:
    """Only one of two tables was meant."""
    for explanation in case.explanations.values():
        change = explanation.change
        if change.type != TABLE or change.address in case.context.tables or explanation.explained:
            continue
        if change.updates:
            name = change.before_value("name")
            shown = isinstance(name, str) and not change.hides("name")
            yield finding(
                "TFS209",
                f"It is not a table of the swap, but {len(explanation.leaves)} of its "
                "values change.",
                change,
                evidence=name if shown else "",
            )
