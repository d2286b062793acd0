"""Why no edit can be made: where the name is made, and what to write so that one can."""

from __future__ import annotations

from collections.abc import Sequence

from tfswap.discovery.candidates import near, sources
from tfswap.discovery.conversion import Change, Conversion, conversion
from tfswap.discovery.input_variables import variables_of
from tfswap.discovery.name_sources import NameMatch, TableInstance, dated
from tfswap.discovery.proof import Proof
from tfswap.discovery.safety import Conflict
from tfswap.discovery.view import View
from tfswap.edit.tfvars import split
from tfswap.errors import AmbiguousError, RepoError, UsageError
from tfswap.hcl.values import Unknown
from tfswap.names import DatedName
from tfswap.swap import NameSource

_CONVERT = (
    "First give the table its own string: make the changes above in a separate pull "
    "request (its plan has no changes).{} Then run: tfswap prepare {}"
)


_TFVARS = (".tfvars", ".tfvars.json")


class AlreadyNamedError(UsageError):
    """The repository holds the wanted name already."""


class NotFoundError(RepoError):
    """No string of the repository names the table that was asked for."""


class RefusedError(RepoError):
    """The table was found; no edit of the repository would rename it alone."""

    changes: tuple[Change, ...] = ()
    """What to write first."""


class SharedNameError(RefusedError):
    """The string that names the table names something else too."""


class SharedByTablesError(AmbiguousError):
    """The string names several tables."""

    changes: tuple[Change, ...] = ()
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
    changes, hint = _way_out(view, source, tables, kinds, proof.new)
    error = SharedNameError(
        f"{source.file}:{source.line}: {source.value!r} names more than "
        f"{tables[0].address if tables else 'a table'}; changing it would also change:",
        hint=hint,
        details=(*(f"  {conflict}" for conflict in found), *_listed(changes)),
    )
    error.changes = changes
    return error


def _moved(view: View, proof: Proof) -> list[TableInstance]:
    return [table for table in view.tables if table.address in proof.moved]


def _way_out(
    view: View, source: NameSource, tables: Sequence[TableInstance], kinds: set[str], wanted: str
) -> tuple[tuple[Change, ...], str]:
    if "fetch" in kinds:
        return (), f"Run terraform init in {view.root} first, then the same command again."
    if "link" in kinds:
        return (), "Replace the link with a regular file, or follow the runbook by hand."
    way = conversion(view, tables[0], kinds) if tables else Conversion()
    if not way.changes:
        return (), "Give the table its own string, or follow the runbook by hand."
    return way.changes, _convert(way, _restored(tables[0], wanted))


def _convert(way: Conversion, name: str) -> str:
    """Return what to do with the changes, and the command to run then."""
    if not way.var_file:
        return _CONVERT.format("", name)
    given = f" Pass {way.var_file} with -var-file only in the runs of this environment."
    return _CONVERT.format(given, f"{name} --tfvars {way.var_file}")


def _restored(table: TableInstance, wanted: str) -> str:
    """Return the physical name that a table would have after a restore of the wanted day."""
    return str(DatedName(dated(str(table.name)).base, dated(wanted).date))


def _listed(changes: Sequence[Change]) -> tuple[str, ...]:
    return ("what to write:", *(line for change in changes for line in change.lines())) * bool(
        changes
    )


def not_found(
    view: View,
    found: Sequence[NameSource],
    name: str,
    environment: str,
    proofs: Sequence[Proof],
) -> RepoError:
    """Say that no string names the wanted table, and what is known of it.

    Args:
        view: The configuration.
        found: The strings that were tried.
        name: The name typed.
        environment: The environment it was looked for in.
        proofs: Strings that name it, where ``--leaf`` names none of them.
    """
    tables = tuple(map(str, view.tables))
    if proofs:
        places = tuple(f"{p.source.pointer}  {p.source.file}:{p.source.line}" for p in proofs)
        return NotFoundError(
            f"--leaf does not point to a string where {name} can be written.",
            hint=f"Choose with --leaf {proofs[0].source.pointer}.",
            details=places,
        )
    if (meant := _meant(view, found, name)) is not None:
        return meant
    base = dated(name).base
    unknown = [table for table in view.tables if isinstance(table.name, Unknown)]
    where = ", ".join(dict.fromkeys(file.file for file in view.inputs.files)) or view.root
    tables_near = near(view, name)
    held = [s for s in found if dated(s.value).base == base and s.file.endswith(_TFVARS)]
    if tables_near and not (held and not _from_outside(view, tables_near[0])):
        return _composed(view, tables_near[0], name)
    if held and (later := _overriding(view, held[0])):
        return NotFoundError(
            f"{held[0].file}:{held[0].line}: {held[0].value!r} is not used for a table "
            f"name: {later} is read later and also sets {split(held[0].pointer)[0]}.",
            hint="Name one of these tables by their name there, without --tfvars.",
            details=tables,
        )
    if held:
        what = (
            f"{held[0].file}:{held[0].line}: no table name is made of {held[0].pointer} "
            f"({held[0].value!r}) in the workspace {view.workspace!r}."
        )
        return NotFoundError(
            what,
            hint="Check --workspace and --environment. If Terraform uses a -var-file, set "
            "--tfvars.",
            details=tables,
        )
    return NotFoundError(
        f"{where}: no table is named {base!r} in {environment}.",
        hint="Use one of these tables, or choose another --environment"
        + (", or set the file with the unknown values with --tfvars." if unknown else "."),
        details=tables,
    )


def _overriding(view: View, source: NameSource) -> str:
    """Return the file that gives a variable its value in place of the one it was found in."""
    variable = split(source.pointer)[0]
    files = view.inputs.files
    later = [file for file in files if variable in variables_of(file)]
    return later[-1].file if later and later[-1].file != source.file else ""


def several(view: View, matches: Sequence[NameMatch]) -> SharedByTablesError:
    """Say that one string names several tables, and how to give one of them its own."""
    flags = " ".join(f"--address '{match.table.address}'" for match in matches)
    table, leaf = matches[0].table, matches[0].leaf
    way = conversion(view, table, {"use"})
    hint = f"If all of them were restored: {flags}"
    if way.changes:
        restored = f"{_restored(table, matches[0].new_value)} --address '{table.address}'"
        hint += f" Otherwise, for {table.address}: {_convert(way, restored)}"
    error = SharedByTablesError(
        f"{leaf.file}:{leaf.line}: {leaf.pointer} is the name of several tables; "
        "changing it renames all of them.",
        hint=hint,
        details=(*map(str, matches), *_listed(way.changes)),
    )
    error.changes = way.changes
    return error


def _meant(view: View, found: Sequence[NameSource], name: str) -> NotFoundError | None:
    """Return the name that was meant, where a string differs in case or in what is before it."""
    base = dated(name).base
    tables = {dated(t.name).base for t in view.tables if isinstance(t.name, str)}
    for source in found:
        written = dated(source.value).base
        other_case = written.casefold() == base.casefold() and written != base
        longer = written in tables and written.endswith(("-" + base, "_" + base, "." + base))
        if other_case or longer:
            return NotFoundError(
                f"No table is named {base!r} in the workspace {view.workspace!r}.",
                hint=f"Did you mean {written + name[len(base) :]}? "
                f"It is at {source.file}:{source.line}.",
                details=tuple(map(str, view.tables)),
            )
    return None


def _composed(view: View, table: TableInstance, name: str) -> RefusedError:
    """Say how a table's name is made, where no single string could be changed for the new one."""
    block = table.instance.block
    attribute = block.attributes.get("name")
    place = f"{table.file}:{attribute.line if attribute else block.line}"
    outside = _from_outside(view, table)
    kinds, why = {"workspace"}, "it is made of several parts, not of a single string"
    if _is_key(view, table):
        kinds = {"key"}
        why = "it is made of the instance key, so the table's address would change"
    elif outside:
        why = outside
    else:
        parts = [s for s in sources(view, is_open=True) if dated(s.value).base in str(table.name)]
        why += f" ({parts[0].file}:{parts[0].line}: {parts[0].value!r} continues)" if parts else ""
    way = conversion(view, table, kinds)
    hint = _convert(way, _restored(table, name)) if way.changes else "Follow the runbook by hand."
    error = RefusedError(
        f"{place}: the name of {table.address} is {table.name!r}, and {name} cannot be written "
        f"there: {why}.",
        hint=hint,
        details=_listed(way.changes),
    )
    error.changes = way.changes
    return error


def _from_outside(view: View, table: TableInstance) -> str:
    for origin, values in (
        ("-var in TF_CLI_ARGS", view.inputs.command_line),
        ("TF_VAR_{}", view.inputs.environment),
    ):
        for variable, value in values.items():
            if isinstance(value, str) and value and value in str(table.name):
                return f"variable {variable} is set by {origin.format(variable)}, not by a file"
    return ""


def _is_key(view: View, table: TableInstance) -> bool:
    """Say whether a table's name changes with its own instance key."""
    instance = table.instance
    if not isinstance(instance.key, str):
        return False
    names = view.evaluator.names(instance.block, instance.key, instance.module)
    each = {**names.get("each", {}), "key": f"{instance.key}-tfswap-probe"}
    if each.get("value") == instance.key:
        each["value"] = each["key"]
    scope = {"each": each}
    found = view.evaluator.attribute(instance.block, "name", instance.module, scope)
    return bool(found != table.name)
