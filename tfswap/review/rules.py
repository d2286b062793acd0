"""The static rules, TFS801 to TFS815: one small function each, from facts to findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from tfswap.discovery.name_sources import dated
from tfswap.errors import UsageError
from tfswap.names import check_physical, parse_dated
from tfswap.review.facts import Facts, LineMention, StringEdit
from tfswap.verify.model.report_data import Finding, Location, Severity
from tfswap.verify.rules.registry import checks_of, finding, rule

_SLACK = timedelta(days=1)
"""A restore dated in a time zone ahead of UTC is not of the future."""
_MAX = 20
_NAMES = ("TFS803", "TFS804", "TFS805", "TFS806", "TFS807")


def findings(facts: Facts) -> tuple[Finding, ...]:
    """Return what the static rules say, in their order."""
    return tuple(found for check in checks_of(__name__) for found in check(facts))


def names_stand(found: Iterable[Finding]) -> bool:
    """Say whether the swap's names are sound enough to follow it through the code."""
    return not any(one.rule in _NAMES for one in found)


@rule(
    "TFS801",
    "The tfvars cannot be read",
    meaning="A tfvars file that the branch changes is not a JSON object in UTF-8.",
    why="Terraform fails in the pipeline.",
    todo="Fix the file at that line. tfswap prepare changes only the name.",
    source="RFC 8259",
)
def broken(facts: Facts) -> Iterator[Finding]:
    """The tfvars cannot be read."""
    for place in facts.broken:
        yield finding("TFS801", place.what, at=place)


@rule(
    "TFS802",
    "The tfvars change more than a table's name",
    meaning="Besides the swap, the branch changes, adds or removes another value in the same "
    "tfvars.",
    why="It would reach production together with the restore.",
    todo="Remove the other change and open a separate pull request after the swap.",
    source="README, promise 2: nothing else is changed",
)
def more_than_a_name(facts: Facts) -> Iterator[Finding]:
    """Only beside a swap; otherwise tfvars may change as they like."""
    for place in facts.others if facts.tables else ():
        yield finding("TFS802", "Another value changes here.", evidence=place.what, at=place)


@rule(
    "TFS803",
    "Two swaps in one branch",
    meaning="The branch renames tables of more than one environment or root module.",
    why="Each one needs its own state change, plan and verdict; one of them would not be verified.",
    todo="Open one pull request for each environment.",
    source="One pull request per environment",
)
def two_swaps(facts: Facts) -> Iterator[Finding]:
    """Said at the first edit of each further environment."""
    first: dict[tuple[str, str], StringEdit] = {}
    for table in facts.tables:
        first.setdefault((table.root_module, table.environment), table.edit)
    for (root, other), edit in list(first.items())[1:]:
        environment = facts.tables[0].environment
        where = f" in {root}" if other == environment else ""
        message = f"Tables of {environment} and of {other}{where} are renamed together."
        yield finding("TFS803", message, evidence=edit.pointer, at=edit)


@rule(
    "TFS804",
    "Invalid date in the name",
    meaning="The new table name ends in eight digits that are not a date, or is empty.",
    why="A restored table is named after a real date, so this is a typing error.",
    todo="Copy the name of the restored table from the AWS console.",
    source="Runbook: the original name, a -, the date of restoration as YYYYMMDD",
)
def no_date(facts: Facts) -> Iterator[Finding]:
    """The date in the name is none."""
    for edit in _edits(facts):
        try:
            parse_dated(edit.new)
        except UsageError as error:
            yield finding("TFS804", error.message, evidence=_pair(edit), at=edit)


@rule(
    "TFS805",
    "Date in the name is in the future",
    meaning="The date in the new table name is later than tomorrow.",
    why="The date is the day of the restore, which cannot be in the future.",
    todo="Copy the name of the restored table from the AWS console.",
    source="Runbook: the date of restoration; a day of slack for time zones",
)
def future(facts: Facts) -> Iterator[Finding]:
    """The date in the name lies ahead."""
    for edit in _edits(facts):
        day = dated(edit.new).date
        if day is not None and day > facts.today + _SLACK:
            message = f"{day} is in the future; today is {facts.today} (UTC)."
            yield finding("TFS805", message, evidence=_pair(edit), at=edit)


@rule(
    "TFS806",
    "The base name changes",
    meaning="The new name is not the old name with another date.",
    why="The environment would use the data of another table.",
    todo="Change only the date, not the base name.",
    source="Runbook: use the original name plus a - then the date",
)
def other_base(facts: Facts) -> Iterator[Finding]:
    """The base name changes."""
    for edit in _edits(facts):
        old, new = dated(edit.old).base, dated(edit.new).base
        if old != new and not _is_no_date(edit.new):
            message = f"The base name was {old!r} and becomes {new!r}."
            yield finding("TFS806", message, evidence=_pair(edit), at=edit)


@rule(
    "TFS807",
    "Invalid DynamoDB table name",
    meaning="The physical name made of the tfvars is too short, too long, or has an invalid "
    "character.",
    why="No table can have that name, so the import fails.",
    todo="Copy the name of the restored table from the AWS console.",
    source="DynamoDB Developer Guide, naming rules",
)
def illegal(facts: Facts) -> Iterator[Finding]:
    """DynamoDB would refuse the name."""
    for table in facts.tables:
        try:
            check_physical(table.new_name)
        except UsageError as error:
            yield finding("TFS807", error.message, address=table.address, at=table.edit)


@rule(
    "TFS808",
    "Outgoing name is literal in a file",
    meaning="A .tf, template, JSON or YAML file contains the outgoing table's physical name, or "
    "the code composes the name a second time.",
    why="Its readers would still use the outgoing table.",
    todo="Refer to the table resource instead, or change the name there too.",
    source="Rule TFS301 is the same check on a plan",
)
def hard_coded(facts: Facts) -> Iterator[Finding]:
    """Comments, and words that may mean something else, stop nobody."""
    worst_first = sorted(facts.mentions, key=_stops, reverse=True)
    for mention in worst_first[:_MAX]:
        where = "A comment" if mention.is_comment else "This line"
        what = f"still {'contains' if mention.is_certain else 'may contain'} {mention.name}"
        yield finding(
            "TFS808",
            f"{where} {what}.",
            severity=_weight(mention),
            evidence=mention.made_for,
            at=mention,
        )
    if rest := worst_first[_MAX:]:
        message = f"{len(rest)} more lines contain an outgoing name; find them with git grep."
        yield finding("TFS808", message, severity=_weight(rest[0]), at=rest[0])


def _stops(mention: LineMention) -> bool:
    return mention.is_certain and not mention.is_comment


def _weight(mention: LineMention) -> Severity:
    return Severity.ERROR if _stops(mention) else Severity.WARNING


@rule(
    "TFS809",
    ".tfswap/ is committed",
    meaning="Files under .tfswap/ are in the commit: states and plans of that environment.",
    why="They contain what the state contains, including secrets.",
    todo="Run git rm -r --cached .tfswap. If it was pushed, treat its secrets as leaked.",
    source=".tfswap/ is never committed",
)
def ours(facts: Facts) -> Iterator[Finding]:
    """Once, however many files there are."""
    if facts.ours:
        more = len(facts.ours) - 1
        message = f"{facts.ours[0]} is committed" + (f", and {more} more." if more else ".")
        yield finding("TFS809", message, at=Location(facts.ours[0], 1))


@rule(
    "TFS810",
    "Role is still breakglass",
    meaning="A committed .envrc sets TF_VAR_default_role to breakglass.",
    why="Everyone who uses the folder works with emergency permissions.",
    todo="Change it back to the value before the swap.",
    source="Runbook: edit .envrc to set TF_VAR_default_role",
)
def role(facts: Facts) -> Iterator[Finding]:
    """An error where the branch wrote it or swaps a table; else it was there before."""
    for line in facts.roles:
        weight = Severity.ERROR if line.is_new or facts.tables else Severity.WARNING
        yield finding("TFS810", "The role is set to breakglass here.", severity=weight, at=line)


@rule(
    "TFS813",
    "Change may be a swap",
    meaning="A value changes like a table name in a swap, but the code does not show whether it "
    "is one.",
    why="An undetected swap is not checked.",
    todo="Set the root module with --root, or write the name so that the code alone determines it.",
    source="Unknown is not a pass",
)
def doubtful(facts: Facts) -> Iterator[Finding]:
    """A change that may be a swap."""
    for place in facts.doubtful:
        yield finding("TFS813", f"{place.what}.", severity=Severity.UNKNOWN, at=place)


@rule(
    "TFS814",
    "Code changes together with the swap",
    meaning="Besides the tfvars, the branch changes other files of the root module or its modules.",
    why="The plan then includes their changes too, and the branch is harder to revert.",
    todo="Open a separate pull request for them after the swap.",
    source="The branch contains only the tfvars edit",
)
def code(facts: Facts) -> Iterator[Finding]:
    """A warning; the plan's verdict decides about what they change."""
    if facts.tables and facts.code:
        more = len(facts.code) - 1
        message = f"{facts.code[0]} changes too" + (f", and {more} more files." if more else ".")
        yield finding("TFS814", message, severity=Severity.WARNING, at=Location(facts.code[0], 1))


@rule(
    "TFS815",
    "Table is removed from the configuration",
    meaning="A table of the merge base has no address any more, or has another address without "
    "a moved block.",
    why="The next apply would destroy it. A removed block with destroy = false keeps it.",
    todo="Add it again, or add a moved block. To remove it from state only, add a removed block.",
    source="Terraform documentation: Refactor modules (moved), Removing resources",
)
def lost(facts: Facts) -> Iterator[Finding]:
    """What is kept by a removed block is only told."""
    for loss in facts.losses:
        message = f"{loss.address}{f' ({loss.name})' if loss.name else ''} {loss.what}."
        weight = Severity.ERROR if loss.is_destroyed else Severity.WARNING
        yield finding("TFS815", message, severity=weight, address=loss.address, at=loss)


def _edits(facts: Facts) -> Iterator[StringEdit]:
    """Yield each edit once: several tables may take their names from one string."""
    return iter(dict.fromkeys(table.edit for table in facts.tables))


def _is_no_date(value: str) -> bool:
    try:
        parse_dated(value)
    except UsageError:
        return True
    return False


def _pair(edit: StringEdit) -> str:
    return f'"{edit.old}" -> "{edit.new}"'
