"""The static rules, TFS801 to TFS814: one small function each, from facts to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import msgspec

from tfswap.discovery.name_sources import dated
from tfswap.errors import UsageError
from tfswap.names import check_physical, parse_dated
from tfswap.review.facts import Facts, StringEdit
from tfswap.verify.model.report_data import Finding, Location, Severity
from tfswap.verify.rules.registry import finding

_SLACK = timedelta(days=1)
"""A restore dated in a time zone ahead of UTC is not of the future."""
_MOST = 20
_NAMES = ("TFS803", "TFS804", "TFS805", "TFS806", "TFS807")


def findings(facts: Facts) -> tuple[Finding, ...]:
    """Return what the static rules say, in their order."""
    return tuple(found for rule in RULES for found in rule(facts))


def names_stand(found: Iterable[Finding]) -> bool:
    """Say whether the swap's names are sound enough to follow it through the code."""
    return not any(one.rule in _NAMES for one in found)


def broken(facts: Facts) -> Iterator[Finding]:
    """TFS801."""
    for place in facts.broken:
        yield _at(finding("TFS801", place.what), place.file, place.line)


def more_than_a_name(facts: Facts) -> Iterator[Finding]:
    """TFS802: only beside a swap; otherwise tfvars may change as they like."""
    for place in facts.others if facts.tables else ():
        told = finding("TFS802", "Another value changes here.", evidence=place.what)
        yield _at(told, place.file, place.line)


def two_swaps(facts: Facts) -> Iterator[Finding]:
    """TFS803: said at the first edit of each further environment."""
    first: dict[tuple[str, str], StringEdit] = {}
    for table in facts.tables:
        first.setdefault((table.root_module, table.environment), table.edit)
    for (root, other), edit in list(first.items())[1:]:
        environment = facts.tables[0].environment
        where = f" in {root}" if other == environment else ""
        message = f"Tables of {environment} and of {other}{where} are renamed together."
        yield _at(finding("TFS803", message, evidence=edit.pointer), edit.file, edit.line)


def no_date(facts: Facts) -> Iterator[Finding]:
    """TFS804."""
    for edit in _edits(facts):
        try:
            parse_dated(edit.new)
        except UsageError as error:
            yield _about(finding("TFS804", error.message, evidence=_pair(edit)), edit)


def future(facts: Facts) -> Iterator[Finding]:
    """TFS805."""
    for edit in _edits(facts):
        day = dated(edit.new).date
        if day is not None and day > facts.today + _SLACK:
            message = f"{day} has not come yet; today is {facts.today} (UTC)."
            yield _about(finding("TFS805", message, evidence=_pair(edit)), edit)


def other_base(facts: Facts) -> Iterator[Finding]:
    """TFS806."""
    for edit in _edits(facts):
        old, new = dated(edit.old).base, dated(edit.new).base
        if old != new and not _is_no_date(edit.new):
            message = f"The base name was {old!r} and becomes {new!r}."
            yield _about(finding("TFS806", message, evidence=_pair(edit)), edit)


def illegal(facts: Facts) -> Iterator[Finding]:
    """TFS807."""
    for table in facts.tables:
        try:
            check_physical(table.new_name)
        except UsageError as error:
            yield _about(finding("TFS807", error.message, address=table.address), table.edit)


def hard_coded(facts: Facts) -> Iterator[Finding]:
    """TFS808: at name boundaries; a comment is told, but stops nobody."""
    worst_first = sorted(facts.mentions, key=lambda mention: mention.is_comment)
    for mention in worst_first[:_MOST]:
        where = "A comment" if mention.is_comment else "This line"
        weight = Severity.WARNING if mention.is_comment else Severity.ERROR
        told = finding("TFS808", f"{where} still names {mention.name}.", severity=weight)
        yield _at(told, mention.file, mention.line)
    if rest := worst_first[_MOST:]:
        message = f"{len(rest)} more lines name an outgoing table; git grep finds them."
        weight = Severity.WARNING if rest[0].is_comment else Severity.ERROR
        yield _at(finding("TFS808", message, severity=weight), rest[0].file, rest[0].line)


def ours(facts: Facts) -> Iterator[Finding]:
    """TFS809: once, however many files there are."""
    if facts.ours:
        more = len(facts.ours) - 1
        message = f"{facts.ours[0]} is committed" + (f", and {more} more." if more else ".")
        yield _at(finding("TFS809", message), facts.ours[0], 1)


def role(facts: Facts) -> Iterator[Finding]:
    """TFS810: an error where the branch wrote it or swaps a table; else it was there before."""
    for line in facts.roles:
        weight = Severity.ERROR if line.is_new or facts.tables else Severity.WARNING
        told = finding("TFS810", "The role is set to breakglass here.", severity=weight)
        yield _at(told, line.file, line.line)


def doubtful(facts: Facts) -> Iterator[Finding]:
    """TFS813."""
    for place in facts.doubtful:
        told = finding("TFS813", f"{place.what}.", severity=Severity.UNKNOWN)
        yield _at(told, place.file, place.line)


def code(facts: Facts) -> Iterator[Finding]:
    """TFS814: a warning; the plan's verdict decides about what they change."""
    if facts.tables and facts.code:
        more = len(facts.code) - 1
        message = f"{facts.code[0]} changes too" + (f", and {more} more files." if more else ".")
        yield _at(finding("TFS814", message, severity=Severity.WARNING), facts.code[0], 1)


RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    broken,
    more_than_a_name,
    two_swaps,
    no_date,
    future,
    other_base,
    illegal,
    hard_coded,
    ours,
    role,
    doubtful,
    code,
)
"""In the order in which they are asked; TFS811 and TFS812 are about plans: ``review.pull``."""


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


def _about(found: Finding, edit: StringEdit) -> Finding:
    return _at(found, edit.file, edit.line)


def _at(found: Finding, file: str, line: int) -> Finding:
    return msgspec.structs.replace(found, location=Location(file, line))
