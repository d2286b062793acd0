"""``format``, ``formatlist`` and ``jsonencode`` (Terraform documentation, "Functions")."""

from __future__ import annotations

import json
import re

from tfswap.hcl.values import EvalError, Value, number, text

_VERB = re.compile(
    r"%(?:\[(?P<at>\d+)\])?(?P<flags>[-+0 #]*)(?P<width>\d*)"
    r"(?:\.(?P<precision>\d+))?(?P<verb>[%\w])"
)


def format_text(spec: Value, *args: Value) -> str:
    """Return what ``format`` makes.

    Raises:
        EvalError: The arguments do not fit.
    """
    used = [0]

    def one(match: re.Match[str]) -> str:
        if match["verb"] == "%":
            return "%"
        at = int(match["at"] or used[-1] + 1)
        used.append(at)
        if not 0 < at <= len(args):
            raise EvalError("format has too few arguments")
        return _verb(match, args[at - 1])

    done = _VERB.sub(one, text(spec))
    if max(used) < len(args):
        raise EvalError("format has too many arguments")
    return done


def formatlist(spec: Value, *args: Value) -> list[str]:
    """Return what ``formatlist`` makes.

    Raises:
        EvalError: The arguments do not fit.
    """
    rows = {len(arg) for arg in args if isinstance(arg, list)}
    if len(rows) > 1:
        raise EvalError("formatlist has lists of different lengths")
    count = rows.pop() if rows else 1
    columns = [arg if isinstance(arg, list) else [arg] * count for arg in args]
    return [format_text(spec, *row) for row in zip(*columns, strict=True)]


def _verb(match: re.Match[str], value: Value) -> str:
    verb = match["verb"]
    if len(match["width"]) > 3 or len(match["precision"] or "") > 3:
        raise EvalError("format has an unreasonable width")
    pattern = f"%{match['flags']}{match['width']}"
    precision = f".{match['precision']}" if match["precision"] else ""
    if verb in "sv":
        plain = text(value) if not isinstance(value, list | dict | None) else jsonencode(value)
        return f"{pattern}{precision}s" % plain
    if verb == "q":
        return f"{pattern}s" % json.dumps(text(value), ensure_ascii=False)
    if verb == "d":
        return f"{pattern}d" % int(number(value))
    if verb in "feExXo":
        cast = int if verb in "xXo" else float
        return f"{pattern}{precision}{verb}" % cast(number(value))
    raise EvalError(f"format verb %{verb} is not supported")


def jsonencode(value: Value) -> str:
    """Return what ``jsonencode`` makes."""
    encoded = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Go's encoder, which Terraform uses, writes these three so (encoding/json, HTMLEscape).
    return encoded.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
