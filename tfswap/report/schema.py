"""The JSON report's schema: ``python -m tfswap.report.schema > docs/report.schema.json``."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from tfswap.errors import ExitCode
from tfswap.report.json import VERSION
from tfswap.verify.model.report_data import Report

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CODES = (ExitCode.OK, ExitCode.REJECTED, ExitCode.CANNOT_TELL)


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of what ``--format json`` writes.

    Fields may be added within a version, so objects stay open.
    """
    (root,), parts = msgspec.json.schema_components([Report], ref_template="#/$defs/{name}")
    del root  # A reference to Report, whose fields stand at the top of the document here.
    body = parts.pop("Report")
    own = {
        "version": {"const": VERSION},
        "exit_code": {"enum": [int(code) for code in _CODES]},
    }
    return {
        "$schema": _DIALECT,
        "title": f"tfswap verify-plan report, version {VERSION}",
        "description": body["description"],
        "type": "object",
        "properties": {**own, **body["properties"]},
        "required": [*own, *body["required"]],
        "$defs": dict(sorted(parts.items())),
    }


def render_schema() -> str:
    """Return the schema as the file in ``docs/`` holds it."""
    return json.dumps(report_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render_schema())
