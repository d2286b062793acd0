"""Show which tables a string names: change it, evaluate again, see which tables' names change."""

from __future__ import annotations

import re
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
    misnamed: tuple[str, ...]
    """Tables whose names would change, and not to what the string makes of them."""
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


def whole_words(proofs: list[Proof]) -> list[Proof]:
    """Return those whose string is between a name's separators, or all where none is.

    In ``format("%s-%s", "prod", "orders")`` the ``s`` at the end may be changed too.
    """
    return [proof for proof in proofs if any(map(_is_whole, proof.matches))] or proofs


def _is_whole(match: NameMatch) -> bool:
    word = re.escape(match.leaf.value)
    return re.search(rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])", match.old_name) is not None


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
        and _follows(str(table.name), name, source.value, probe)
        and (not exactly or probe != new or name == exactly)
    ]
    named = {match.table.address for match in matches}
    others = [f"{t.address} ({t.name} would become {n})" for t, n in changed]
    misnamed = [
        text for (table, _), text in zip(changed, others, strict=True) if table.address not in named
    ]
    if not (matches or gone):
        return None
    return Proof(source, new, after, tuple(matches), tuple(misnamed), tuple(gone))


def _follows(old: str, name: str, value: str, new: str) -> bool:
    """Say whether a name differs from the old one by the string alone, however it is written.

    A list that is sorted, say, hands its members' names to other tables.
    """
    before, after, was, becomes = map(_plain, (old, name, value, new))
    starts = (match.start() for match in re.finditer(f"(?={re.escape(was)})", before))
    return any(before[:at] + becomes + before[at + len(was) :] == after for at in starts)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
