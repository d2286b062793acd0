"""Read ``tfswap.toml``: its keys as types; a refusal names the line and the nearest key."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tfswap.errors import ConfigError
from tfswap.files import read_regular

Text = Annotated[str, msgspec.Meta(min_length=1)]
Words = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Allow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change that may be in a plan; the verifier says what it never covers."""

    address: Words
    """Resource address, or a pattern with ``*``."""
    attribute: Words
    """Attribute path, or a pattern with ``*``."""
    reason: Words
    expires: date
    """The last day it holds."""


class Hooks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Commands that ``tfswap swap`` runs."""

    maintenance_on: str | None = None
    maintenance_off: str | None = None


class ConfigFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of ``tfswap.toml``; ``tfswap/config.py`` says what each means."""

    environment: Text | None = None
    workspace: Text | None = None
    root_module: Text | None = None
    tfvars: Text | None = None
    account: Text | None = None
    region: Text | None = None
    prefix: Text | None = None
    terraform_bin: Text | None = None
    role: Text | None = None
    role_variable: Text | None = None
    default_branch: Text | None = None
    pair: Text | None = None
    protect: bool | None = None
    variables: dict[str, str] | None = None
    hooks: Hooks | None = None
    allow: tuple[Allow, ...] | None = None


def read_config(path: Path) -> dict[str, Any]:
    """Return the keys that ``tfswap.toml`` sets, or none where there is no file.

    Raises:
        ConfigError: It cannot be read, is no TOML, or holds a key or value that is none of ours.
    """
    try:
        text = read_regular(path).decode()
        data = tomllib.loads(text)
        found = msgspec.convert(data, ConfigFile, builtin_types=(date,))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(
            f"{path.name} is not valid TOML: {error}.", hint=f"Fix {path.name} and try again."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{path.name} cannot be read: {error.strerror}.",
            hint="Make it a readable regular file, or remove it.",
        ) from error
    except msgspec.ValidationError as error:
        raise _refusal(path.name, text, str(error)) from error
    chosen = msgspec.structs.asdict(found)
    if found.hooks is not None:
        chosen["hooks"] = msgspec.to_builtins(found.hooks)
    return {key: value for key, value in chosen.items() if value is not None}


_PLACE = re.compile(r"(?: - at `\$\.?(\w*)(?:\[(\d+|\.\.\.)\])?\.?(\w*)`)?$")
_FIELD = re.compile(r"(unknown|missing required) field `(.*?)`")
_KINDS = {
    "str": "a string",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date",
    "datetime": "a date with a time",
    "array": "a list",
    "object": "a table",
}
_HINTS = {
    "allow": "[[allow]] takes address, attribute, reason, and expires = YYYY-MM-DD (no quotes).",
    "hooks": f"[hooks] takes {' and '.join(Hooks.__struct_fields__)}, each a string.",
    "variables": '[variables] takes strings: name = "value".',
    "protect": "Write it without quotes: protect = true",
}


def _refusal(file: str, text: str, message: str) -> ConfigError:
    """Return msgspec's refusal in the user's words, with the line it is about."""
    place, field = _PLACE.search(message), _FIELD.search(message)
    key, number, inner = place.groups() if place else ("", None, "")
    table = key if number or inner or field else ""
    name = field[2] if field else inner or key
    line = _line(text, table, int(number) if number and number.isdigit() else 0, name)
    where = f"{file}:{line}: {f'[{table}] ' if table else ''}"
    hint = _HINTS.get(key, f'Write it as {key} = "…", or remove the line.')
    if field and field[1] == "unknown":
        known = {"allow": Allow, "hooks": Hooks}.get(table, ConfigFile).__struct_fields__
        near = get_close_matches(name, known, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        return ConfigError(
            f"{where}unknown key {name!r}.", hint=f"{meant}It takes: {', '.join(sorted(known))}."
        )
    if field:
        return ConfigError(f"{where}{name} is missing.", hint=hint)
    kinds = [_KINDS.get(kind, kind) for kind in re.findall(r"`(\w+)(?: \| null)?`", message)[:2]]
    if "Expected" in message and ", got" in message and len(kinds) == 2:
        what = f"{'a value' if number == '...' else name} must be {kinds[0]}, not {kinds[1]}"
    else:
        what = f"{name} must not be empty"
    return ConfigError(f"{where}{what}.", hint=hint)


def _line(text: str, table: str, number: int, key: str) -> int:
    """Return the line of a key in a table, else of the table's header; 1 where neither is found."""
    here, count, header = "", -1, 1
    for line, code in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[+\s*([\w.\"' -]+?)\s*\]", code):
            here = head[1].strip("\"'")
            count += here == table
            header = line if here == table and count == number else header
        elif not (here == table and count in (number, -1)):
            continue
        if re.match(rf"\s*[\[\"']*{re.escape(key)}[\"']?\s*[=.\]]", code):
            return line
    return header
