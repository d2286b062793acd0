"""Tables in two revisions of small repositories: renamed wherever the name is written, or lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfswap.config import Config
from tfswap.git.file_change import FileChange
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.project import Project
from tfswap.review.branch_tables import BranchTables, Compared, made_again

BACKEND = 'terraform {\n  backend "s3" {}\n}\n'
TABLE = 'resource "aws_dynamodb_table" "carts" {\n  name = %s\n}\n'
OLD, NEW = "prod-Carts", "prod-Carts-20240715"
Files = dict[str, str]


def compare(folder: Path, before: Files, after: Files) -> Compared:
    """Lay two revisions out and compare their tables; every file counts as changed."""
    projects = []
    for name, files in (("base", before), ("head", after)):
        for path, text in files.items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        projects.append(Project(folder / name, ParseCache(None)))
    changes = [
        FileChange(path if path in before else None, path if path in after else None)
        for path in dict.fromkeys((*before, *after))
        if before.get(path) != after.get(path)
    ]
    return BranchTables(*projects, Config(), {}, changes).compare(())


def swapped(files: Files, old: str = "Carts", new: str = "Carts-20240715") -> Files:
    return {path: text.replace(f'{old}"', f'{new}"') for path, text in files.items()}


SHAPES: dict[str, Files] = {
    "literal": {"main.tf": BACKEND + TABLE % '"prod-Carts"'},
    "variable default": {
        "main.tf": BACKEND + 'variable "n" {\n  default = "prod-Carts"\n}\n' + TABLE % "var.n"
    },
    "local map": {
        "main.tf": BACKEND
        + 'locals {\n  tables = { carts = "prod-Carts" }\n}\n'
        + TABLE % "local.tables.carts"
    },
    "hcl tfvars": {
        "main.tf": BACKEND + 'variable "n" {}\n' + TABLE % "var.n",
        "terraform.tfvars": 'n = "prod-Carts"\n',
    },
    "auto tfvars": {
        "main.tf": BACKEND + 'variable "n" {}\n' + TABLE % "var.n",
        "x.auto.tfvars": 'n = "prod-Carts"\n',
    },
    "var-file": {
        "main.tf": BACKEND + 'variable "n" {}\n' + TABLE % "var.n",
        "prod.tfvars": 'n = "prod-Carts"\n',
    },
    "json tfvars": {
        "main.tf": BACKEND + 'variable "n" {}\n' + TABLE % "var.n",
        "terraform.tfvars.json": '{"n": "prod-Carts"}\n',
    },
    "module argument": {
        "main.tf": BACKEND + 'module "t" {\n  source = "./t"\n  n = "prod-Carts"\n}\n',
        "t/main.tf": 'variable "n" {}\n' + TABLE % "var.n",
    },
    "registry module": {
        "main.tf": BACKEND
        + TABLE.replace("carts", "other") % '"Other"'
        + 'module "t" {\n  source = "terraform-aws-modules/dynamodb-table/aws"\n'
        '  name = "prod-Carts"\n}\n'
    },
    "var-file of another folder": {
        "tf/main.tf": BACKEND + 'variable "n" {}\n' + TABLE % "var.n",
        "env/prod/terraform.tfvars": 'n = "prod-Carts"\n',
    },
    "terraform json": {
        "main.tf.json": '{"terraform": {"backend": {"s3": {}}}, "resource": '
        '{"aws_dynamodb_table": {"carts": {"name": "prod-Carts"}}}}'
    },
    "terragrunt inputs": {
        "live/main.tf": 'variable "n" {}\n' + TABLE % "var.n",
        "live/terragrunt.hcl": 'inputs = {\n  n = "prod-Carts"\n}\n',
    },
    "for_each": {
        "main.tf": BACKEND
        + 'resource "aws_dynamodb_table" "t" {\n  for_each = { a = "prod-Carts", b = "B" }\n'
        "  name = each.value\n}\n"
    },
    "folder per environment": {
        "envs/prod/main.tf": BACKEND
        + 'module "t" {\n  source = "../../t"\n  n = "prod-Carts"\n}\n',
        "envs/dev/main.tf": BACKEND + 'module "t" {\n  source = "../../t"\n  n = "dev-Carts2"\n}\n',
        "t/main.tf": 'variable "n" {}\n' + TABLE % "var.n",
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_rename_is_seen_wherever_the_name_is_written(tmp_path: Path, shape: str) -> None:
    before = SHAPES[shape]
    done = compare(tmp_path, before, swapped(before))
    assert (done.losses, done.doubtful) == ((), [])
    (table,) = done.tables
    assert (table.old_name, table.new_name) == (OLD, NEW)
    changed = next(path for path, text in before.items() if text != swapped(before)[path])
    line = next(n for n, text in enumerate(before[changed].split("\n"), 1) if 'Carts"' in text)
    assert (table.edit.file, table.edit.line) == (changed, line)
    assert (table.edit.old, table.edit.new) == ("prod-Carts", "prod-Carts-20240715")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_names_are_no_change(tmp_path: Path, shape: str) -> None:
    before = SHAPES[shape]
    done = compare(tmp_path, before, {path: f"{text}\n" for path, text in before.items()})
    assert (done.tables, done.losses, done.doubtful) == ([], (), [])


ONE = BACKEND + TABLE % '"prod-Carts"'
OTHER = ONE.replace('"carts"', '"baskets"')
MOVED = "moved {\n  from = aws_dynamodb_table.carts\n  to   = aws_dynamodb_table.baskets\n}\n"
REMOVED = "removed {\n  from = aws_dynamodb_table.carts\n  lifecycle {\n    destroy = %s\n  }\n}\n"


@pytest.mark.parametrize(
    ("after", "words", "is_destroyed"),
    [
        (BACKEND, "is removed from the configuration", True),
        (OTHER, "moves to aws_dynamodb_table.baskets without a moved block", True),
        (BACKEND + REMOVED % "false", "keeps it in AWS", False),
        (BACKEND + REMOVED % "true", "is removed from the configuration", True),
        (ONE.replace("  name", "  count = 0\n  name"), "is removed from the configuration", True),
    ],
)
def test_a_table_whose_address_is_gone_is_lost(
    tmp_path: Path, after: str, words: str, *, is_destroyed: bool
) -> None:
    done = compare(tmp_path, {"main.tf": ONE}, {"main.tf": after})
    (loss,) = done.losses
    assert (loss.address, loss.name) == ("aws_dynamodb_table.carts", OLD)
    assert words in loss.what
    assert loss.is_destroyed is is_destroyed


def test_a_moved_table_is_no_loss_and_may_be_renamed_too(tmp_path: Path) -> None:
    done = compare(tmp_path, {"main.tf": ONE}, {"main.tf": OTHER + MOVED})
    assert (done.tables, done.losses) == ([], ())
    renamed = swapped({"main.tf": OTHER + MOVED})
    done = compare(tmp_path / "two", {"main.tf": ONE}, renamed)
    assert [(t.old_name, t.new_name) for t in done.tables] == [(OLD, NEW)]


def test_a_module_that_moves_takes_its_tables_along(tmp_path: Path) -> None:
    before = SHAPES["module argument"]
    after = {**before, "main.tf": before["main.tf"].replace('"t"', '"u"')}
    assert len(compare(tmp_path, before, after).losses) == 1
    after["main.tf"] += "moved {\n  from = module.t\n  to = module.u\n}\n"
    assert compare(tmp_path / "two", before, after).losses == ()


def test_a_move_within_a_module_is_no_loss(tmp_path: Path) -> None:
    before = SHAPES["module argument"]
    before = {**before, "main.tf": before["main.tf"].replace("  n =", "  count = 2\n  n =")}
    after = {**before, "t/main.tf": before["t/main.tf"].replace('"carts"', '"baskets"')}
    assert len(compare(tmp_path, before, after).losses) == 2
    after["t/main.tf"] += MOVED
    assert compare(tmp_path / "two", before, after).losses == ()
    after["t/main.tf"] = 'variable "n" {}\n' + REMOVED % "false"
    losses = compare(tmp_path / "three", before, after).losses
    assert [loss.is_destroyed for loss in losses] == [False, False]


@pytest.mark.parametrize("back", [False, True])
def test_a_count_that_comes_or_goes_moves_the_table(tmp_path: Path, *, back: bool) -> None:
    versions = [{"main.tf": ONE}, {"main.tf": ONE.replace("  name", "  count = 1\n  name")}]
    done = compare(tmp_path, *(reversed(versions) if back else versions))
    assert (done.tables, done.losses) == ([], ())


def test_a_name_known_in_part_is_not_taken_for_told(tmp_path: Path) -> None:
    before = BACKEND + TABLE % '"${data.aws_x.y.z}-Carts"'
    after = BACKEND + TABLE % '"${data.aws_x.y.z}-Carts-20240715"'
    done = compare(tmp_path, {"main.tf": before}, {"main.tf": after})
    assert (done.tables, len(done.doubtful)) == ([], 1)


def test_names_made_again_are_found_in_the_newer_revision(tmp_path: Path) -> None:
    code = ONE + 'locals {\n  e = "prod"\n  again = "${local.e}-Carts"\n  spelt = "x"\n}\n'
    after = code.replace('"prod-Carts"', '"prod-Carts-20240715"')
    done = compare(tmp_path, {"main.tf": code}, {"main.tf": after})
    project = Project(tmp_path / "head", ParseCache(None))
    found, evaluated = made_again(project, done.tables, Config(), {})
    assert [(m.file, m.line, m.name, m.made_for) for m in found] == [
        ("main.tf", 9, OLD, "local.again")
    ]
    assert evaluated == {"main.tf"}
