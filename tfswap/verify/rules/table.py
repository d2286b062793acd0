"""Rules about the swapped table itself: is it the restored one, in the right place?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfswap.names import TableArn, parse_arn
from tfswap.plan.changes import Change
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.model.intent import TableIntent
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding

_TELLING = ("name", "id", "arn")
"""Attributes that tell which table an object is."""


def tables_in(case: RuleInput) -> Iterator[tuple[Change, TableIntent]]:
    """Yield the plan's tables of the swap, each with what is meant to become of it."""
    for address, table in case.context.tables.items():
        change = case.context.live.get(address)
        if change is not None:
            yield change, table


def outgoing_in_state(case: RuleInput) -> Iterator[Finding]:
    """TFS201 and TFS202: whose name, id and ARN the state holds."""
    for change, table in tables_in(case):
        if not isinstance(change.before, dict):
            continue
        if (holds := _held(change)) == {table.rename.new}:
            continue
        if table.rename.old in holds:
            yield finding(
                "TFS201",
                f"The state holds {table.rename.old} here, not {table.rename.new}.",
                change,
                path=("name",),
            )
            continue
        names = ", ".join(sorted(holds)) or "no name"
        shown = "another table" if any(map(change.hides, _TELLING)) else names[:120]
        yield finding(
            "TFS202",
            f"The state holds {shown} here, not {table.rename.new}.",
            change,
            path=("name",),
        )


def _held(change: Change) -> set[str]:
    """Return every table name that name, id and ARN of the object tell."""
    held = set()
    for key in _TELLING:
        value = change.before_value(key)
        if isinstance(value, str):
            arn = parse_arn(value)
            held.add(arn.name if arn else value)
    return held


def imported_by_arn(case: RuleInput) -> Iterator[Finding]:
    """TFS203: works, but the id is not the table's name (facts.md)."""
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


def absent(case: RuleInput) -> Iterator[Finding]:
    """TFS204: no table at the address, or by the names, of the swap."""
    for table in case.context.missing_tables:
        names = f"{table.rename.old} or {table.rename.new}"
        message = (
            "The plan has no resource at this address."
            if table.address
            else f"No table in the plan is called {names}."
        )
        yield finding("TFS204", message, address=table.address)


def elsewhere(case: RuleInput) -> Iterator[Finding]:
    """TFS205: the ARN tells partition, region and account."""
    intent = case.context.intent
    for change, table in tables_in(case):
        arn = _arn(change)
        if arn is None:
            if isinstance(change.before, dict) and (intent.account or table.region):
                message = "Its ARN cannot be read, so account and region cannot be told."
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


def other_inputs(case: RuleInput) -> Iterator[Finding]:
    """TFS206: the variable that holds the table's name, where the swap says which it is."""
    plan = case.context.plan
    for table in case.context.intent.tables:
        variable, _, rest = table.variable.removeprefix("/").partition("/")
        if not variable:
            continue
        if variable not in plan.variables:
            yield finding(
                "TFS206",
                "The plan does not tell this input, which holds the table's name.",
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


def planned_name(case: RuleInput) -> Iterator[Finding]:
    """TFS207: what the configuration calls the table."""
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


def another_table(case: RuleInput) -> Iterator[Finding]:
    """TFS209: only one of two tables was meant."""
    for explanation in case.explanations.values():
        change = explanation.change
        if change.type != TABLE or change.address in case.context.tables or explanation.explained:
            continue
        if change.updates:
            name = change.before_value("name")
            shown = isinstance(name, str) and not change.hides("name")
            yield finding(
                "TFS209",
                f"It is no table of the swap, and {len(explanation.leaves)} of its values change.",
                change,
                evidence=name if shown else "",
            )
