"""One changed value inside a resource, with its explanation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tfswap.plan.values import Path, show_path
from tfswap.verify.evidence import UNKNOWN, pair, show
from tfswap.verify.report_data import LeafKind, LeafNote


@dataclass(frozen=True)
class LeafDiff:
    """A changed value; ``evidence`` is text made for eyes, already redacted."""

    path: Path
    kind: LeafKind
    evidence: str
    reason: str = ""
    sensitive: bool = False
    by_reference: bool = False
    """A computed value that comes from another change of this plan."""

    about_policy: bool = False
    """The value is an IAM policy, compared by meaning."""

    @property
    def note(self) -> LeafNote:
        """The leaf as reports show it."""
        return LeafNote(show_path(self.path), self.kind, self.evidence, self.reason)

    def under(self, path: Path) -> LeafDiff:
        """Return the leaf with its path put beneath ``path``."""
        return replace(self, path=(*path, *self.path))


def changed(
    path: Path,
    kind: LeafKind,
    before: Any,
    after: Any,
    reason: str = "",
    *,
    sensitive: bool = False,
) -> LeafDiff:
    """Return a leaf for a value that is known on both sides."""
    evidence = pair(before, after, sensitive=sensitive)
    return LeafDiff(path, kind, evidence, reason, sensitive=sensitive)


def unknown(
    path: Path, kind: LeafKind, before: Any, reason: str, *, sensitive: bool = False
) -> LeafDiff:
    """Return a leaf for a value known only after apply."""
    evidence = f"{show(before, sensitive=sensitive, width=60)} -> {UNKNOWN}"
    return LeafDiff(path, kind, evidence, reason, sensitive=sensitive)
