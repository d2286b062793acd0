"""Where a Terraform provider may lie on this machine, for a demo that downloads nothing.

`terraform init -plugin-dir=DIR` takes providers from DIR alone, laid out as
`registry.terraform.io/hashicorp/aws/<version>/<os>_<arch>/` (Terraform's filesystem mirror,
https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

_HOSTNAME = "registry.terraform.io"
_DEPTH = 3
"""How far below the usual places for installed software a mirror is looked for."""


def find_plugin_dir() -> Path | None:
    """The folder that holds `registry.terraform.io/hashicorp/aws`, or None.

    Looks at `TFSWAP_PLUGIN_DIR`, `TF_PLUGIN_CACHE_DIR`, Terraform's own implied mirror
    folders, then a few levels deep where software is usually installed. None means: let
    `terraform init` fetch the provider itself.
    """
    candidates = (*_named(), *_implied(), *_installed())
    return next((each for each in candidates if _has_provider(each)), None)


def _has_provider(folder: Path) -> bool:
    try:
        return any((folder / _HOSTNAME / "hashicorp" / "aws").iterdir())
    except OSError:
        return False


def _named() -> Iterator[Path]:
    for variable in ("TFSWAP_PLUGIN_DIR", "TF_PLUGIN_CACHE_DIR"):
        if os.environ.get(variable):
            yield Path(os.environ[variable]).expanduser()


def _implied() -> Iterator[Path]:
    home = Path.home()
    yield home / ".terraform.d" / "plugins"
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "io.terraform" / "plugins"
        yield Path("/Library/Application Support/io.terraform/plugins")
        return
    shares = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for share in (
        os.environ.get("XDG_DATA_HOME") or str(home / ".local" / "share"),
        *shares.split(":"),
    ):
        yield Path(share) / "terraform" / "plugins"


def software_folders() -> tuple[Path, ...]:
    """Where software that no package manager of Terraform's put there usually lies."""
    system = ("/opt", "/usr/local", "/usr/share", "/var/lib")
    return (*map(Path, system), Path.home() / ".local")


def _installed() -> Iterator[Path]:
    for place in software_folders():
        yield from _below(place, _DEPTH)


def _below(folder: Path, depth: int) -> Iterator[Path]:
    """The folder and those below it that hold a mirror, not following links."""
    if (folder / _HOSTNAME).is_dir():
        yield folder
    if depth == 0:
        return
    try:
        entries = sorted(
            entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)
        )
    except OSError:
        return
    for entry in entries:
        yield from _below(Path(entry), depth - 1)
