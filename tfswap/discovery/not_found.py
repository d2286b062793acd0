"""Why no string was found that names the wanted table, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from tfswap.discovery.candidates import (
    could_be,
    near,
    sources,
    typed_as_written,
    typed_in_full,
)
from tfswap.discovery.conversion import conversion
from tfswap.discovery.input_variables import variables_of
from tfswap.discovery.name_sources import TableInstance, dated, name_of
from tfswap.discovery.not_created import not_created
from tfswap.discovery.partial import GAP, PartialEvaluator
from tfswap.discovery.proof import Proof
from tfswap.discovery.refusals import (
    NotFoundError,
    RefusedError,
    UnsetVariableError,
    convert,
    duplicate_keys,
    listed,
    restored,
)
from tfswap.discovery.view import View
from tfswap.edit.tfvars import split
from tfswap.errors import RepoError
from tfswap.hcl.evaluator import no_value
from tfswap.hcl.values import Unknown
from tfswap.swap import NameSource

_TFVARS = (".tfvars", ".tfvars.json")


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
    if len(twice := _duplicates(view, found, name)) > 1:
        return duplicate_keys(twice)
    if (meant := _meant(view, found, name)) is not None:
        return meant
    if (unset := _unset(view, name)) is not None:
        return unset
    base = dated(name).base
    unknown = [table for table in view.tables if isinstance(table.name, Unknown)]
    where = ", ".join(dict.fromkeys(file.file for file in view.inputs.files)) or view.root
    tables_near = near(view, name)
    if not tables_near and (absent := not_created(view, name, environment)) is not None:
        return absent
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


def _duplicates(view: View, found: Sequence[NameSource], name: str) -> list[NameSource]:
    """Return the strings at one place of a map, where one of them would be the table's name.

    Nothing can be said of an edit there: the pointer names several strings.
    """
    written = (*typed_as_written(found, name), *typed_in_full(view, found, name))
    for source, _ in written:
        at = [s for s in found if (s.file, s.pointer) == (source.file, source.pointer)]
        if len(at) > 1:
            return at
    return []


def _unset(view: View, name: str) -> UnsetVariableError | None:
    """Say which variable is missing, where what is known of a table's name fits the wanted one."""
    base = dated(name).base
    partial = PartialEvaluator(view.workspace, view.inputs.values(), view.state)
    for table in view.tables:
        missing = [v for v in view.folder.variables() if str(table.name).endswith(no_value(v))]
        text = name_of(partial, table.instance) if missing else None
        if not isinstance(text, str) or GAP not in text:
            continue
        if could_be(text, base):
            return UnsetVariableError(
                f"{table.file}:{table.instance.block.line}: the name of {table.address} is "
                f"{text.replace(GAP, '…')!r}, and the variable {missing[0]} has no value here.",
                hint=f"Set it with TF_VAR_{missing[0]}=… or --tfvars FILE, as for Terraform. "
                "Then run the same command again.",
            )
    return None


def _overriding(view: View, source: NameSource) -> str:
    """Return the file that gives a variable its value in place of the one it was found in."""
    variable = split(source.pointer)[0]
    files = view.inputs.files
    later = [file for file in files if variable in variables_of(file)]
    return later[-1].file if later and later[-1].file != source.file else ""


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
    hint = convert(way, restored(table, name)) if way.changes else "Follow the runbook by hand."
    error = RefusedError(
        f"{place}: the name of {table.address} is {table.name!r}, and {name} cannot be written "
        f"there: {why}.",
        hint=hint,
        details=listed(way.changes),
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
