"""The allowances of ``tfswap.toml``, for a prepared swap and for names given by hand."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tfswap.config import FILE_NAME, Config, Overrides, load
from tfswap.errors import ConfigError
from tfswap.verify.model.allowance import Allowance, objection


def allowances(config: Config) -> tuple[Allowance, ...]:
    """Return the allowances of ``tfswap.toml`` as the verifier takes them.

    Raises:
        ConfigError: One cannot be used: it names everything, or nothing.
    """
    found = tuple(Allowance(*msgspec.structs.astuple(entry)) for entry in config.allow)
    for one in found:
        if why := objection(one):
            raise ConfigError(
                f"{FILE_NAME}: the allowance {one} is invalid: {why}.",
                hint=f"Fix or remove it in {FILE_NAME}.",
            )
    return found


def allowances_at(folder: Path) -> tuple[tuple[Allowance, ...], str]:
    """Return the allowances of the repository a folder is in, and in words where they were read.

    Args:
        folder: Where the command runs; its repository begins at the nearest ``.git`` above.

    Raises:
        ConfigError: ``tfswap.toml`` cannot be read, or an allowance in it cannot be used.
    """
    here = folder.resolve()
    top = next((one for one in (here, *here.parents) if (one / ".git").exists()), here)
    path = top / FILE_NAME
    if not path.is_file():
        return (), f"{FILE_NAME}: not found in {top}"
    found = allowances(load(top, Overrides(), {}))
    return found, f"{FILE_NAME} read: {path} ({len(found)} [[allow]])"
