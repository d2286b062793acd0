"""Read ``tfswap.toml`` and refuse what it may not hold, key by key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from tfswap.errors import ConfigError

_TEXT_KEYS = {
    "environment",
    "workspace",
    "root_module",
    "tfvars",
    "account",
    "region",
    "prefix",
    "terraform_bin",
    "role",
    "role_variable",
    "default_branch",
    "pair",
}
_KEYS = _TEXT_KEYS | {"variables", "hooks", "allow", "protect"}
_HOOKS = ("maintenance_on", "maintenance_off")


def read_config(path: Path) -> dict[str, Any]:
    """Return the keys of ``tfswap.toml``, or none where there is no file.

    Raises:
        ConfigError: It cannot be read, is no TOML, or holds a key or value that is none of ours.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path.name} is not valid TOML: {error}.", hint=f"Mend {path.name} and try again."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{path.name} cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error
    for key, value in data.items():
        _check_key(path.name, key, value)
    return data


def _check_key(file: str, key: str, value: object) -> None:
    """Refuse what tfswap would otherwise silently leave aside."""
    if key not in _KEYS:
        raise ConfigError(
            f"{file} has an unknown key {key!r}.", hint=f"It takes: {', '.join(sorted(_KEYS))}."
        )
    if key == "allow":
        if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
            return
        raise ConfigError(f"{file}: allow takes tables.", hint="Write them as [[allow]].")
    if key in ("variables", "hooks"):
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise ConfigError(f"{file}: [{key}] takes strings.", hint='Write it as name = "value".')
        if key == "hooks" and (odd := sorted(set(value) - set(_HOOKS))):
            raise ConfigError(
                f"{file}: there is no hook {odd[0]!r}.", hint=f"It takes: {', '.join(_HOOKS)}."
            )
        return
    if key == "protect":
        if isinstance(value, bool):
            return
        raise ConfigError(f"{file}: protect is true or false.", hint="Write it without quotes.")
    if not isinstance(value, str) or not value:
        raise ConfigError(
            f"{file}: {key} must be a string that is not empty.",
            hint=f'Write it as {key} = "…" or take the line out.',
        )
