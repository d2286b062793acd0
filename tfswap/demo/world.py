"""A small world to swap tables in: stand-in AWS, a git repo, an applied environment.

`tfswap demo` and the end-to-end tests build it once; `World.fork` copies it in about a
second, with its own server, its own repo and thus its own Terraform state.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfswap.demo import fixture, server, tables
from tfswap.demo.account import furnish
from tfswap.demo.plugins import find_plugin_dir
from tfswap.errors import TfswapError

ENVIRONMENT = "production"
"""The environment, and workspace, that is applied."""

CONTAINER_VERSION = "v1.48.0"
"""The image tag in service; a plan without it wants to move to `latest`."""

_OWNED = ("AWS_", "TF_")
_KEPT = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")


class WorldError(TfswapError):
    """Terraform failed while the world was being built."""


@dataclass(frozen=True)
class World:
    """A repo, the stand-in it talks to, and the environment variables that join the two."""

    folder: Path
    """Holds all of it: `repo`, `origin.git`, `standin.log`."""
    server: server.Server
    """The stand-in AWS."""
    env: Mapping[str, str]
    """The whole environment for child processes (Terraform, git, tfswap)."""

    @property
    def repo(self) -> Path:
        """The git repo's top folder."""
        return self.folder / "repo"

    @property
    def root(self) -> Path:
        """The root module."""
        return self.repo / fixture.ROOT_MODULE

    @property
    def tfvars(self) -> Path:
        """The settings file whose one string a swap changes."""
        return self.root / "terraform.tfvars.json"

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        """A boto3 client on the stand-in, in production's account."""
        return client_factory(self.server.endpoint)(service, region)

    def terraform(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Terraform in the root module. Raises WorldError on failure unless `check` is off."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.root,
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise WorldError(f"terraform {arguments[0]} failed:\n{done.stderr.strip() or done.stdout.strip()}")
        return done

    def restore(self, base_name: str, date: str) -> str:
        """Restore the table in service under `base_name` as of `date`; returns the physical name."""
        source = f"{ENVIRONMENT}-{base_name}"
        target = f"{source}-{date}"
        tables.restore(self.client("dynamodb"), source, target)
        return target

    def fork(self, folder: Path) -> World:
        """A copy of this world in `folder`, sharing nothing that either may change."""
        copied = self.server.fork()
        folder.mkdir(parents=True, exist_ok=True)
        _copy_repo(self.repo, folder / "repo")
        if (self.folder / "origin.git").exists():
            fixture.add_origin(folder / "repo", folder / "origin.git")
        return World(folder, copied, child_env(copied.endpoint))

    def close(self) -> None:
        """Stop the stand-in; the files stay."""
        self.server.stop()


def client_factory(endpoint: str) -> Callable[..., Any]:
    """`(service, region, credentials)` to a boto3 client on `endpoint`, whatever the user's own settings."""
    import boto3
    from botocore.config import Config

    def client(service: str, region: str = "eu-west-1", credentials: Mapping[str, str] | None = None) -> Any:
        keys = credentials or {"AccessKeyId": "testing", "SecretAccessKey": "testing"}
        session = boto3.session.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            region_name=region,
        )
        config = Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 2})
        return session.client(service, endpoint_url=endpoint, config=config)

    return client


def child_env(endpoint: str) -> dict[str, str]:
    """The environment of child processes: the stand-in, fake credentials, no setting of the user's own."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or not name.startswith(_OWNED)
    }
    config = env.get("TF_CLI_CONFIG_FILE")
    if config and not Path(config).is_file():
        # Terraform would warn about it on every call.
        del env["TF_CLI_CONFIG_FILE"]
    return {**env, **_aws_env(endpoint), **_terraform_env()}


def _aws_env(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # An API the stand-in lacks would otherwise be tried for minutes.
        "AWS_MAX_ATTEMPTS": "3",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _terraform_env() -> dict[str, str]:
    plugins = find_plugin_dir()
    env = {
        "CHECKPOINT_DISABLE": "1",
        "TF_VAR_default_role": "breakglass",
        "TF_VAR_container_version": CONTAINER_VERSION,
    }
    if plugins is not None:
        env["TF_CLI_ARGS_init"] = shlex.quote(f"-plugin-dir={plugins}")
    return env


def build(folder: Path, *, origin: bool = True, say: Callable[[str], None] = lambda _: None) -> World:
    """Build a world in `folder` and apply its production environment.

    `say` gets a line before each long step. Raises WorldError when Terraform fails and
    StandInError when the stand-in does not start; the stand-in is stopped either way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    say("starting the stand-in AWS")
    running = server.start(folder / "standin.log")
    world = World(folder, running, child_env(running.endpoint))
    try:
        furnish(client_factory(running.endpoint))
        fixture.make_repo(world.repo)
        say("terraform init, workspace new production")
        world.terraform("init", "-input=false", "-no-color")
        # As in a real repo, the lock file is kept; it differs by platform, so it is made here.
        fixture.commit(world.repo, "Lock the provider's version")
        if origin:
            fixture.add_origin(world.repo, folder / "origin.git")
        world.terraform("workspace", "new", "-no-color", ENVIRONMENT)
        say("terraform apply")
        world.terraform("apply", "-auto-approve", "-input=false", "-no-color")
        tables.fill(world.client("dynamodb"), f"{ENVIRONMENT}-Lpas")
    except BaseException:
        world.close()
        raise
    return world


def _copy_repo(source: Path, target: Path) -> None:
    """Copy the repo with what init fetched; the providers are linked, they are large and never change."""
    providers = fixture.ROOT_MODULE / ".terraform" / "providers"

    def ignored(folder: str, names: list[str]) -> set[str]:
        return {"providers"} & set(names) if Path(folder) == (source / providers).parent else set()

    shutil.copytree(source, target, symlinks=True, ignore=ignored)
    if (source / providers).exists():
        (target / providers).symlink_to(source / providers, target_is_directory=True)
