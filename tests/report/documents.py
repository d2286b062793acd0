"""What a command wrote with ``--format json``, checked against its published schema."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with no room for fields it does not name."""
    found = copy.deepcopy(schema)
    for part in (found, *found["$defs"].values()):
        if part.get("type") == "object":
            part["additionalProperties"] = False
    return found


def document(command: str, text: str) -> dict[str, Any]:
    """Return the document that a command wrote, once it fits the schema in ``docs/``."""
    schema = json.loads((FOLDER / f"{command}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    found: dict[str, Any] = json.loads(text)
    errors = jsonschema.Draft202012Validator(closed(schema)).iter_errors(found)
    assert [error.message for error in errors] == []
    assert text.isascii()
    return found
