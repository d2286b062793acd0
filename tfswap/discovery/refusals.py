"""Why no edit can be made: where the name is made, and what to write so that one can."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tfswap.discovery.conversion import Conversion, LineEdit, conversion
from tfswap.discovery.name_sources import NameMatch, TableInstance, dated
from tfswap.discovery.proof import Proof
from tfswap.discovery.safety import Conflict
from tfswap.discovery.validations import BrokenValidation
from tfswap.discovery.view import View
from tfswap.errors import AmbiguousError, RepoError, UsageError
from tfswap.names import DatedName
from tfswap.swap import NameSource

_CONVERT = (
    "First give the table its own string: make the changes above in a separate pull "
    "request (its plan has no changes).{} Then run: tfswap prepare {}"
)

_TFVARS = (".tfvars", ".tfvars.json")
_MAX_ALIKE = 3


class AlreadyNamedError(UsageError):
    """The repository holds the wanted name already."""


class NotFoundError(RepoError):
    """No string of the repository names the table that was asked for."""


class UnsetVariableError(NotFoundError):
    """The table's name is made of a variable that nothing here gives a value."""


class NotCreatedError(NotFoundError):
    """The environment does not create the table: its ``count`` or ``for_each`` is empty there."""


class RefusedError(RepoError):
    """The table was found; no edit of the repository would rename it alone."""

    changes: tuple[LineEdit, ...] = ()
    """What to write first."""


class SharedNameError(RefusedError):
    """The string that names the table names something else too."""


class SharedByTablesError(AmbiguousError):
    """The string names several tables."""

    changes: tuple[LineEdit, ...] = ()
    """What to write so that one of them has its own."""


def already_named(match: NameMatch) -> AlreadyNamedError:
    """Say that the table has the wanted name."""
    leaf = match.leaf
    return AlreadyNamedError(
        f"{leaf.file}:{leaf.line}: {match.table.address} is named {leaf.value!r} already.",
        hint="Use the restored table's name; it has another date.",
    )


def shared(
    view: View, proof: Proof, matches: Sequence[NameMatch], found: Sequence[Conflict]
) -> SharedNameError:
    """Say what else a string names, and how to give the table one of its own."""
    source = proof.source
    tables = [match.table for match in matches] or _moved(view, proof)
    kinds = {conflict.kind for conflict in found}
    changes, hint = _remedy(view, source, tables, kinds, proof.new)
    error = SharedNameError(
        f"{source.file}:{source.line}: {source.value!r} names more than "
        f"{tables[0].address if tables else 'a table'}; changing it would also change:",
        hint=hint,
        details=(*_shortened(found, tables[0].address if tables else ""), *listed(changes)),
    )
    error.changes = changes
    return error


def not_accepted(broken: BrokenValidation, proof: Proof) -> RefusedError:
    """Say which validation the new name breaks."""
    source = proof.source
    return RefusedError(
        f"{broken.place}: the validation of variable {broken.variable} does not accept "
        f"{proof.new!r} at {source.file}:{source.line}.",
        hint="Change its condition in a separate pull request (its plan has no changes), then run "
        "the same command again.",
        details=(f"error_message: {broken.message}",) * bool(broken.message),
    )


def duplicate_keys(found: Sequence[NameSource]) -> RefusedError:
    """Say that a map has the key of the table's name more than once."""
    places = [f"{source.file}:{source.line}" for source in found]
    return RefusedError(
        f"{' and '.join(places)}: {found[0].pointer} is set {len(found)} times; Terraform uses the "
        "last one only.",
        hint=f"Keep the last one only, and remove {' and '.join(places[:-1])}, in a separate pull "
        "request (its plan has no changes). Then run the same command again.",
    )


def _shortened(found: Sequence[Conflict], address: str) -> Iterator[str]:
    """Yield the conflicts, of each kind the first ones; the table itself is named already."""
    own = re.compile(rf"{re.escape(address)} \((.* would become .*)\)(.*)")
    for kind in dict.fromkeys(conflict.kind for conflict in found):
        alike = [own.sub(r"\1\2", c.text) for c in found if c.kind == kind]
        yield from (f"  {text}" for text in alike[:_MAX_ALIKE])
        if len(alike) > _MAX_ALIKE:
            yield f"  and {len(alike) - _MAX_ALIKE} more like that"


def _moved(view: View, proof: Proof) -> list[TableInstance]:
    return [table for table in view.tables if table.address in proof.moved]


def _remedy(
    view: View, source: NameSource, tables: Sequence[TableInstance], kinds: set[str], wanted: str
) -> tuple[tuple[LineEdit, ...], str]:
    if "fetch" in kinds:
        return (), f"Run terraform init in {view.root} first, then the same command again."
    if "link" in kinds:
        return (), "Replace the link with a regular file, or follow the runbook by hand."
    way = conversion(view, tables[0], kinds) if tables else Conversion()
    if not way.changes:
        return (), "Give the table its own string, or follow the runbook by hand."
    return way.changes, convert(way, restored(tables[0], wanted))


def convert(way: Conversion, name: str) -> str:
    """Return what to do with the changes, and the command to run then."""
    if not way.var_file:
        return _CONVERT.format("", name)
    given = f" Pass {way.var_file} with -var-file only in the runs of this environment."
    return _CONVERT.format(given, f"{name} --tfvars {way.var_file}")


def restored(table: TableInstance, wanted: str) -> str:
    """Return the physical name that a table would have after a restore of the wanted day."""
    return str(DatedName(dated(str(table.name)).base, dated(wanted).date))


def listed(changes: Sequence[LineEdit]) -> tuple[str, ...]:
    """Return the changes for a person."""
    return ("what to write:", *(line for change in changes for line in change.lines())) * bool(
        changes
    )


def several(view: View, matches: Sequence[NameMatch]) -> SharedByTablesError:
    """Say that one string names several tables, and how to give one of them its own."""
    flags = " ".join(f"--address '{match.table.address}'" for match in matches)
    table, leaf = matches[0].table, matches[0].leaf
    way = conversion(view, table, {"use"})
    hint = f"If all of them were restored: {flags}"
    if way.changes:
        again = f"{restored(table, matches[0].new_value)} --address '{table.address}'"
        hint += f" Otherwise, for {table.address}: {convert(way, again)}"
    error = SharedByTablesError(
        f"{leaf.file}:{leaf.line}: {leaf.pointer} is the name of several tables; "
        "changing it renames all of them.",
        hint=hint,
        details=(*map(str, matches), *listed(way.changes)),
    )
    error.changes = way.changes
    return error
