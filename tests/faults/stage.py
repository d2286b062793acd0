"""A small repository on ``terraform_data``, whose state commands take milliseconds.

The production code runs as it is but for a few things: ``terraform_data`` has no ``name``, so its
id stands for it; the verifier would not know it, so the verdict on the (real) plan is READY; the
swap is written down rather than discovered, and no AWS is asked. Each case plays on a copy of its
own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tfswap.commands import prepare as preparing
from tfswap.commands.apply import apply
from tfswap.commands.rollback import rollback
from tfswap.commands.run import command as running
from tfswap.commands.run import rehearse as rehearsing
from tfswap.commands.verify_plan import plans
from tfswap.config import Overrides
from tfswap.console import Console
from tfswap.context import report_output
from tfswap.context import swap_discovery as discovering
from tfswap.context.command_context import CommandContext, open_context
from tfswap.context.report_output import TEXT_ONLY
from tfswap.demo import fixture
from tfswap.doctor import quick_checks
from tfswap.error_handler import handle_errors
from tfswap.plan.document import Plan
from tfswap.swap import NameSource, Swap, TableSwap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform import state_file as states
from tfswap.terraform.state_file import StateInstance
from tfswap.verify.model.report_data import Counts, Report, Verdict

ROOT = Path("terraform/environment")
TFVARS = ROOT / "terraform.tfvars.json"
OLD, NEW = "production-Lpas", "production-Lpas-20240715"
TABLE = "terraform_data.table"
PIPELINE, REPLICA = "terraform_data.pipeline[0]", "terraform_data.replica"

MAIN = """\
terraform {
  backend "local" {
    path          = "../../../backend/terraform.tfstate"
    workspace_dir = "../../../backend/states"
  }
}
variable "table_name" { type = string }
resource "terraform_data" "table" { input = "production-${var.table_name}" }
resource "terraform_data" "pipeline" {
  count = 1
  input = "table/production-${var.table_name}"
}
resource "terraform_data" "replica" { input = "table/production-${var.table_name}" }
resource "terraform_data" "consumer" { input = "reads production-${var.table_name}" }
resource "terraform_data" "bystander" {
  count = 4
  input = "stays"
}
output "bystander" { value = terraform_data.bystander[0].id }
"""

SWAP = Swap(
    environment="production",
    environment_origin="a test",
    workspace="production",
    root_module=str(ROOT),
    account="123456789012",
    partition="aws",
    branch=f"restore/{NEW}",
    tables=(
        TableSwap(
            address=TABLE,
            base="Lpas",
            leaf=NameSource(str(TFVARS), "/table_name", 2, 17, "Lpas"),
            new_value="Lpas-20240715",
            old_name=OLD,
            new_name=NEW,
            region="eu-west-1",
            pipelines=(PIPELINE,),
        ),
    ),
    release=(REPLICA,),
)

Act = Callable[[CommandContext], int]

ACTS: Mapping[str, Act] = {
    "prepare": lambda context: preparing.prepare(context, ["Lpas-20240715"], offline=True),
    "run": lambda context: running.run(context, yes=True, rehearse_only=False),
    "run, asked": lambda context: running.run(context, yes=False, rehearse_only=False),
    "rehearse": lambda context: running.run(context, yes=False, rehearse_only=True),
    "direct": lambda context: running.run_direct(context, yes=True),
    "verify-plan": lambda context: plans.verify_own_plan(context, output=TEXT_ONLY),
    "apply": lambda context: apply(context, yes=True),
    "rollback": lambda context: rollback(context, yes=True),
    "rollback --dry-run": lambda context: rollback(context, yes=False, dry_run=True),
}


def named(address: str, attributes: Mapping[str, Any], *more: Any) -> StateInstance:
    """``terraform_data`` has no ``name``: its id stands for it."""
    return StateInstance(address, {**attributes, "name": attributes.get("id")}, *more)


def replaced(module: Any, name: str, value: Any) -> None:
    """Put a value in the place of a public name that is there."""
    assert not name.startswith("_")
    assert hasattr(module, name), f"{module} has no {name} any more: what is replaced now?"
    setattr(module, name, value)


def judged(plan: Plan, *_: Any, **__: Any) -> Report:
    """The verifier knows no ``terraform_data``: changes are the swap's, none means applied."""
    busy = bool(plan.changes.busy)
    verdict = Verdict.READY if busy else Verdict.APPLIED
    return Report(verdict, verdict.value, (), (), (), (), Counts())


def set_the_stage() -> None:
    """Put ``terraform_data`` in the table's place; for a process that plays and then ends."""
    replaced(states, "StateInstance", named)
    replaced(discovering, "discovered", lambda *_: SWAP)
    ready = SimpleNamespace(verdict=Verdict.READY, counts=Counts())
    replaced(rehearsing, "verify", lambda *_, **__: ready)
    replaced(plans, "verify", judged)
    replaced(report_output, "render_all", lambda *_, **__: "READY")
    # It asks AWS for account and tables; there is no AWS here.
    replaced(quick_checks, "quick_checks", lambda *_: [])


@dataclass(frozen=True)
class Stage:
    """One copy: ``repo`` and ``backend`` side by side."""

    folder: Path

    @property
    def repo(self) -> Path:
        return self.folder / "repo"

    @property
    def backend(self) -> Path:
        return self.folder / "backend"

    @property
    def state_file(self) -> Path:
        return self.backend / "states" / "production" / "terraform.tfstate"

    @property
    def directory(self) -> SwapDirectory:
        return SwapDirectory(self.repo)

    def fork(self, folder: Path) -> Stage:
        shutil.copytree(self.folder, folder, symlinks=True)
        return Stage(folder)

    def act(self, name: str) -> int:
        """Play a command in this very process, as the command line would."""
        os.chdir(self.repo)
        console = Console()
        return handle_errors(
            console, lambda: ACTS[name](open_context(self.repo, Overrides(), console))
        )

    def terraform(self, *words: str) -> bytes:
        env = {**os.environ, "TF_WORKSPACE": "production"}
        argv = ["terraform", f"-chdir={self.repo / ROOT}", *words]
        return subprocess.run(argv, env=env, check=True, capture_output=True).stdout

    def ending(self) -> dict[str, Any]:
        """Everything that must be the same, however often the command was interrupted."""
        document = json.loads(self.state_file.read_bytes())
        parsed = states.parse(self.state_file.read_bytes())
        return {
            "state": {address: each.raw for address, each in parsed.instances.items()},
            "outputs": document["outputs"],
            "lineage": parsed.lineage,
            "serial": parsed.serial,
            **self.tree(),
        }

    def tree(self) -> dict[str, Any]:
        """The user's tree and branches, and what lies in ``.tfswap/``."""
        return {
            "files": {
                str(path.relative_to(self.repo)): path.read_bytes()
                for path in sorted(self.repo.rglob("*"))
                if path.is_file() and not _tools(path.relative_to(self.repo))
            },
            "head": (self.repo / ".git" / "HEAD").read_text(),
            "branches": fixture.git(self.repo, "branch", "--list"),
            "status": fixture.git(self.repo, "status", "--porcelain"),
            "kept": sorted(
                path.name
                for path in self.directory.folder.glob("*")
                if path.name not in _MAY_DIFFER and not path.match("state-*.tfstate")
            ),
        }


_MAY_DIFFER = {"children.jsonl", "terraform.log", "baseline.json", "baseline-facts.json"}
"""With the backups of the state: an interrupted command leaves one more, never one less. A baseline
plan may fail, and stops nothing."""


def _tools(path: Path) -> bool:
    """Git's, Terraform's and tfswap's own files; ``state rm`` writes backups on a local backend."""
    own = {".git", ".terraform", ".tfswap"}
    return bool(own & set(path.parts)) or path.match("terraform.tfstate.*.backup")


def build(folder: Path) -> Stage:
    """Apply the small world once; nothing is prepared yet."""
    stage = Stage(folder)
    (stage.repo / ROOT).mkdir(parents=True)
    stage.backend.mkdir()
    # Where `state rm` keeps its backup, whatever the backend's own paths are.
    (stage.repo / ROOT / "terraform.tfstate.d" / "production").mkdir(parents=True)
    (stage.repo / ROOT / "main.tf").write_text(MAIN)
    (stage.repo / TFVARS).write_text('{\n  "table_name": "Lpas"\n}\n')
    (stage.repo / ".gitignore").write_text(".terraform\n*.backup\n")
    fixture.git(stage.repo, "init", "--quiet", "--initial-branch=main")
    fixture.git(stage.repo, "config", "user.name", "Test")
    fixture.git(stage.repo, "config", "user.email", "test@example.org")
    fixture.commit(stage.repo, "Begin")
    root = f"-chdir={stage.repo / ROOT}"
    for words in (("init",), ("workspace", "new", "production")):
        subprocess.run(["terraform", root, *words], check=True, capture_output=True)
    # By the way of an import, so that the table's id is its name.
    stage.terraform("apply", "-auto-approve")
    stage.terraform("state", "rm", TABLE)
    stage.terraform("import", TABLE, OLD)
    return stage
