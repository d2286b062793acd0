"""Which programs that ``tfswap.toml`` names are run: those the default branch names too.

Whoever opens a pull request writes that file; to look at a branch must run nothing of its own
(design.md, decision 17). ``check`` is stricter, and runs none of them at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from tfswap.config import FILE_NAME, Config
from tfswap.console import Console
from tfswap.files import read_regular
from tfswap.git.client import Git


def reviewed_programs(config: Config, git: Git, console: Console) -> Config:
    """Return the settings without the programs that only the checked-out branch names, and say so.

    Without a remote the repository is the user's own, and so is the file.

    Args:
        config: What was typed, set and read.
        git: The work tree.
        console: Where it is said.
    """
    if not config.programs_of_file or not git.remotes:
        return config
    # Not the branch that the file itself calls the default one.
    upstream = git.upstream(None)
    reviewed = _settings(upstream and git.file_at(upstream, FILE_NAME))
    here = _settings(read_regular(git.root / FILE_NAME))
    new = tuple(key for key in config.programs_of_file if reviewed.get(key) != here.get(key))
    if new:
        console.warn(
            f"Ignored from {FILE_NAME}: {', '.join(new)}. {upstream or 'The default branch'} does "
            "not have the same, and tfswap runs no program that only a branch names. Merge the "
            "file first, or set TFSWAP_PREFIX or TFSWAP_TERRAFORM_BIN."
        )
    return config.without(new)


def _settings(data: bytes | str | None) -> Mapping[str, Any]:
    try:
        return tomllib.loads(data.decode()) if isinstance(data, bytes) else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return {}
