"""What differs around a scratch copy: the environment it runs in, and files that are not there."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from tfswap.errors import TerraformError, TfswapError

# They name the real backend or the real folder: they stay out of the scratch folder.
_OF_THE_REAL_FOLDER = ("TF_CLI_ARGS_init", "TF_DATA_DIR", "TF_WORKSPACE")
_PATHS = ("TF_CLI_CONFIG_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
"""Variables that hold a path, which may start from the folder a command runs in."""
_VAR_FILE = re.compile(r"--?var-file(?:=(?P<path>.*))?", re.DOTALL)
_MISSING = (
    re.compile(r"no file exists at \"(.+?)\""),
    re.compile(r"(?:open|stat|lstat) (\S+): no such file or directory"),
    re.compile(r"missing (?:directory|file): (\S+)"),
    re.compile(r"no such file or directory: (\S+)"),
)
"""How Terraform and its providers name a file that is not there (Terraform source,
internal/lang/funcs; Go's ``PathError``; the archive provider)."""


def scratch_environment(env: Mapping[str, str], root: Path) -> dict[str, str]:
    """Return the environment for a scratch copy of ``root``.

    What concerns the real backend or folder is left out; paths that start from the real root module
    (``-var-file`` in ``TF_CLI_ARGS*``, ``TF_CLI_CONFIG_FILE``) are made whole.
    """
    kept = {name: value for name, value in env.items() if name not in _OF_THE_REAL_FOLDER}
    for name, value in kept.items():
        if name in _PATHS and value:
            kept[name] = str(root / value)
        elif name == "TF_CLI_ARGS" or name.startswith("TF_CLI_ARGS_"):
            kept[name] = _whole_paths(value, root)
    return kept


def _whole_paths(arguments: str, root: Path) -> str:
    """Return the arguments with the paths of variable files made whole."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return arguments
    changed = list(words)
    for index, word in enumerate(words):
        if not (match := _VAR_FILE.fullmatch(word)):
            continue
        if match["path"] is not None:
            changed[index] = f"-var-file={root / match['path']}"
        elif index + 1 < len(words):
            changed[index + 1] = str(root / words[index + 1])
    return shlex.join(changed) if changed != words else arguments


def name_missing_file(error: TfswapError, *, repo: Path, real: Path, scratch: Path) -> TfswapError:
    """Return the error, or one that says which file the scratch copy lacks though it is there.

    Args:
        error: What Terraform said in the scratch copy.
        repo: The user's repository.
        real: The root module in it.
        scratch: The root module's copy.
    """
    text = " ".join(line.strip() for line in error.details)
    for pattern in _MISSING:
        for match in pattern.finditer(text):
            given = match[1].rstrip(".,;")
            path = Path(os.path.normpath(_in_real(given, real, scratch)))
            in_copy = scratch / os.path.relpath(path, real)
            if path.exists() and not in_copy.exists():
                return _lacking(error, path, repo)
    return error


def _in_real(given: str, real: Path, scratch: Path) -> Path:
    """Return the file of the real repository that a path in the scratch copy stands for."""
    if Path(given).is_relative_to(scratch):
        return real / Path(given).relative_to(scratch)
    return real / given


def _lacking(error: TfswapError, path: Path, repo: Path) -> TerraformError:
    inside = path.is_relative_to(repo)
    where = path.relative_to(repo).as_posix() if inside else str(path)
    why = "git ignores it" if inside else "it is outside the repository"
    return TerraformError(
        f"The configuration reads {where}, which is missing in the scratch copy: {why}, "
        "and no .tf file has its literal path.",
        hint='Use a literal path ("${path.module}/…"), keep the file in the root module, or '
        "add it to git. Then run the same command again.",
        details=error.details,
    )
