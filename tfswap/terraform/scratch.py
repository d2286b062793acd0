"""The scratch folder: a copy of the repository whose root module has a local backend.

State commands and a plan run there first, on a copy of the state, and touch neither the user's
files nor the real backend (design.md, decision 2). Providers are used from where the real folder's
``terraform init`` put them, modules are copied, so nothing is downloaded.

The state lies in a folder of its own, without any configuration, and the root module's copy links
to it: ``state rm`` and ``taint`` need no configuration, and where they find one they start every
provider for nothing (measured: 1.3 s against 0.1 s for the AWS provider).
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tfswap.errors import TerraformError
from tfswap.files import write_atomically
from tfswap.terraform import arguments
from tfswap.terraform.client import Terraform
from tfswap.terraform.file_set import files_to_copy
from tfswap.terraform.scratch_env import name_missing_file, scratch_environment

OVERRIDE = "_tfswap_override.tf"
"""How the name ends of the file that sets the local backend.

Files ending in ``_override.tf`` are merged over the rest, in the order of their names (Terraform
docs, "Override Files").
"""

_LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n'
_HASHES = re.compile(r"^  hashes = \[.*?\]\n", re.MULTILINE | re.DOTALL)
_VERSION_FILES = (
    *(".terraform-version", ".opentofu-version", ".tool-versions"),
    *("mise.toml", ".mise.toml", ".terragrunt-version"),
)


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
        files: What git lists, relative to ``repo``; what it ignores and a plan reads is added.
        folder: Where; anything a killed run left there is removed first.
        workspace: Terraform workspace.

    Raises:
        TerraformError: The root module was never initialised, or the copy cannot be.
        OSError: No room or no permission.
    """
    data_dir = data_directory(real.root, real.runner.env)
    if not (data_dir / "providers").is_dir() and not (data_dir / "terraform.tfstate").is_file():
        raise TerraformError(
            f"The root module {real.root.relative_to(repo)} is not initialised.",
            hint=f"Initialise it, then run the same command again: {real.init_line}",
        )
    root = folder / "repo" / real.root.relative_to(repo)
    with _naming_the_target(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        _copy(repo, folder / "repo", files_to_copy(repo, real.root, files, data_dir))
        root.mkdir(parents=True, exist_ok=True)
        _refuse_linked(root, folder, real.root)
        _copy_modules(data_dir, real.root, root)
        write_atomically(root / _last_override(root), _LOCAL_BACKEND.encode())
        bare = folder / "state"
        state_file = _link_state(bare, root, workspace)
        _copy_version_files(repo, real.root, bare)
    env = scratch_environment(real.runner.env, real.root)
    runner = replace(real.runner, env=env, children=None)
    explained = partial(name_missing_file, repo=repo, real=real.root, scratch=root)
    terraform = Terraform(real.binary, runner, root, init_root=real.root, explain=explained)
    providers = data_dir / "providers"
    plugin_dir = str(providers.resolve()) if providers.is_dir() else None
    terraform.run(arguments.init_scratch(plugin_dir), "initialise the scratch folder")
    _refuse_other_backend(root)
    _trust(root / ".terraform.lock.hcl")
    return Scratch(folder, terraform, replace(terraform, root=bare), state_file)


def data_directory(root: Path, env: Mapping[str, str]) -> Path:
    """Return where Terraform keeps its working data for ``root`` (``TF_DATA_DIR``)."""
    # Terraform takes an empty variable for none.
    return root / (env.get("TF_DATA_DIR") or ".terraform")


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


def _copy(repo: Path, folder: Path, files: Iterable[str]) -> None:
    """Copy files, keeping links as links; what git lists but is gone is left out."""
    made: set[Path] = set()
    for name in files:
        source, target = repo / name, folder / name
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        if source.is_symlink():
            target.symlink_to(_link_target(repo, source))
        elif source.is_file():
            shutil.copy2(source, target)


def _link_target(repo: Path, link: Path) -> Path:
    """Return what the copy of a link points to.

    Within the repository it is the same place of the copy, however the link gets there; a path out
    of it is made whole.
    """
    whole = Path(os.path.normpath(link.parent / link.readlink()))
    if not whole.is_relative_to(repo):
        return whole
    return Path(os.path.relpath(whole, link.parent))


def _refuse_linked(root: Path, folder: Path, real: Path) -> None:
    """Make sure that what is written into the copy of the root module stays in the copy.

    Raises:
        TerraformError: The root module is reached by a link that leads out of the repository.
    """
    if not root.resolve().is_relative_to(folder.resolve()):
        raise TerraformError(
            f"The root module {real} is reached by a link out of the repository, to "
            f"{root.resolve()}.",
            hint="Run tfswap in the repository that contains it, or put the folder itself here.",
        )


def _last_override(root: Path) -> str:
    """Return a name that comes after every override file there is: the last one decides."""
    return (
        max(["zz", *(path.name for path in root.iterdir() if "override" in path.name)]) + OVERRIDE
    )


def _refuse_other_backend(root: Path) -> None:
    """Make sure that init chose the local backend in the copy, at its usual place.

    Raises:
        TerraformError: It chose another one, where state commands would change the real state.
    """
    try:
        data = json.loads((root / ".terraform" / "terraform.tfstate").read_bytes())
        backend = data["backend"]
        local = backend["type"] == "local" and not any((backend.get("config") or {}).values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        local = False
    if not local:
        raise TerraformError(
            f"The scratch copy at {root} has no local backend: a file in the root module "
            "overrides the backend set by tfswap.",
            hint="Find the backend or cloud block in an override file (*_override.tf) and "
            "remove it for the swap. Nothing was changed.",
        )


def _copy_modules(data_dir: Path, real: Path, root: Path) -> None:
    """Copy downloaded modules; their manifest names folders relative to the root module."""
    modules = data_dir / "modules"
    if not modules.is_dir():
        return
    target = root / ".terraform" / "modules"
    shutil.copytree(modules, target, symlinks=True)
    # With a TF_DATA_DIR the manifest has its name in every path; the copy has its own.
    given = os.path.relpath(data_dir, real)
    manifest = target / "modules.json"
    if given != ".terraform" and manifest.is_file():
        text = manifest.read_text("utf-8")
        text = text.replace(f'"Dir":"{given}/', '"Dir":".terraform/')
        write_atomically(manifest, text.encode())


def _trust(lock: Path) -> None:
    """Take the checksums out of the copy's lock file, once init has held the providers against it.

    Terraform hashes every provider again at each start (internal/command/meta_providers.go), half
    a gigabyte for AWS's; with no checksum there is nothing to compare. What is planned to be
    applied is planned in the real folder, with the real lock file.
    """
    if lock.is_file():
        write_atomically(lock, _HASHES.sub("", lock.read_text("utf-8")).encode())


def _copy_version_files(repo: Path, real: Path, bare: Path) -> None:
    """Let a version manager (tfenv, asdf, mise) choose the same binary beside the state."""
    folder = real
    while True:
        for name in _VERSION_FILES:
            if (folder / name).is_file() and not (bare / name).exists():
                shutil.copyfile(folder / name, bare / name)
        if folder == repo or folder == folder.parent:
            return
        folder = folder.parent


@contextmanager
def _naming_the_target(folder: Path) -> Iterator[None]:
    """Say where there is no room; Python names the file that was being read.

    Raises:
        TerraformError: The disk is full, or a quota is.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise TerraformError(
            f"No disk space for the scratch copy: {folder}: {error.strerror}.",
            hint="Free disk space (tfswap doctor shows how much is needed), then run the "
            "same command again.",
        ) from error
