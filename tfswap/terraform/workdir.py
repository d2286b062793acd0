"""The scratch folder: a copy of the repository whose root module has a local backend.

State commands and a plan run there first, on a copy of the state, and touch neither the user's
files nor the real backend (design.md, decision 2). Providers are used from where the real folder's
``terraform init`` put them, modules are copied, so nothing is downloaded.

The state lies in a folder of its own, without any configuration, and the root module's copy links
to it: ``state rm`` and ``taint`` need no configuration, and where they find one they start every
provider for nothing (measured: 1.3 s against 0.1 s for the AWS provider).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tfswap.errors import TerraformError
from tfswap.terraform import commands
from tfswap.terraform.client import Terraform
from tfswap.terraform.process import Door

OVERRIDE = "zz_tfswap_override.tf"
"""Files ending in ``_override.tf`` are merged over the rest (Terraform docs, "Override Files")."""

_LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n'
_NOT_COPIED = {".terraform", ".tfswap", ".git", "terraform.tfstate.d"}
# Both name the real backend or the real folder: they stay out of the scratch folder.
_OWN_ENVIRONMENT = ("TF_CLI_ARGS_init", "TF_DATA_DIR", "TF_WORKSPACE")


@dataclass(frozen=True)
class Scratch:
    """A scratch folder, initialised; ``place`` puts a state into it."""

    folder: Path
    """Its top; remove it with ``discard``."""
    terraform: Terraform
    """Terraform in the copy of the root module, on the local backend."""
    bare: Terraform
    """Terraform on the same state with no configuration around it."""
    state_file: Path

    def place(self, state: bytes) -> None:
        """Put the state where the local backend looks for it; init has run (facts.md)."""
        descriptor = os.open(self.state_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(state)

    def discard(self) -> None:
        """Remove the folder; links are removed, not followed."""
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare(
    real: Terraform, repo: Path, files: Iterable[str], folder: Path, workspace: str
) -> Scratch:
    """Make the scratch folder.

    Args:
        real: Terraform in the user's root module, below ``repo``.
        repo: The repository's root.
        files: What to copy, relative to ``repo``; ignored files of the root module are added.
        folder: Where; anything a killed run left there is removed first.
        workspace: Terraform workspace.

    Raises:
        TerraformError: The root module was never initialised, or the copy cannot be.
        OSError: No room or no permission.
    """
    data_dir = data_directory(real.root, real.door.env)
    if not (data_dir / "providers").is_dir() and not (data_dir / "terraform.tfstate").is_file():
        raise TerraformError(
            f"The root module {real.root.relative_to(repo)} is not initialised.",
            hint=f"Initialise it, then run the same command again: {real.init_line}",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    root = folder / "repo" / real.root.relative_to(repo)
    _copy(repo, folder / "repo", {*files, *_untracked(repo, real.root)})
    root.mkdir(parents=True, exist_ok=True)
    _copy_modules(data_dir, root)
    (root / OVERRIDE).write_text(_LOCAL_BACKEND)
    terraform = Terraform(real.binary, _scratch_door(real.door), root)
    providers = data_dir / "providers"
    plugin_dir = str(providers.resolve()) if providers.is_dir() else None
    terraform.run(commands.init_scratch(plugin_dir), "initialise the scratch folder")
    bare = Terraform(real.binary, terraform.door, folder / "state")
    return Scratch(folder, terraform, bare, _link_state(bare.root, root, workspace))


def data_directory(root: Path, env: Mapping[str, str]) -> Path:
    """Return where Terraform keeps its working data for ``root`` (``TF_DATA_DIR``)."""
    # Terraform takes an empty variable for none.
    return root / (env.get("TF_DATA_DIR") or ".terraform")


def _scratch_door(door: Door) -> Door:
    kept = {name: value for name, value in door.env.items() if name not in _OWN_ENVIRONMENT}
    return Door(kept, door.log)


def _link_state(bare: Path, root: Path, workspace: str) -> Path:
    """Return where the local backend of both folders keeps the workspace's state."""
    if workspace == "default":
        bare.mkdir()
        (root / "terraform.tfstate").symlink_to(bare / "terraform.tfstate")
        return bare / "terraform.tfstate"
    (bare / "terraform.tfstate.d" / workspace).mkdir(parents=True)
    (root / "terraform.tfstate.d").symlink_to(bare / "terraform.tfstate.d")
    for folder in (bare, root):
        (folder / ".terraform").mkdir(exist_ok=True)
        (folder / ".terraform" / "environment").write_text(workspace)
    return bare / "terraform.tfstate.d" / workspace / "terraform.tfstate"


def _untracked(repo: Path, root: Path) -> Iterator[str]:
    """Return the root module's files that git may not know: lock file, built packages, tfvars."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in _NOT_COPIED]
        yield from (
            str((Path(folder) / file).relative_to(repo))
            for file in files
            if not file.startswith("terraform.tfstate")
        )


def _copy(repo: Path, folder: Path, files: Iterable[str]) -> None:
    """Copy files, keeping links as links; what git lists but is gone is left out."""
    made: set[Path] = set()
    for name in files:
        source, target = repo / name, folder / name
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        if source.is_symlink() or source.is_file():
            shutil.copy2(source, target, follow_symlinks=False)


def _copy_modules(data_dir: Path, root: Path) -> None:
    """Copy downloaded modules; their manifest names folders relative to the root module."""
    modules = data_dir / "modules"
    if modules.is_dir():
        shutil.copytree(modules, root / ".terraform" / "modules", symlinks=True)
