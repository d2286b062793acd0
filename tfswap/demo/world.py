"""A small world to swap tables in: stand-in AWS, a git repo, an applied environment.

`tfswap demo` and the end-to-end tests build it once; `World.fork` copies it at once, with
its own server, hence its own Terraform state, and its own repo.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tfswap.demo import fixture, server, tables
from tfswap.demo.demo_env import child_env, client_factory
from tfswap.demo.seed import seed_account
from tfswap.errors import TerraformError
from tfswap.terraform.command_runner import CommandRunner, Result

ENVIRONMENT = "production"
"""The environment, and workspace, that is applied."""

_AUTOMATED = ("-input=false", "-no-color")
_NO_PROVIDER = (
    "Terraform needs the network to fetch the AWS provider, or TFSWAP_PLUGIN_DIR set to a folder "
    "that holds registry.terraform.io/hashicorp/aws."
)


class WorldError(TerraformError):
    """Terraform failed in the world; `details` holds the end of what it said."""


@dataclass(frozen=True)
class World:
    """A repo, the stand-in it talks to, and the environment variables that join the two."""

    folder: Path
    """Holds all of it: `repo`, `origin.git`, `standin.log`."""
    server: server.Server
    """The stand-in AWS."""
    env: Mapping[str, str]
    """The whole environment for child processes (Terraform, git, tfswap)."""
    progress: Callable[[str], None] | None = None
    """Told what a Terraform of the world waits for."""

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

    def terraform(self, *arguments: str, check: bool = True) -> Result:
        """Run Terraform in the root module. Raises WorldError on failure unless `check` is off."""
        done = CommandRunner(env=self.env, progress=self.progress).run(
            ("terraform", *arguments), self.root
        )
        if check and done.code:
            raise WorldError(
                f"terraform {arguments[0]} failed in {self.root} (exit {done.code}).",
                hint=_NO_PROVIDER if arguments[0] == "init" else "",
                details=done.tail(),
            )
        return done

    def tfswap(self, *arguments: str) -> Result:
        """Run this very tfswap in the repo, as a user would; any exit code is returned."""
        return CommandRunner(env=self.env).run(
            (sys.executable, "-m", "tfswap", *arguments), self.repo
        )

    def plan(self, *arguments: str) -> int:
        """Plan the root module; returns Terraform's detailed exit code: 0 empty, 2 changes.

        Raises WorldError when the plan fails.
        """
        done = self.terraform("plan", *_AUTOMATED, "-detailed-exitcode", *arguments, check=False)
        if done.code not in (0, 2):
            raise WorldError(f"terraform plan failed in {self.root}.", details=done.tail())
        return done.code

    def restore(self, base_name: str, date: str) -> str:
        """Restore a backup of `production-<base_name>`; returns the restored table's name."""
        source = f"{ENVIRONMENT}-{base_name}"
        target = f"{source}-{date}"
        tables.restore(self.client("dynamodb"), source, target)
        return target

    def fork(self, folder: Path) -> World:
        """A copy of this world in `folder`, sharing nothing that either may change."""
        copied = self.server.fork()
        folder.mkdir(parents=True, exist_ok=True)
        _copy_repo(self.repo, folder / "repo")
        origin = self.folder / "origin.git"
        if origin.exists():
            shutil.copytree(origin, folder / "origin.git")
            fixture.git(folder / "repo", "remote", "set-url", "origin", str(folder / "origin.git"))
        return World(folder, copied, child_env(copied.endpoint))

    def close(self) -> None:
        """Stop the stand-in; the files stay."""
        self.server.stop()


def build(
    folder: Path,
    *,
    origin: bool = True,
    detached: bool = False,
    step: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
    progress: Callable[[str], None] | None = None,
) -> World:
    """Build a world in `folder` and apply its production environment.

    With `origin` the repo follows a bare one; with `stay` the stand-in outlives this process;
    each long part runs within `step`, and `progress` is told what it waits for. Raises WorldError
    when Terraform fails and StandInError when the stand-in does not start; the stand-in is stopped
    in either case.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with step("start the stand-in AWS"):
        running = server.start(folder / "standin.log", detached=detached)
    world = World(folder, running, child_env(running.endpoint), progress)
    try:
        seed_account(client_factory(running.endpoint))
        _initialise(world, step)
        if origin:
            fixture.add_origin(world.repo, folder / "origin.git")
        with step(f"terraform apply: the {ENVIRONMENT} environment"):
            world.terraform("apply", *_AUTOMATED, "-auto-approve")
        _fill(world)
    except BaseException:
        world.close()
        raise
    return world


def _fill(world: World) -> None:
    """Put records into the table, and two nights' backups of it into the vault."""
    dynamodb, name = world.client("dynamodb"), f"{ENVIRONMENT}-Lpas"
    tables.fill(dynamodb, name)
    arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    vault = f"eu-west-1-{ENVIRONMENT}-backup-vault"
    tables.back_up(world.client("backup"), arn, vault, timedelta(hours=33), timedelta(hours=9))


def _initialise(world: World, step: Callable[[str], AbstractContextManager[None]]) -> None:
    fixture.make_repo(world.repo)
    with step("terraform init, which fetches the AWS provider where it is not there yet"):
        world.terraform("init", *_AUTOMATED)
    # As in a real repo the lock file is kept; it differs by platform, so it is made here.
    fixture.commit(world.repo, "Lock the provider's version")
    world.terraform("workspace", "new", "-no-color", ENVIRONMENT)


def _copy_repo(source: Path, target: Path) -> None:
    """Copy the repo with what init fetched, and link the providers: large, and never changed."""
    providers = fixture.ROOT_MODULE / ".terraform" / "providers"

    def ignored(folder: str, names: list[str]) -> set[str]:
        return {"providers"} & set(names) if Path(folder) == (source / providers).parent else set()

    shutil.copytree(source, target, symlinks=True, ignore=ignored)
    if (source / providers).exists():
        (target / providers).symlink_to(source / providers, target_is_directory=True)
