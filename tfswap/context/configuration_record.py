"""What files a verified plan rests on, by content: what ``finish`` commits is compared with it.

Design.md, decision 16: what was verified is what is merged. Kept beside the verdict, bound to the
plan's digest. Terraform code is taken from the saved plan itself, which holds a copy of it
(Terraform source, ``internal/configs/configload``: ``tfconfig/`` in the plan); tfvars, templates
and whatever else the code reads from the work tree.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import msgspec

from tfswap.context.command_context import CommandContext
from tfswap.discovery.input_variables import TERRAGRUNT
from tfswap.errors import RejectedError, RepoError
from tfswap.files import write_atomically
from tfswap.git.client import Git
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.parse_cache import user_cache
from tfswap.hcl.project import Project, normal
from tfswap.swap import Swap

_CODE = (".tf", ".tf.json")
_VALUES = (".tfvars", ".tfvars.json")
_LOCK = ".terraform.lock.hcl"
_MANIFEST = "tfconfig/modules.json"
_FOLDERS = (b"fileset", b"source_dir")
"""What reads whole folders."""


class ConfigurationRecord(msgspec.Struct, frozen=True):
    """The files of one verified plan."""

    plan: str
    """sha256 of the plan."""
    files: dict[str, str]
    """Path in the repository to sha256."""


def configuration_files(git: Git, swap: Swap) -> tuple[str, ...]:
    """Return the files that Terraform reads for the swap's root module; rather too many.

    Its code and its local modules', the tfvars, the lock file, and every file whose name the code
    holds: templates, policies, archives.
    """
    tree = ModuleTree(Project(git.root, user_cache()), swap.root_module)
    folders = {f.name: f for f in tree.reachable() if ".terraform" not in f.name.split("/")}
    sources = [source for folder in folders.values() for source in (*folder.sources, *folder.json)]
    text = b"\0".join(source.data for source in sources)
    named = {table.leaf.file for table in swap.tables}
    named |= {normal(f"{swap.root_module}/{file}") for file in swap.var_files}
    whole = any(word in text for word in _FOLDERS)
    own = tree.root.folder
    # Terraform reads these whether git ignores them or not.
    automatic = {normal(f"{own.name}/{name}") for name in own.tfvars}
    automatic |= {source.name for source in sources}
    return tuple(
        path
        for path in dict.fromkeys((*git.files(), *sorted(automatic)))
        if path in named or _is_read(PurePosixPath(path), set(folders), own.name, text, whole=whole)
    )


def _is_read(
    path: PurePosixPath, folders: set[str], root: str, text: bytes, *, whole: bool
) -> bool:
    folder = path.parent.as_posix()
    if folder in folders and path.name.endswith(_CODE):
        return True
    if folder == normal(root) and (path.name.endswith(_VALUES) or path.name in (_LOCK, TERRAGRUNT)):
        return True
    if path.name.encode() in text:
        return True
    return whole and any(len(part) > 2 and part.encode() in text for part in path.parts[:-1])


def snapshot(context: CommandContext, swap: Swap) -> dict[str, str]:
    """Return the digests of the configuration as it is in the work tree."""
    git = context.git
    paths = ((name, git.root / name) for name in configuration_files(git, swap))
    return {name: _digest(path.read_bytes()) for name, path in paths if path.is_file()}


def record(
    context: CommandContext, swap: Swap, sha256: str, before: Mapping[str, str] | None = None
) -> None:
    """Keep what the plan rests on.

    Args:
        context: Knows repository and plan.
        swap: What the plan is for.
        sha256: The plan's digest.
        before: The configuration as it was before the plan was made.

    Raises:
        RepoError: It changed while the plan was made.
    """
    now = snapshot(context, swap)
    if before is not None and before != now:
        changed = sorted({name for name, _ in set(before.items()) ^ set(now.items())})
        raise RepoError(
            f"{changed[0]} changed while the plan was made.",
            hint="Make sure nothing else writes there, then run tfswap verify-plan again.",
            details=tuple(changed),
        )
    now |= _in_plan(context.directory.plan, swap.root_module)
    data = msgspec.json.encode(ConfigurationRecord(sha256, now))
    write_atomically(context.directory.configuration, data + b"\n", 0o600)


def recorded(context: CommandContext, sha256: str) -> dict[str, str] | None:
    """Return the files of a verified plan, or None where they were not kept."""
    try:
        data = context.directory.configuration.read_bytes()
        kept = msgspec.json.decode(data, type=ConfigurationRecord)
    except (OSError, msgspec.DecodeError):
        return None
    return kept.files if kept.plan == sha256 else None


def check_unchanged(context: CommandContext, swap: Swap, sha256: str) -> None:
    """Make sure that the work tree has the configuration that was verified.

    Raises:
        RejectedError: A file differs, came, or is gone.
    """
    kept = recorded(context, sha256)
    if kept is None:
        return
    now = snapshot(context, swap)
    changed = sorted({name for name, _ in set(kept.items()) ^ set(now.items())})
    if changed:
        more = f" and {len(changed) - 1} more files" if changed[1:] else ""
        raise RejectedError(
            f"{changed[0]}{more} changed since the plan was verified. The merged files "
            "must be the verified files.",
            hint="Revert the changes, or verify again: tfswap verify-plan",
            details=tuple(changed),
        )


def _in_plan(plan: Path, root: str) -> dict[str, str]:
    """Return the digests of the code that a saved plan holds a copy of."""
    found: dict[str, str] = {}
    try:
        with zipfile.ZipFile(plan) as archive:
            for module in json.loads(archive.read(_MANIFEST)):
                folder = normal(f"{root}/{module['Dir']}")
                if folder.startswith("..") or ".terraform" in folder.split("/"):
                    continue
                start = f"tfconfig/m-{module['Key']}/"
                for name in archive.namelist():
                    if name.startswith(start) and "/" not in name[len(start) :]:
                        path = normal(f"{folder}/{name[len(start) :]}")
                        found[path] = _digest(archive.read(name))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        return {}
    return found


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
