"""Choose the table and name source for each wanted name, in the right environment and workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tfswap.discovery import refusals
from tfswap.discovery.candidates import sources, typed_as_written, typed_in_full
from tfswap.discovery.environment import EnvironmentChoice, choose_environment, listed
from tfswap.discovery.input_variables import Inputs
from tfswap.discovery.name_sources import NameMatch
from tfswap.discovery.not_found import not_found
from tfswap.discovery.other_runs import OtherRuns
from tfswap.discovery.proof import Proof, prove, whole_words
from tfswap.discovery.refusals import AlreadyNamedError, NotFoundError
from tfswap.discovery.root_module import ENVIRONMENTS
from tfswap.discovery.safety import Conflict, conflicts, environment_of, own_pointer
from tfswap.discovery.validations import broken_validations
from tfswap.discovery.view import View
from tfswap.errors import AmbiguousError, RepoError, UsageError
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.scope import State
from tfswap.hcl.values import Unknown
from tfswap.swap import NameSource

if TYPE_CHECKING:
    from tfswap.config import Config

__all__ = ["AlreadyNamedError", "Selection", "environments", "select_tables"]


@dataclass(frozen=True)
class Selection:
    """The tables to swap, and how the configuration reads in their workspace."""

    environment: str
    origin: str
    view: View
    matches: tuple[NameMatch, ...]

    @property
    def workspace(self) -> str:
        """The Terraform workspace."""
        return self.view.workspace

    @property
    def evaluator(self) -> Evaluator:
        """Evaluates the configuration there."""
        return self.view.evaluator


def select_tables(
    view: View,
    wanted: Sequence[str],
    config: Config,
    selected_workspace: str | None,
    state: Callable[[str], State | None],
    around: OtherRuns,
) -> Selection:
    """Find each wanted table.

    Args:
        view: The root module; its workspace is chosen here.
        wanted: The names typed.
        config: What the user set.
        selected_workspace: What Terraform has selected, if anything.
        state: Attributes of a workspace's state, for what the code does not tell; asked last.
        around: Other places in which an edited file may count.

    Raises:
        AmbiguousError: Several tables or name sources match.
        UsageError: A wanted name cannot be used.
        SharedNameError: The string that names the table names something else too.
        NotFoundError: No string of the repository names such a table.
        RepoError: There is no such environment.
    """
    known = environments(view.inputs)
    choice = choose_environment(config, selected_workspace, known)
    search = _Search(config, choice, known, around)
    trouble: NotFoundError | None = None
    for workspace in choice.workspaces:
        there = replace(view, workspace=workspace)
        try:
            return search.run(there, wanted, state)
        except NotFoundError as error:
            trouble = trouble or error
    assert trouble is not None  # noqa: S101 - there is always a workspace to try
    raise trouble


@dataclass(frozen=True)
class _Search:
    config: Config
    choice: EnvironmentChoice
    known: Sequence[str]
    around: OtherRuns

    def run(
        self, view: View, wanted: Sequence[str], state: Callable[[str], State | None]
    ) -> Selection:
        """Match every wanted name in one workspace; the state is asked where nothing else tells."""
        try:
            return self.without_state(view, wanted)
        except NotFoundError:
            unknown = any(isinstance(table.name, Unknown) for table in view.tables)
            attributes = state(view.workspace) if unknown else None
            if attributes is None:
                raise
        return self.without_state(replace(view, state=attributes), wanted)

    def without_state(self, view: View, wanted: Sequence[str]) -> Selection:
        """Match every wanted name with what is known."""
        found = sources(view)
        matches: list[NameMatch] = []
        for name in wanted:
            matches += self.one(view, found, name)
        self.check_distinct(matches)
        environment = self.environment(matches)
        return Selection(environment, self.choice.origin, view, tuple(matches))

    def environment(self, matches: Sequence[NameMatch]) -> str:
        """Return the key the code itself uses for this workspace (``Test_1`` may be ``test-1``)."""
        chosen = self.choice.environment
        if not self.known or chosen in self.known:
            return chosen
        keys = {environment_of(match.leaf, ENVIRONMENTS) for match in matches}
        if len(keys) == 1 and (key := keys.pop()) not in ("", "default"):
            return key
        hint = f"Choose one with --environment{listed(self.known)}."
        what = f"The tfvars have no environment {chosen!r} ({self.choice.origin})"
        raise RepoError(
            f"{what}: the code uses 'default' for it, which other workspaces share.",
            hint=hint,
            details=tuple(f"{m.leaf.pointer}  {m.leaf.file}:{m.leaf.line}" for m in matches),
        )

    def proofs(self, view: View, found: Sequence[NameSource], name: str) -> list[Proof]:
        """Return the strings that name a table the wanted name could mean."""
        written = list(typed_as_written(found, name))
        own = [one for one in written if self.is_own(one.source)]
        # What other environments share is tried only where nothing of this one's names a table.
        shared = [one for one in written if one not in own and self.may_count(one.source)]
        proofs = prove(view, own) or prove(view, shared)
        return proofs or whole_words(prove(view, typed_in_full(view, found, name), exactly=name))

    def is_own(self, source: NameSource) -> bool:
        return environment_of(source, ENVIRONMENTS) in ("", self.choice.environment)

    def may_count(self, source: NameSource) -> bool:
        is_known = self.choice.environment in self.known
        return not is_known or environment_of(source, ENVIRONMENTS) == "default"

    def one(self, view: View, found: Sequence[NameSource], name: str) -> list[NameMatch]:
        """Return the table (or tables, where the user chose several) a wanted name means."""
        proofs = self.proofs(view, found, name)
        pointers = self.config.pointers
        chosen = [proof for proof in proofs if not pointers or proof.source.pointer in pointers]
        if not chosen:
            if self.known and self.choice.environment not in self.known:
                raise self.no_environment()
            raise not_found(view, found, name, self.choice.environment, proofs)
        matches = [match for proof in chosen for match in proof.matches]
        if not matches:
            raise refusals.shared(view, chosen[0], [], list(self.conflicts(view, chosen[0], [])))
        if all(proof.is_probe for proof in chosen):
            raise refusals.already_named(matches[0])
        sharing = self.single(view, name, matches)
        proof = next(p for p in chosen if p.source == sharing[0].leaf)
        if proof.is_probe:
            raise refusals.already_named(sharing[0])
        self.environment(sharing)
        if found_too := list(self.conflicts(view, proof, sharing)):
            raise refusals.shared(view, proof, sharing, found_too)
        for broken in broken_validations(proof.after):
            raise refusals.not_accepted(broken, proof)
        return sharing

    def no_environment(self) -> RepoError:
        what = f"The tfvars have no environment {self.choice.environment!r} ({self.choice.origin})."
        return RepoError(what, hint=f"Choose one with --environment{listed(self.known)}.")

    def conflicts(
        self, view: View, proof: Proof, matches: Sequence[NameMatch]
    ) -> Iterator[Conflict]:
        """Yield why the edit may not be made."""
        here = self.environment(matches) if matches else self.choice.environment
        own = own_pointer(ENVIRONMENTS, here)
        others = [key for key in self.known if key not in (here, view.workspace)]
        around = self.around._replace(workspaces=others)
        return conflicts(view, proof, matches, around, own)

    def single(self, view: View, name: str, matches: list[NameMatch]) -> list[NameMatch]:
        addresses = self.config.addresses
        kept = [m for m in matches if m.table.address in addresses] or matches
        places = list(dict.fromkeys(match.leaf for match in kept))
        if len(places) > 1:
            raise AmbiguousError(
                f"{name} matches several tables.",
                hint=f"Choose with --leaf {places[0].pointer} or "
                f"--address '{kept[0].table.address}'.",
                details=tuple(map(str, kept)),
            )
        sharing = [match for match in matches if match.leaf == places[0]]
        if len(sharing) > 1 and not all(m.table.address in addresses for m in sharing):
            raise refusals.several(view, sharing)
        return sharing

    def check_distinct(self, matches: Sequence[NameMatch]) -> None:
        seen: dict[str, NameMatch] = {}
        for match in matches:
            other = seen.setdefault(match.table.address, match)
            if other is not match:
                names = f"{other.new_value} and {match.new_value}"
                hint = "Name each table once."
                raise UsageError(f"{names} both refer to {match.table.address}.", hint=hint)


def environments(inputs: Inputs) -> list[str]:
    """Return the keys under ``environments`` in the tfvars."""
    values = inputs.values().get(ENVIRONMENTS)
    return list(values) if isinstance(values, dict) else []
