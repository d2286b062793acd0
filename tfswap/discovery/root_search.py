"""Find the root module whose table a wanted name means, and the tfvars files it is run with.

Every folder that Terraform may run in is tried: the root module is the one in which the name can
be followed to a table. So it is with tfvars files that Terraform reads only when told: the one in
which the name is found is the one that is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tfswap.discovery import terragrunt
from tfswap.discovery.input_variables import given_files, load
from tfswap.discovery.name_sources import dated
from tfswap.discovery.other_runs import OtherRuns
from tfswap.discovery.refusals import (
    AlreadyNamedError,
    NotCreatedError,
    NotFoundError,
    RefusedError,
    UnsetVariableError,
)
from tfswap.discovery.root_module import (
    candidates,
    has_environments,
    named,
    table_folders,
    tfvars_texts,
)
from tfswap.discovery.selection import Selection, select_tables
from tfswap.discovery.var_files import backends, listed, var_files
from tfswap.discovery.view import Given, View
from tfswap.errors import AmbiguousError, RepoError, TfswapError
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.project import Project
from tfswap.hcl.scope import State

if TYPE_CHECKING:
    from tfswap.config import Config

_Found = tuple[Selection, tuple[str, ...]]


@dataclass
class RootSearch:
    """The search over a repository's root modules.

    Args:
        project: The repository.
        config: What the user set.
        wanted: The names typed.
        variables: Values of ``TF_VAR_*``.
        selected_workspace: Returns what Terraform has selected in a root module, if anything.
    """

    project: Project
    config: Config
    wanted: Sequence[str]
    variables: Mapping[str, str]
    selected_workspace: Callable[[str], str | None] | None
    errors: list[tuple[ModuleTree, TfswapError]] = field(default_factory=list)

    @cached_property
    def every_root(self) -> list[ModuleTree]:
        """Every folder that Terraform may run in."""
        return candidates(self.project)

    @cached_property
    def trees(self) -> list[ModuleTree]:
        """Those with a table, or the one the user named."""
        if self.config.root_module is not None:
            return [named(self.project, self.config.root_module)]
        return [tree for tree in self.every_root if table_folders(tree)]

    def run(self, state: Callable[[str, str], State | None] | None) -> Selection | None:
        """Return what is selected, or None where no root module has it.

        Args:
            state: Asked for what the code does not tell; None in a first search without it.

        Raises:
            AmbiguousError: Several root modules or tfvars files have it.
            TfswapError: The code tells why it cannot be done.
        """
        self.errors.clear()
        found: list[Selection] = []
        for tree in self.trees:
            if state is not None and not self._worth_asking(tree):
                continue
            try:
                found += self._in_root(tree, state)
            except TfswapError as error:
                self.errors.append((tree, error))
        if len(found) > 1:
            found = [s for s in found if has_environments(s.view.tree)] or found
        if len(found) == 1:
            return found[0]
        if found:
            raise self._several(found)
        final = [e for _, e in self.errors if isinstance(e, _FINAL)]
        if final:
            # A root module that has the table says more than one that does not create it.
            raise min(final, key=lambda error: isinstance(error, NotCreatedError))
        return None

    def _worth_asking(self, tree: ModuleTree) -> bool:
        """Say whether a state could help: it is this root, or it has a string of that name."""
        if len(self.trees) == 1:
            return True
        bases = [dated(name).base.encode() for name in self.wanted]
        texts = [source.data for folder in tree.reachable() for source in folder.sources]
        texts += tfvars_texts(tree)
        return any(base in text for base in bases for text in texts)

    def _in_root(
        self, tree: ModuleTree, state: Callable[[str, str], State | None] | None
    ) -> list[Selection]:
        """Return what is selected in one root module: with what it is run with as far as known."""
        root = tree.root.folder.name
        others = var_files(tree, self.every_root)
        self._check_chosen(tree, others)
        try:
            return [self._select(tree, self._given_files(tree), others, state)]
        except NotFoundError as error:
            if self.config.tfvars is not None:
                raise
            trouble = error
        found: list[Selection] = []
        given = self._given_files(tree)
        for file in others:
            if file in given or any(self._same_variables(tree, file, one) for one in given):
                continue  # it is what other runs are given in that one's place
            try:
                found.append(self._select(tree, (*given, file), others, state))
            except NotFoundError:
                continue
            except TfswapError as error:
                self.errors.append((tree, error))
        if len(found) > 1:
            files = [selection.view.inputs.var_files[-1] for selection in found]
            raise AmbiguousError(
                f"Several tfvars files of {root} have such a table.",
                hint=f"Choose the one that Terraform uses, e.g. --tfvars {files[0]}.",
                details=listed(tree, files),
            )
        if not found and others:
            hint = trouble.hint or ""
            if not isinstance(trouble, UnsetVariableError | NotCreatedError):
                hint += " If Terraform uses one of these files, set it with --tfvars."
            details = (*trouble.details, *listed(tree, others))
            raise type(trouble)(trouble.message, hint=hint.strip(), details=details)
        if not found:
            raise trouble
        return found

    def _check_chosen(self, tree: ModuleTree, others: Sequence[str]) -> None:
        """Refuse a tfvars file that is not there, with those that are."""
        chosen, root = self.config.tfvars, tree.root.folder
        if chosen and not any((top / chosen).is_file() for top in (root.path, self.project.root)):
            raise RepoError(
                f"There is no tfvars file {chosen}.",
                hint=f"Set it with --tfvars, relative to {root.name} or to the repository.",
                details=listed(tree, others),
            )

    def _same_variables(self, tree: ModuleTree, file: str, other: str) -> bool:
        one, two = (set(load(tree.root, name, {}).last) for name in (file, other))
        return bool(one & two)

    def _given_files(self, tree: ModuleTree) -> tuple[str, ...]:
        """Return the tfvars files that the user and the shell name."""
        return given_files(self.project, tree.root.folder.name, self.config)

    def _select(
        self,
        tree: ModuleTree,
        var_files: tuple[str, ...],
        others: Sequence[str],
        state: Callable[[str, str], State | None] | None,
    ) -> Selection:
        root = tree.root.folder.name
        given = Given(var_files, self.variables, self.config.env_variables)
        view = View(self.project, root, "", given)
        selected = self.selected_workspace(root) if self.selected_workspace else None
        roots = [t.root.folder.name for t in self.every_root if t.root.folder is not view.folder]
        around = OtherRuns((), [f for f in others if f not in var_files], roots, backends(tree))
        asked = partial(state, root) if state else lambda _: None
        return select_tables(view, self.wanted, self.config, selected, asked, around)

    def _several(self, found: Sequence[Selection]) -> AmbiguousError:
        roots = [selection.view.root for selection in found]
        tables = (
            f"{s.view.root}  {m.table.address}  {m.old_name}  {m.leaf.file}:{m.leaf.line}"
            for s in found
            for m in s.matches
        )
        return AmbiguousError(
            "Several folders could be the root module.",
            hint=f"Choose one, e.g. --root {roots[0]}.",
            details=tuple(tables),
        )

    def elsewhere(self) -> RefusedError | None:
        """Return what to do where the name is not here: Terragrunt, a module to fetch."""
        if not all(isinstance(error, NotFoundError) for _, error in self.errors):
            return None
        names = [dated(name).base for name in self.wanted]
        return terragrunt.refusal(self.project, names) or self._not_fetched()

    def trouble(self) -> TfswapError:
        """Return why nothing was found."""
        if not self.trees:
            return RepoError(
                f"No root module under {self.project.root} has an aws_dynamodb_table.",
                hint="Run tfswap in the repository, or set the folder with --root.",
            )
        best = [e for tree, e in self.errors if has_environments(tree)]
        errors = best or [e for _, e in self.errors]
        if len(errors) == 1 or not all(isinstance(e, NotFoundError) for e in errors):
            return errors[0]
        return NotFoundError(
            f"No root module has a table for {' '.join(self.wanted)}.",
            hint="Use one of these tables, or set the folder with --root.",
            details=tuple(dict.fromkeys(line for error in errors for line in error.details)),
        )

    def _not_fetched(self) -> RefusedError | None:
        """Return the refusal where modules that are not here may have the table."""
        for tree in self.trees or self.every_root:
            for name, call, source in tree.unfetched():
                return RefusedError(
                    f"{call.file}:{call.block.line}: module.{name} comes from {source}, "
                    "which is not downloaded: its tables are unknown.",
                    hint=f"Run terraform init in {tree.root.folder.name}, then the same command "
                    "again.",
                )
        return None


_FINAL = (AmbiguousError, AlreadyNamedError, RefusedError, UnsetVariableError, NotCreatedError)
"""What no state can change: the code tells it all."""
