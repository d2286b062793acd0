"""Names that are made a second time: found where they are made, whatever makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfswap.config import Config
from tfswap.discovery.discover import discover
from tfswap.discovery.stale_names import RootInputs, Stale, StaleName, find_stale
from tfswap.edit import tfvars
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.project import Project

TFVARS = """{ "environments": {
  "production": { "tables": { "carts": "Carts" } },
  "preproduction": { "tables": { "carts": "Carts" } } } }
"""
MAIN = """terraform {
  backend "s3" {}
}
variable "environments" {
  type = any
}
locals {
  env         = terraform.workspace
  environment = var.environments[local.env]
}
resource "aws_dynamodb_table" "carts" {
  name = "${local.env}-${local.environment.tables.carts}"
}
"""
NO_CACHE = ParseCache(None)


def stale(folder: Path, files: dict[str, str], main: str = MAIN, values: str = TFVARS) -> Stale:
    """Lay a small repository out and search it as it reads after a swap of its table."""
    for name, text in {"main.tf": main, "terraform.tfvars.json": values, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    swap = discover(folder, ["Carts-20240715"], Config(root_module="."), cache=NO_CACHE)
    leaf = swap.tables[0].leaf
    data = (folder / leaf.file).read_bytes()
    edited = {leaf.file: tfvars.splice(data, leaf.pointer, leaf.value, "Carts-20240715")}
    return find_stale(Project(folder, NO_CACHE, edited), swap, RootInputs(None, {}))


def places(found: Stale) -> list[tuple[str, int]]:
    assert found.unread == ()
    return [(name.file, name.line) for name in found.names]


LAMBDA = """resource "aws_lambda_function" "receiver" {
  environment {
    variables = {
      A = "plain"
      T = %s
    }
  }
}
"""


@pytest.mark.parametrize(
    "expression",
    [
        '"production-Carts"',
        '"${local.env}-Carts"',
        '"${terraform.workspace}-Carts"',
        'format("%s-%s", local.env, "Carts")',
        'join("-", [local.env, "Carts"])',
        'replace("ENV-Carts", "ENV", local.env)',
        'jsonencode({ table = "${local.env}-Carts" })',
        'base64encode("${local.env}-Carts")',
        'local.env == "production" ? "${local.env}-Carts" : ""',
        'aws_kms_key.k.arn == "x" ? "none" : "${local.env}-Carts"',
        'try(var.environments.nothing, "${local.env}-Carts")',
        '[for t in ["Carts", "Other"] : "${local.env}-${t}"][0]',
        '{ for t in ["Carts"] : t => "${local.env}-${t}" }["Carts"]',
        '"arn:aws:dynamodb:eu-west-1:${data.aws_caller_identity.me.account_id}'
        ':table/${local.env}-Carts"',
        '"${aws_kms_key.k.arn}:table/${local.env}-Carts/index/*"',
        '"${local.env}${"-Carts"}"',
    ],
)
def test_a_function_is_told_a_name_made_of_parts(tmp_path: Path, expression: str) -> None:
    found = stale(tmp_path, {"lambda.tf": LAMBDA % expression})
    assert places(found) == [("lambda.tf", 5)]
    name = found.names[0]
    assert name.name == "production-Carts"
    assert name.address == "aws_lambda_function.receiver"
    assert name.key.startswith("environment.variables.T")


@pytest.mark.parametrize(
    "expression",
    [
        "aws_dynamodb_table.carts.name",
        '"${local.env}-${local.environment.tables.carts}"',
        '"${local.env}-Carts-archive"',
        '"pre${local.env}-Carts"',
        '"production-Carts${local.suffix}"',
        'local.env == "development" ? "production-Carts" : ""',
        'upper("${local.env}-Carts")',
        '"lambda/${local.env}-Carts/handler.zip"',
        '"${aws_kms_key.k.arn}production-Carts"',
    ],
)
def test_what_is_no_such_name(tmp_path: Path, expression: str) -> None:
    more = LAMBDA % expression + 'locals {\n  suffix = "-20240101"\n}\n'
    assert places(stale(tmp_path, {"lambda.tf": more})) == []


def test_a_local_is_named_where_it_is_made_not_where_it_is_used(tmp_path: Path) -> None:
    code = 'locals {\n  other = 1\n  carts = "${local.env}-Carts"\n}\n' + LAMBDA % "local.carts"
    found = stale(tmp_path, {"lambda.tf": code})
    assert places(found) == [("lambda.tf", 3)]
    assert found.names[0].address == "local.carts"


def test_a_template_is_named_line_by_line(tmp_path: Path) -> None:
    code = """resource "aws_cloudwatch_dashboard" "watch" {
  dashboard_body = templatefile("${path.module}/dashboard.tftpl", {
    env = local.env, lb = aws_lb.main.arn, table = aws_dynamodb_table.carts.name
  })
}
"""
    template = (
        '{"lb": "${lb}",\n "a": ["TableName", "${env}-Carts"],\n "t": "${table}",\n'
        '%{ for n in ["x", "y"] ~}\n "${n}": "${env}-Carts",\n%{ endfor ~}\n "z": "${env}-Other"}'
    )
    found = stale(tmp_path, {"watch.tf": code, "dashboard.tftpl": template})
    assert places(found) == [("dashboard.tftpl", 2), ("dashboard.tftpl", 5)]
    assert found.names[0].address == "aws_cloudwatch_dashboard.watch"


def test_a_file_that_spells_the_name_is_named(tmp_path: Path) -> None:
    code = 'resource "aws_x" "y" {\n  body = file("${path.module}/body.json")\n}\n'
    found = stale(tmp_path, {"x.tf": code, "body.json": '{\n"TableName": "production-Carts"\n}\n'})
    assert places(found) == [("body.json", 2)]


def test_no_file_outside_the_repository_is_read(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_text("production-Carts")
    repo = tmp_path / "repo"
    code = 'resource "aws_x" "y" {\n  a = file("../out.json")\n  b = file("link.json")\n}\n'
    repo.mkdir()
    (repo / "link.json").symlink_to(tmp_path / "out.json")
    assert places(stale(repo, {"x.tf": code})) == []


def test_a_heredoc_is_named_at_its_line(tmp_path: Path) -> None:
    code = """resource "aws_x" "y" {
  policy = <<-EOT
    {"a": "${aws_kms_key.k.arn}",
     "b": "x",
     "c": "arn:aws:dynamodb:*:*:table/${local.env}-Carts"}
  EOT
  other = <<-EOT
    nothing
    production-Carts
  EOT
}
"""
    assert places(stale(tmp_path, {"x.tf": code})) == [("x.tf", 5), ("x.tf", 9)]


def test_modules_and_their_inputs_are_followed(tmp_path: Path) -> None:
    code = """module "app" {
  for_each = toset(["eu"])
  source   = "./app"
  env      = local.env
  base     = "Carts"
  direct   = "${local.env}-Carts"
}
"""
    app = """variable "env" {}
variable "base" {}
variable "direct" {}
variable "unused" {
  default = "production-Carts"
}
resource "aws_x" "y" {
  a = "${var.env}-${var.base}"
  b = var.direct
}
"""
    found = stale(tmp_path, {"app.tf": code, "app/main.tf": app})
    assert places(found) == [("app.tf", 6), ("app/main.tf", 5), ("app/main.tf", 8)]
    assert found.names[2].address == 'module.app["eu"].aws_x.y'


def test_what_is_not_made_is_not_named(tmp_path: Path) -> None:
    code = 'resource "aws_x" "y" {\n  count = 0\n  t = "production-Carts"\n}\n'
    assert places(stale(tmp_path, {"x.tf": code})) == []


def test_dynamic_blocks_and_each_are_evaluated(tmp_path: Path) -> None:
    code = """resource "aws_x" "y" {
  for_each = { carts = "Carts", other = "Other" }
  t        = "${local.env}-${each.value}"
  dynamic "env" {
    for_each = ["Carts"]
    content {
      value = "${local.env}-${env.value}"
    }
  }
}
"""
    found = stale(tmp_path, {"x.tf": code})
    assert places(found) == [("x.tf", 3), ("x.tf", 7)]
    assert found.names[0].address == 'aws_x.y["carts"]'


def test_the_tfvars_may_hold_the_whole_name(tmp_path: Path) -> None:
    values = TFVARS.rstrip().removesuffix("}") + ',\n "carts_name": "production-Carts" }\n'
    code = 'variable "carts_name" {}\n' + LAMBDA % "var.carts_name"
    assert places(stale(tmp_path, {"x.tf": code}, values=values)) == [("terraform.tfvars.json", 4)]


def test_another_environment_that_names_productions_table_is_named(tmp_path: Path) -> None:
    code = LAMBDA % 'local.env == "preproduction" ? "production-Carts" : ""'
    assert places(stale(tmp_path, {"x.tf": code})) == [("x.tf", 5)]


BARE = MAIN.replace("${local.env}-${local", "${local")


def test_a_name_that_is_a_common_word_needs_more_than_the_word(tmp_path: Path) -> None:
    code = """resource "aws_ecs_service" "Carts" {
  name = "Carts"
  tags = { Note = "Carts are red" }
  table_name = "Carts"
  body = "{ 'TableName': 'Carts' }"
  arn = "arn:aws:dynamodb:eu-west-1:1:table/Carts"
}
"""
    found = stale(tmp_path, {"x.tf": code}, main=BARE)
    certain = [(name.line, name.is_certain) for name in found.names]
    assert certain == [(2, False), (4, True), (5, True), (6, True)]


def test_other_roots_are_told_of(tmp_path: Path) -> None:
    outputs = 'output "carts" {\n  value = aws_dynamodb_table.carts.name\n}\n'
    parameter = (
        'resource "aws_ssm_parameter" "carts" {\n  name  = "/shop/carts"\n'
        "  value = aws_dynamodb_table.carts.name\n}\n"
    )
    other = """terraform {
  backend "s3" {}
}
data "terraform_remote_state" "shop" {}
locals {
  carts = data.terraform_remote_state.shop.outputs.carts
}
data "aws_ssm_parameter" "carts" {
  name = "/shop/carts"
}
data "aws_dynamodb_table" "carts" {
  name = "${terraform.workspace}-Carts"
}
"""
    found = stale(tmp_path, {"out.tf": outputs, "ssm.tf": parameter, "other/main.tf": other})
    assert [(o.root_module, o.line) for o in found.others] == [("other", 6), ("other", 8)]
    assert found.names == (
        StaleName(
            "production-Carts",
            "other/main.tf",
            12,
            "data.aws_dynamodb_table.carts",
            "name",
            root_module="other",
        ),
    )


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    found = stale(
        tmp_path, {"x.tf": 'resource "aws_x" "y" {\n  a = "${local.env}-Carts" + + \n}\n'}
    )
    assert len(found.unread) == 1
    assert "x.tf" in found.unread[0]


def test_a_template_that_encodes_one_big_value_is_named_line_by_line(tmp_path: Path) -> None:
    code = """resource "aws_cloudwatch_dashboard" "watch" {
  dashboard_body = templatefile("${path.module}/d.tftpl", { env = local.env, lb = aws_lb.x.arn })
}
"""
    template = (
        '${jsonencode({\n "a": ["...", "${env}-Carts", { "stat": "Sum" }],\n'
        ' "b": "${lb}",\n "c": "${env}-Carts"\n})}\n'
    )
    found = stale(tmp_path, {"watch.tf": code, "d.tftpl": template})
    assert places(found) == [("d.tftpl", 2), ("d.tftpl", 4)]
