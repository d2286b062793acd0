"""The JSON document in what a command printed, whatever a wrapper printed around it.

Wrappers print lines of their own on standard output, before and after: the wrapper of GitHub's
``setup-terraform`` action a ``[command]…`` line and, at the end, ``::debug::`` and ``::set-output``
lines that hold the whole output once more; others a greeting or a log. Terraform's own document
begins at the start of a line. Where it cannot be found, or there are two, nothing is guessed.
"""

from __future__ import annotations

import json
import re

from tfswap.errors import TerraformError

_START = re.compile(rb"^\{", re.MULTILINE)


def json_document(out: bytes, keys: tuple[str, ...], doing: str) -> bytes:
    """Return the one JSON object with these members; empty where nothing at all was printed.

    Args:
        out: Standard output.
        keys: Members at its top by which it is known.
        doing: What the command was for, for the error: "pull the state".

    Raises:
        TerraformError: No such document, or several.
    """
    if not out.strip() or _alone(out.strip()):
        return out
    found, end = [], 0
    for match in _START.finditer(out):
        if match.start() >= end and (text := _object_at(out, match.start(), keys)):
            found.append(text)
            end = match.start() + len(text)
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} documents" if found else "no document"
    raise TerraformError(
        f"The output ({doing}) contains {what} from Terraform: a wrapper changes it.",
        hint="Configure the wrapper to pass Terraform's output through (setup-terraform: "
        "terraform_wrapper: false; terragrunt: TG_TF_FORWARD_STDOUT=true), or set the "
        "binary itself with --terraform-bin.",
    )


def _alone(text: bytes) -> bool:
    """Say whether one object is all there is, without reading it: on one line, or indented."""
    if not text.startswith(b"{") or not text.endswith(b"}"):
        return False
    return b"\n" not in text or (text.count(b"\n}") == 1 and b"\n{" not in text)


def _object_at(out: bytes, start: int, keys: tuple[str, ...]) -> bytes:
    """Return the object that begins there, if it has the members; else nothing."""
    rest = out[start:].decode("utf-8", "surrogateescape")
    try:
        value, length = json.JSONDecoder().raw_decode(rest)
    except (ValueError, RecursionError):
        return b""
    if not isinstance(value, dict) or not set(keys) <= value.keys():
        return b""
    return rest[:length].encode("utf-8", "surrogateescape")
