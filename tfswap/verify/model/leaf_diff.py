"""One changed value inside a resource, with its explanation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from tfswap.plan.values import Path, show_path
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.evidence import UNKNOWN, pair, show
from tfswap.verify.model.report_data import LeafKind, LeafNote


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

    core: str = field(default="", repr=False)
    """The words in which old and new differ, for grouping only: it is not redacted, so it never
    leaves the verifier."""
    about_policy: bool = False
    """The value is an IAM policy, compared by meaning."""
    only_old: bool = False
    """A policy in which nothing is wrong but that it still names an outgoing table."""
    sides: tuple[Any, Any] = field(default=(None, None), repr=False)
    """The value before and after; not redacted, so it never leaves the verifier."""
    allowance: Allowance | None = None
    """What allows the change, where its kind is ``ALLOWED``."""
    denied: str = ""
    """Why an allowance that fits does not count."""

    @property
    def note(self) -> LeafNote:
        """The leaf as reports show it."""
        return LeafNote(show_path(self.path), self.kind, self.evidence, self.reason)

    def under(self, path: Path) -> LeafDiff:
        """Return the leaf with its path put beneath ``path``."""
        return replace(self, path=(*path, *self.path))


_IMAGE = re.compile(r"(?:\w+_)?(?:image|ami)(?:_(?:digest|id|identifier|name|tag|uri|url))?")


def is_image(path: Path) -> bool:
    """Whether a value names a container or machine image."""
    return bool(path) and _IMAGE.fullmatch(str(path[-1])) is not None


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
    core = _core(before, after)
    sides = (before, after)
    return LeafDiff(path, kind, evidence, reason, sensitive=sensitive, core=core, sides=sides)


def unknown(
    path: Path, kind: LeafKind, before: Any, reason: str, *, sensitive: bool = False
) -> LeafDiff:
    """Return a leaf for a value known only after apply."""
    evidence = f"{show(before, sensitive=sensitive, width=60)} -> {UNKNOWN}"
    return LeafDiff(path, kind, evidence, reason, sensitive=sensitive, sides=(before, None))


def unresolved(path: Path, before: Any, reason: str, *, sensitive: bool) -> LeafDiff:
    """Return the leaf for an unknown value that nothing accounts for."""
    return unknown(path, LeafKind.UNRESOLVED, before, reason, sensitive=sensitive)


def _core(before: Any, after: Any) -> str:
    """Return the words in which two texts differ; empty when they have no words in common."""
    if not isinstance(before, str) or not isinstance(after, str):
        return ""
    one, other = _words(before), _words(after)
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return f"{''.join(one)} -> {''.join(other)}" if one and other else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[\w.-]+|[^\w.-]", text)
