"""Defaults of commands that their help shows too; nothing is imported here."""

from __future__ import annotations

MAX_AGE_MINUTES = 60
"""How long a verdict holds, unless ``apply --max-age`` says otherwise."""
