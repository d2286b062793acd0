"""The schemas of all JSON that tfswap writes: ``python -m tfswap.report.schema docs``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from tfswap.errors import ExitCode
from tfswap.report.documents import DOCUMENTS, Document
from tfswap.report.json import VERSION
from tfswap.verify.model.report_data import Report

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CODES = (ExitCode.OK, ExitCode.REJECTED, ExitCode.CANNOT_TELL)


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of what ``--format json`` writes.

    Fields may be added within a version, so objects stay open.
    """
    codes = {"enum": [int(code) for code in _CODES]}
    title = f"tfswap verify-plan report, version {VERSION}"
    return _schema(Report, title, {"version": {"const": VERSION}, "exit_code": codes})


def _schema(kind: type, title: str, own: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type whose fields follow ``own`` ones in its document."""
    (_,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    # What it returns first is a reference to the type, whose fields stand at the top here.
    body = parts.pop(kind.__name__)
    return {
        "$schema": _DIALECT,
        "title": title,
        "description": body["description"],
        "type": "object",
        "properties": {**own, **body["properties"]},
        "required": [*own, *body["required"]],
        "$defs": dict(sorted(parts.items())),
    }


def document_schema(kind: type[Document]) -> dict[str, Any]:
    """Return the JSON Schema of what a command writes with ``--format json``."""
    command = next(name for name, one in DOCUMENTS.items() if one is kind)
    title = f"tfswap {command}, version {kind.VERSION}"
    return _schema(kind, title, {"version": {"const": kind.VERSION}})


def render_schemas() -> dict[str, str]:
    """Return each schema's file in ``docs/``, and what it holds."""
    found = {"report.schema.json": report_schema()}
    for command, kind in DOCUMENTS.items():
        found[f"schemas/{command}.schema.json"] = document_schema(kind)
    return {name: json.dumps(schema, indent=2) + "\n" for name, schema in found.items()}


if __name__ == "__main__":
    for name, text in render_schemas().items():
        file = Path(sys.argv[1], name)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
