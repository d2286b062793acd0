"""Choose the table and leaf for each wanted name, in the right environment and workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tfswap.discovery.environment import EnvironmentChoice, choose_environment, listed
from tfswap.discovery.input_variables import HclTfvars, Inputs, strings
from tfswap.discovery.name_sources import NameMatch, NameSources, dated
from tfswap.discovery.root_module import ENVIRONMENTS, TableBlock
from tfswap.edit.tfvars import join
from tfswap.errors import AmbiguousError, RepoError, TfswapError, UsageError
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.scope import State
from tfswap.hcl.values import Unknown
from tfswap.swap import NameSource

if TYPE_CHECKING:
    from tfswap.config import Config


class AlreadyNamedError(UsageError):
    """The tfvars hold the wanted name already."""


@dataclass(frozen=True)
class Selection:
    """The tables to swap, and how the configuration reads in their workspace."""

    environment: str
    origin: str
    workspace: str
    evaluator: Evaluator
    matches: tuple[NameMatch, ...]


def select_tables(
    blocks: Sequence[TableBlock],
    inputs: Inputs,
    wanted: Sequence[str],
    config: Config,
    selected_workspace: str | None,
    state: Callable[[str], State | None],
) -> Selection:
    """Find each wanted table.

    Raises:
        AmbiguousError: Several tables or leaves match.
        UsageError: A wanted name cannot be used.
        RepoError: There is no such environment or table.
    """
    if not wanted:
        raise UsageError("No table is named.", hint="Name it like Lpas-20240715.")
    known = environments(inputs)
    choice = choose_environment(config, selected_workspace, known)
    search = _Search(blocks, inputs, config, choice, known)
    trouble: TfswapError | None = None
    for workspace in choice.workspaces:
        try:
            return search.run(workspace, wanted, state)
        except _NotFollowedError as error:
            trouble = trouble or error
    assert trouble is not None  # noqa: S101 - there is always a workspace to try
    raise trouble


class _NotFollowedError(RepoError):
    """No table's name follows from the leaf in this workspace; another one may do."""


@dataclass(frozen=True)
class _Search:
    blocks: Sequence[TableBlock]
    inputs: Inputs
    config: Config
    choice: EnvironmentChoice
    known: Sequence[str]

    @property
    def under(self) -> str:
        """Where in the tfvars the environment's own values are."""
        return join((ENVIRONMENTS, self.choice.environment)) if self.known else ""

    def run(
        self, workspace: str, wanted: Sequence[str], state: Callable[[str], State | None]
    ) -> Selection:
        """Match every wanted name in one workspace."""
        leafs = NameSources(self.blocks, self.inputs, workspace, None)
        if self.known and self.choice.environment not in self.known:
            environment = self.known_as(leafs, wanted)
            if environment is None:
                raise self.no_environment(leafs, wanted)
            choice = replace(self.choice, environment=environment)
            return replace(self, choice=choice).run(workspace, wanted, state)
        if any(isinstance(table.name, Unknown) for table in leafs.tables):
            leafs = self.with_state(leafs, wanted, state)
        matches = tuple(match for name in wanted for match in self.one(leafs, name))
        self.check_distinct(matches)
        environment, origin = self.choice.environment, self.choice.origin
        return Selection(environment, origin, workspace, leafs.evaluator, matches)

    def known_as(self, leafs: NameSources, wanted: Sequence[str]) -> str | None:
        """Return the key the code itself uses for this workspace (``Test_1`` may be ``test-1``)."""
        for key in self.known:
            under = join((ENVIRONMENTS, key))
            pairs = [leafs.candidates(under, name) for name in wanted]
            if key != "default" and all(map(leafs.matches, pairs)):
                return key
        return None

    def with_state(
        self, leafs: NameSources, wanted: Sequence[str], state: Callable[[str], State | None]
    ) -> NameSources:
        """Ask the state, unless what is wanted is clear without it."""
        clear = all(leafs.matches(self.candidates(leafs, name)) for name in wanted)
        attributes = None if clear else state(leafs.workspace)
        if attributes is None:
            return leafs
        return NameSources(self.blocks, self.inputs, leafs.workspace, attributes)

    def candidates(self, leafs: NameSources, name: str) -> list[tuple[NameSource, str]]:
        pointers = self.config.pointers
        found = leafs.candidates(self.under, name) or leafs.physical_candidates(self.under, name)
        return [pair for pair in found if not pointers or pair[0].pointer in pointers]

    def one(self, leafs: NameSources, name: str) -> list[NameMatch]:
        """Return the table (or tables, where the user chose several) a wanted name means."""
        candidates = self.candidates(leafs, name)
        if not candidates:
            raise self.no_table(leafs, name)
        matches = leafs.matches(candidates)
        for address in () if matches else self.config.addresses:
            matches += leafs.known_by_state(candidates, address)
        if not matches:
            raise self.not_followed(leafs, candidates)
        return self.single(name, matches)

    def single(self, name: str, matches: list[NameMatch]) -> list[NameMatch]:
        addresses = self.config.addresses
        kept = [m for m in matches if m.table.address in addresses] or matches
        pointers = list(dict.fromkeys(match.leaf.pointer for match in kept))
        if len(pointers) > 1:
            raise AmbiguousError(
                f"{name} could name several tables.",
                hint=f"Choose with --leaf {pointers[0]} or --address '{kept[0].table.address}'.",
                details=tuple(map(str, kept)),
            )
        sharing = [match for match in matches if match.leaf.pointer == pointers[0]]
        if len(sharing) > 1 and not all(m.table.address in addresses for m in sharing):
            flags = " ".join(f"--address '{match.table.address}'" for match in sharing)
            raise AmbiguousError(
                f"{pointers[0]} names several tables; changing it renames all of them.",
                hint=f"If each of them was restored, say so: {flags}.",
                details=tuple(map(str, sharing)),
            )
        for match in sharing:
            _check_new(match)
        return sharing

    def check_distinct(self, matches: Sequence[NameMatch]) -> None:
        seen: dict[str, NameMatch] = {}
        for match in matches:
            other = seen.setdefault(match.table.address, match)
            if other is not match:
                names = f"{other.new_value} and {match.new_value}"
                hint = "Name each table once."
                raise UsageError(f"{names} both name {match.table.address}.", hint=hint)

    def no_environment(self, leafs: NameSources, wanted: Sequence[str]) -> RepoError:
        """Say that the tfvars lack the environment, and what the code does about it."""
        name, origin = self.choice.environment, self.choice.origin
        hint = f"Choose one with --environment{listed(self.known)}."
        if "default" in self.known:
            under = join((ENVIRONMENTS, "default"))
            shared = [p for name in wanted for p in leafs.candidates(under, name)]
            if leafs.matches(shared):
                return RepoError(
                    f"The tfvars have no environment {name!r} ({origin}): the code falls back to "
                    "'default' for it, which other workspaces share.",
                    hint=hint,
                    details=tuple(f"{leaf.pointer}  {leaf.file}:{leaf.line}" for leaf, _ in shared),
                )
        return RepoError(f"The tfvars have no environment {name!r} ({origin}).", hint=hint)

    def no_table(self, leafs: NameSources, name: str) -> RepoError:
        """Say that nothing has this name, and what there is."""
        base, details = dated(name).base, tuple(map(str, leafs.tables))
        for file in self.inputs.files:
            if isinstance(file, HclTfvars):
                _refuse_hcl(file, base)
        for hcl_file in self.inputs.editable:
            for leaf in hcl_file.leaves(self.under):
                if leaf.value and dated(leaf.value).base.casefold() == base.casefold():
                    meant = dated(leaf.value).base + name[len(base) :]
                    return RepoError(
                        f"No table is named {base!r} in {self.choice.environment}.",
                        hint=f"Did you mean {meant}? It is at {leaf.file}:{leaf.line}.",
                    )
        where = ", ".join(file.file for file in self.inputs.editable) or "There are no JSON tfvars"
        return RepoError(
            f"{where}: no table is named {base!r} in {self.choice.environment}.",
            hint="Name one of these tables as its tfvars do, or choose another --environment.",
            details=details,
        )

    def not_followed(
        self, leafs: NameSources, candidates: Sequence[tuple[NameSource, str]]
    ) -> RepoError:
        """Say that a string has the right value, but no table takes its name from it."""
        leaf = candidates[0][0]
        return _NotFollowedError(
            f"{leaf.file}:{leaf.line}: no table's name follows from {leaf.pointer} "
            f"({leaf.value!r}) in the workspace {leafs.workspace!r}.",
            hint="Check --workspace and --environment; or name the table with --address.",
            details=tuple(map(str, leafs.tables)),
        )


def _check_new(match: NameMatch) -> None:
    leaf = match.leaf
    if match.new_value == leaf.value:
        raise AlreadyNamedError(
            f"{leaf.file}:{leaf.line}: {match.table.address} is named {leaf.value!r} already.",
            hint="Type the restored table's name; it differs from the present one by its date.",
        )


def _refuse_hcl(file: HclTfvars, base: str) -> None:
    for variable, value in file.values.items():
        if any(dated(text).base == base for text in strings(value) if text):
            raise RepoError(
                f"{file.file}:{file.lines[variable]}: {base!r} stands in an HCL tfvars file; "
                "tfswap edits JSON ones only.",
                hint="Move the variable to terraform.tfvars.json, and run the command again.",
            )


def environments(inputs: Inputs) -> list[str]:
    """Return the keys under ``environments`` in the tfvars."""
    values = inputs.values().get(ENVIRONMENTS)
    return list(values) if isinstance(values, dict) else []
