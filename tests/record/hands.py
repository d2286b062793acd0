"""What a person at a terminal does in a world: the runbook's commands, and edits of the repo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tfswap.demo.world import World

TABLE = "aws_dynamodb_table.lpas_table"
SESSIONS = "aws_dynamodb_table.sessions_table"
PIPELINE = "aws_osis_pipeline.lpas_stream[0]"
OLD, NEW = "production-Lpas", "production-Lpas-20240715"
DATED = "Lpas-20240715"
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/"

_QUIET = ("-input=false", "-no-color")


@dataclass
class Hands:
    """One person in one world; `plan` is what they do last."""

    world: World
    options: tuple[str, ...] = ()
    """Further words for `terraform plan`."""

    def restore(self, base: str = "Lpas", date: str = "20240715") -> None:
        """Restore a backup of `production-<base>` in AWS."""
        self.world.restore(base, date)

    def state_rm(self, *addresses: str) -> None:
        """Take resources out of the state; in AWS they stay."""
        self.world.terraform("state", "rm", *(addresses or (TABLE,)))

    def import_(self, identity: str = NEW, address: str = TABLE) -> None:
        """Import what exists in AWS."""
        self.world.terraform("import", *_QUIET, address, identity)

    def taint(self, address: str = PIPELINE) -> None:
        """Mark a resource to be recreated."""
        self.world.terraform("taint", address)

    def tfvars(self, key: str, value: str, environment: str = "production") -> None:
        """Give the first `key` of an environment's settings another JSON value."""
        text = self.world.tfvars.read_text()
        start = text.index(f'"{environment}": {{')
        found = re.compile(rf'("{key}"\s*:\s*)("[^"]*"|[\w.]+)').search(text, start)
        assert found is not None, key
        self.world.tfvars.write_text(text[: found.start(2)] + value + text[found.end(2) :])

    def name_table(self, name: str = DATED, key: str = "lpas_table_name") -> None:
        """Edit the table's name in production's tfvars."""
        self.tfvars(key, f'"{name}"')

    def code(self, file: str, old: str, new: str) -> None:
        """Replace one piece of the root module's code, which must be there exactly once."""
        path = self.world.root / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} has {text.count(old)} times: {old}"
        path.write_text(text.replace(old, new))

    def add_code(self, text: str, file: str = "more.tf") -> None:
        """Add blocks to the root module."""
        with (self.world.root / file).open("a") as stream:
            stream.write(text)

    def drop_code(self, file: str = "more.tf") -> None:
        """Delete a file of the root module."""
        (self.world.root / file).unlink()

    def apply(self, *options: str) -> None:
        """Apply the root module without asking."""
        self.world.terraform("apply", *_QUIET, "-auto-approve", *options)

    def merge_and_apply(self, text: str, *targets: str) -> None:
        """Add blocks to the root module and apply just them, as if they had long been there."""
        self.add_code(text)
        self.apply(*(f"-target={target}" for target in targets))

    def unset(self, name: str) -> None:
        """Forget an environment variable."""
        env = {key: value for key, value in self.world.env.items() if key != name}
        self.world = replace(self.world, env=env)

    def set(self, name: str, value: str) -> None:
        """Set an environment variable."""
        self.world = replace(self.world, env={**self.world.env, name: value})

    def plan_with(self, *options: str) -> None:
        """Give `terraform plan` further words."""
        self.options += options

    def state_steps(self) -> None:
        """The runbook's state rm and import, by name."""
        self.state_rm()
        self.import_()

    def swap(self) -> None:
        """The runbook's section "Bring restored table into service", up to its plan."""
        self.restore()
        self.name_table()
        self.state_steps()
        self.taint()

    @contextmanager
    def state(self) -> Iterator[dict[str, Any]]:
        """The state as a document to change; it is pushed back with the next serial."""
        document = json.loads(self.world.terraform("state", "pull").out)
        yield document
        document["serial"] += 1
        path = self.world.folder / "changed.tfstate"
        path.write_text(json.dumps(document))
        self.world.terraform("state", "push", str(path))

    def plan(self) -> tuple[int, bytes]:
        """Plan, whatever comes of it: Terraform's exit code and the saved plan as JSON."""
        saved = self.world.folder / "recorded.tfplan"
        done = self.world.terraform(
            *("plan", *_QUIET, "-detailed-exitcode", f"-out={saved}", *self.options), check=False
        )
        assert saved.exists(), done.text
        return done.code, self.world.terraform("show", "-json", str(saved)).out
