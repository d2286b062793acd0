"""Settings: flags over environment variables over ``tfswap.toml``, each with its origin.

``tfswap.toml`` lies at the top of the user's repository; every key is optional::

    environment = "production"          # key under `environments` in the tfvars
    workspace = "production"            # where it differs from the environment
    root_module = "terraform/environment"
    prefix = "aws-vault exec identity --"
    terraform_bin = "terraform"
    role = "breakglass"                 # TF_VAR_default_role
    role_variable = "default_role"
    default_branch = "main"
    pair = "Ana, Sam"                   # who is at it, for the journal; or --pair, TFSWAP_PAIR
    protect = true                      # run switches deletion protection on first

    [variables]                         # further TF_VAR_*; never secrets: the file is committed
    container_version = "v1.2.3"

    [hooks]                             # for tfswap swap; argv, no shell
    maintenance_on = "scripts/maintenance.sh on"
    maintenance_off = "scripts/maintenance.sh off"

    [[allow]]                           # a change that may ride along, with its reason, for a while
    address = "aws_ssm_parameter.build"
    attribute = "value"
    reason = "written by every plan"
    expires = 2026-12-31

An unknown key is an error: a mistyped ``prefix`` must not be ignored in the middle of an incident.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tfswap.command_line import on_command_line
from tfswap.errors import ConfigError

if TYPE_CHECKING:
    from tfswap.config_file import Allow

FILE_NAME = "tfswap.toml"


class Setting(NamedTuple):
    """A value and, in words, where it came from."""

    value: str
    origin: str


@dataclass(frozen=True)
class Config:
    """What the user told us; None or () means: find it out."""

    environment: Setting | None = None
    """From the flag, ``TFSWAP_ENVIRONMENT`` or ``tfswap.toml``, in that order."""
    tf_workspace: Setting | None = None
    """``TF_WORKSPACE``, which Terraform obeys above ``workspace select``."""
    workspace: str | None = None
    root_module: str | None = None
    """Relative to the repository's root."""
    tfvars: str | None = None
    env_var_files: tuple[str, ...] = ()
    """Those that ``TF_CLI_ARGS`` and ``TF_CLI_ARGS_plan`` name with ``-var-file``."""
    env_variables: Mapping[str, str] = field(default_factory=dict)
    """What the same set with ``-var``, by variable."""
    pointers: tuple[str, ...] = ()
    """RFC 6901 pointers of the leaves, in the order of the wanted names."""
    addresses: tuple[str, ...] = ()
    """Resource addresses of the tables, in the order of the wanted names."""
    pipelines: tuple[str, ...] = ()
    account: str | None = None
    region: str | None = None
    branch: str | None = None
    release: tuple[str, ...] = ()
    prefix: tuple[str, ...] | None = None
    """Words put before every terraform command; () where the user said: none (``--prefix ''``)."""
    terraform_bin: str | None = None
    role: Setting | None = None
    """The role Terraform's providers assume, handed over as ``TF_VAR_<role_variable>``."""
    role_variable: str = "default_role"
    default_branch: str | None = None
    pair: str | None = None
    """Who is at it, as people write it; goes into the journal and the incident record."""
    protect: bool = False
    """Whether ``run`` switches deletion protection on for both tables first."""
    variables: Mapping[str, str] = field(default_factory=dict)
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """argv of ``maintenance_on`` and ``maintenance_off``, run by ``tfswap swap``."""
    programs_of_file: tuple[str, ...] = ()
    """Those of ``prefix``, ``terraform_bin`` and ``hooks`` that ``tfswap.toml`` set."""
    allow: tuple[Allow, ...] = ()

    @property
    def role_is_explicit(self) -> bool:
        """Whether the role was said to tfswap, not merely exported by the shell for Terraform."""
        return self.role is not None and not self.role.origin.startswith("TF_VAR_")

    def without(self, keys: Iterable[str]) -> Config:
        """Return the settings with the defaults of some keys."""
        defaults = Config()
        return replace(self, **{key: getattr(defaults, key) for key in keys})

    def or_else(self, prefix: tuple[str, ...], terraform_bin: str, role: str) -> Config:
        """Return the settings with what an earlier command was told where nothing is set now.

        A role remembered from ``prepare --role`` wins over one the shell exports: the runbook's
        ``.envrc`` exports the everyday role all the time.
        """
        remembered = Setting(role, "tfswap prepare") if role else None
        return replace(
            self,
            prefix=prefix if self.prefix is None else self.prefix,
            terraform_bin=self.terraform_bin or terraform_bin or None,
            role=self.role if self.role_is_explicit else remembered or self.role,
        )

    def terraform_variables(self) -> dict[str, str]:
        """Return the ``TF_VAR_*`` to set for every terraform command."""
        chosen = {f"TF_VAR_{name}": value for name, value in self.variables.items()}
        if self.role is not None:
            chosen[f"TF_VAR_{self.role_variable}"] = self.role.value
        return chosen


@dataclass(frozen=True)
class Overrides:
    """What was typed on the command line, named as in ``Config``; None and () are: not typed."""

    environment: str | None = None
    workspace: str | None = None
    root_module: str | None = None
    tfvars: str | None = None
    pointers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    account: str | None = None
    region: str | None = None
    branch: str | None = None
    release: tuple[str, ...] = ()
    prefix: str | None = None
    terraform_bin: str | None = None
    role: str | None = None
    pair: str | None = None
    protect: bool | None = None

    def typed(self) -> dict[str, Any]:
        """Return what was typed, by field."""
        pairs = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: value for name, value in pairs if value not in (None, ())}


def load(
    repo: Path, overrides: Overrides = Overrides(), environ: Mapping[str, str] | None = None
) -> Config:
    """Merge what was typed, environment variables and ``tfswap.toml`` of ``repo``.

    Args:
        repo: The repository's root.
        overrides: What was typed.
        environ: Environment variables; ``os.environ`` when None.

    Raises:
        ConfigError: The file is no TOML, holds an unknown key, or a value of the wrong type.
    """
    from tfswap.config_file import read_config

    env = os.environ if environ is None else environ
    path = repo / FILE_NAME
    chosen: dict[str, Any] = read_config(path)
    origins = dict.fromkeys(chosen, FILE_NAME)
    for key, variable in _VARIABLES.items():
        if env.get(variable):
            chosen[key], origins[key] = env[variable], variable
    for key, value in overrides.typed().items():
        chosen[key], origins[key] = value, f"--{key.replace('_', '-')}"
    for key in ("environment", "role"):
        if key in chosen:
            chosen[key] = Setting(chosen[key], origins[key])
    chosen["told_var_files"], chosen["told_variables"] = on_command_line(env)
    if env.get("TF_WORKSPACE"):
        chosen["tf_workspace"] = Setting(env["TF_WORKSPACE"], "TF_WORKSPACE")
    if isinstance(chosen.get("prefix"), str):
        chosen["prefix"] = _split_words(chosen["prefix"], origins["prefix"])
    if "hooks" in chosen:
        chosen["hooks"] = {
            name: _split_words(line, f"{FILE_NAME}, [hooks] {name}")
            for name, line in chosen["hooks"].items()
        }
    _set_role_from_environment(chosen, env)
    for key, (shape, hint) in _SHAPES.items():
        if chosen.get(key) and not re.fullmatch(shape, chosen[key]):
            what = f"{chosen[key]!r} ({origins[key]})"
            raise ConfigError(f"{what} is not a valid AWS {key}.", hint=hint)
    programs = ("prefix", "terraform_bin", "hooks")
    chosen["programs_of_file"] = tuple(k for k in programs if origins.get(k) == FILE_NAME)
    known = {f.name for f in fields(Config)}
    return Config(**{key: value for key, value in chosen.items() if key in known})


_SHAPES = {
    "account": (r"\d{12}", "An account id has twelve digits, e.g. 123456789012."),
    "region": (r"[a-z]{2,}(-[a-z]+)+-\d{1,2}", "Write the region like eu-west-1."),
}
"""AWS General Reference, "Account identifiers", "Regional endpoints"."""

_VARIABLES = {
    "environment": "TFSWAP_ENVIRONMENT",
    "prefix": "TFSWAP_PREFIX",
    "terraform_bin": "TFSWAP_TERRAFORM_BIN",
    "role": "TFSWAP_ROLE",
    "pair": "TFSWAP_PAIR",
}


def _set_role_from_environment(chosen: dict[str, Any], env: Mapping[str, str]) -> None:
    """Carry a role that the shell already exports (the runbook's ``.envrc``) into the commands."""
    variable = f"TF_VAR_{chosen.get('role_variable', 'default_role')}"
    if "role" not in chosen and env.get(variable):
        chosen["role"] = Setting(env[variable], variable)


def _split_words(text: str, origin: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ConfigError(
            f"{text!r} ({origin}) cannot be parsed as a command: {error}.",
            hint="Quote it as for a shell, e.g. 'aws-vault exec identity --'.",
        ) from error
