"""A file that differs between two revisions: a record, which pure rooms take without git."""

from __future__ import annotations

from typing import NamedTuple


class FileChange(NamedTuple):
    """A file that differs between two revisions; a renamed one is one change."""

    old: str | None
    """Its path before; None where it is new."""
    new: str | None
    """Its path after; None where it is gone."""
