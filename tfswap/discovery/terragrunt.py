"""Recognise Terragrunt: its ``inputs`` set variables that no file of a root module sets.

Terragrunt documentation, "Inputs": they are handed to Terraform as ``TF_VAR_*``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tfswap.discovery.candidates import sources, typed_as_written
from tfswap.discovery.identity_attributes import TABLE
from tfswap.discovery.name_sources import dated
from tfswap.discovery.proof import prove
from tfswap.discovery.refusals import RefusedError
from tfswap.discovery.view import Given, View
from tfswap.edit.hcl_file import HclFile
from tfswap.errors import RepoError
from tfswap.hcl.project import Project
from tfswap.swap import NameSource

_FILE = "terragrunt.hcl"
_HINT = (
    "Edit that line by hand, run the state commands with terragrunt and verify the plan "
    "with tfswap. For the steps, see docs/terragrunt.md."
)


def refusal(project: Project, bases: Sequence[str]) -> RefusedError | None:
    """Return what to do in a Terragrunt repository; None where it is none.

    Args:
        project: The repository.
        bases: Base names of the wanted tables.
    """
    files = list(_files(project.root))
    if not files:
        return None
    for source in (s for file in files for s in _words(project, file)):
        for base in bases:
            written = dated(source.value).base
            if written == base or written.endswith(f"-{base}") or base.endswith(f"-{written}"):
                return RefusedError(
                    f"This is Terragrunt: {source.file}:{source.line} names the table "
                    f"({source.value!r}), and tfswap does not run terragrunt by itself.",
                    hint=_HINT,
                )
    for base in bases:
        for source in _in_modules(project, base):
            return RefusedError(
                f"This is Terragrunt: {source.file}:{source.line} names the table "
                f"({source.value!r}) in a module that it runs, and tfswap does not run terragrunt "
                "by itself.",
                hint=_HINT,
            )
    return RefusedError(
        "This is Terragrunt, and its inputs do not set the table name.",
        hint="Find where the table name is set. For the next steps, see docs/terragrunt.md.",
        details=tuple(files),
    )


def _in_modules(project: Project, base: str) -> Iterator[NameSource]:
    """Yield the strings that name such a table in a folder which Terragrunt may run."""
    for folder in project.folders():
        if folder.declaring("resource", TABLE):
            view = View(project, folder.name, "default", Given())
            proofs = prove(view, typed_as_written(sources(view), base))
            yield from (proof.source for proof in proofs)


def _files(top: Path) -> Iterator[str]:
    for folder, below, files in os.walk(top):
        below[:] = sorted(d for d in below if not d.startswith("."))
        if _FILE in files:
            yield (Path(folder) / _FILE).relative_to(top).as_posix()


def _words(project: Project, file: str) -> Iterator[NameSource]:
    data = project.contents(file) or b""
    try:
        # Like tfvars it sets values by name; its blocks set none.
        yield from HclFile(file, data, project.cache).leaves()
    except RepoError:
        return
