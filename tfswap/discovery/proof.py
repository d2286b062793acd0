"""Show which tables a string names: change it, evaluate again, see which tables' names change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tfswap.discovery.candidates import Candidate
from tfswap.discovery.name_sources import NameMatch
from tfswap.discovery.view import View, moved, renamed
from tfswap.errors import RepoError
from tfswap.swap import NameSource

_PROBE = "-tfswap-probe"


@dataclass(frozen=True)
class Proof:
    """What changing one string does."""

    source: NameSource
    new: str
    after: View
    """The configuration with the string changed: to ``new``, or to a probe where it is that."""
    matches: tuple[NameMatch, ...]
    """The tables it names."""
    moved: tuple[str, ...]
    """Addresses of tables that would be gone: the string is, or makes, an instance key."""

    @property
    def is_probe(self) -> bool:
        """Whether the string is what was wanted already."""
        return self.new == self.source.value


def prove(view: View, candidates: Iterable[Candidate], *, exactly: str = "") -> list[Proof]:
    """Return what the candidates that name a table do.

    Args:
        view: The configuration.
        candidates: Strings, and what they would become.
        exactly: The physical name that a table must end up with, where that was typed.
    """
    proofs = [_prove(view, *candidate, exactly) for candidate in dict.fromkeys(candidates)]
    return [proof for proof in proofs if proof is not None]


def _prove(view: View, source: NameSource, new: str, exactly: str) -> Proof | None:
    probe = new if new != source.value else source.value + _PROBE
    try:
        after = view.edited(source, probe)
        gone = moved(view, after)
        changed = list(renamed(view, after))
    except RepoError:
        return None  # Terraform would not take the edited file either
    matches = [
        NameMatch(table, source, new, str(table.name), str(table.name) if probe != new else name)
        for table, name in changed
        if isinstance(name, str)
    ]
    if exactly and probe == new:
        matches = [match for match in matches if match.new_name == exactly]
    if not (matches or gone):
        return None
    return Proof(source, new, after, tuple(matches), tuple(gone))
