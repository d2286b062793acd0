"""Small repositories, one for each way a table's name can be written; written by us."""

# ruff: noqa: E501

from __future__ import annotations

TABLE = """resource "aws_dynamodb_table" "orders" {
  name     = %s
  hash_key = "id"
}
"""
TOP = 'terraform {\n  backend "s3" {}\n}\nprovider "aws" {\n  region = "eu-west-1"\n}\n'


def table(name: str) -> str:
    """A root module with one table."""
    return TOP + TABLE % name


EDITED: dict[str, tuple[dict[str, str], str, str, str]] = {
    # shape: files, what is typed, where «the string» is, the restored table's physical name
    "literal": ({"main.tf": table('"«orders»"')}, "orders-20240715", "", ""),
    "variable default": (
        {"main.tf": table("var.n") + 'variable "n" {\n  default = "«orders»"\n}\n'},
        "orders-20240715", "", "",
    ),
    "object default": (
        {"main.tf": table("var.t.name")
         + 'variable "t" {\n  type = object({ name = string, b = optional(string, "x") })\n'
           '  default = {\n    name = "«orders»"\n  }\n}\n'},
        "orders-20240715", "", "",
    ),
    "optional default": (
        {"main.tf": table("var.t.name")
         + 'variable "t" {\n  type = object({ name = optional(string, "«orders»") })\n'
           "  default = {}\n}\n"},
        "orders-20240715", "", "",
    ),
    "hcl tfvars": (
        {"main.tf": table("var.n") + 'variable "n" {}\n', "terraform.tfvars": 'n = "«orders»"\n'},
        "orders-20240715", "", "",
    ),
    "hcl tfvars with environments": (
        {"main.tf": table('"${terraform.workspace}-${var.environments[terraform.workspace].t}"')
         + 'variable "environments" {}\n',
         "terraform.tfvars": 'environments = {\n  test = { t = "orders" }\n'
                             '  production = { t = "«orders»" }\n}\n'},
        "orders-20240715", "", "production-orders-20240715",
    ),
    "auto tfvars in order": (
        {"main.tf": table("var.n") + 'variable "n" {}\n', "terraform.tfvars": 'n = "orders"\n',
         "a.auto.tfvars.json": '{"n": "orders"}', "b.auto.tfvars": '\ufeffn = "«orders»"\r\n'},
        "orders-20240715", "", "",
    ),
    "var file": (
        {"main.tf": table("var.n") + 'variable "n" {}\n', "env/dev.tfvars": 'n = "dev-orders"\n',
         "env/prod.tfvars": 'n = "«prod-orders»"\n'},
        "prod-orders-20240715", "", "",
    ),
    "locals map by workspace": (
        {"main.tf": table("local.names[terraform.workspace]")
         + 'locals {\n  names = {\n    default = "«orders»"\n    dev = "dev-orders"\n  }\n}\n'},
        "orders-20240715", "", "",
    ),
    "module argument": (
        {"main.tf": TOP + 'module "t" {\n  source = "./t"\n  name = "«orders»"\n}\n',
         "t/main.tf": TABLE % "var.name" + 'variable "name" {}\n'},
        "orders-20240715", "", "",
    ),
    "module called twice": (
        {"main.tf": TOP + 'module "a" {\n  source = "./t"\n  name = "users"\n}\n'
         'module "b" {\n  source = "./t"\n  name = "«orders»"\n}\n',
         "t/main.tf": TABLE % '"x-${var.name}"' + 'variable "name" {}\n'},
        "orders-20240715", "", "x-orders-20240715",
    ),
    "for_each over objects": (
        {"main.tf": TOP + 'locals {\n  t = { orders = { name = "«orders»" }, b = { name = "x" } }\n}\n'
         'resource "aws_dynamodb_table" "t" {\n  for_each = local.t\n  name = each.value.name\n}\n'},
        "orders-20240715", "", "",
    ),
    "count": (
        {"main.tf": TOP + 'locals {\n  names = ["users", "«orders»"]\n}\n'
         'resource "aws_dynamodb_table" "t" {\n  count = length(local.names)\n'
         "  name = local.names[count.index]\n}\n"},
        "orders-20240715", "", "",
    ),
    "yaml": (
        {"main.tf": table("local.c.tables[0].name")
         + 'locals {\n  c = yamldecode(file("${path.module}/c.yaml"))\n}\n',
         "c.yaml": "tables:\n  - name: «orders»\n"},
        "orders-20240715", "", "",
    ),
    "json file": (
        {"main.tf": table("local.c[terraform.workspace]")
         + 'locals {\n  c = jsondecode(file("c.json"))\n}\n', "c.json": '{"default": "«orders»"}'},
        "orders-20240715", "", "",
    ),
    "terraform json": (
        {"main.tf.json": '{"terraform": {"backend": {"s3": {}}}, "resource": {"aws_dynamodb_table": '
                         '{"orders": {"name": "«orders»", "hash_key": "id"}}}}'},
        "orders-20240715", "", "",
    ),
    "cloud with a fixed name": (
        {"main.tf": 'terraform {\n  cloud {\n    workspaces {\n      name = "prod"\n    }\n  }\n}\n'
         + TABLE % '"«orders»"'},
        "orders-20240715", "", "",
    ),
    "no backend": (
        {"main.tf": 'provider "aws" {}\n' + TABLE % '"«orders»"'}, "orders-20240715", "", "",
    ),
    "nothing but a table": ({"x/main.tf": TABLE % '"«orders»"'}, "orders-20240715", "", ""),
    "local backend": (
        {"main.tf": 'terraform {\n  backend "local" {}\n}\n' + TABLE % '"«orders»"'},
        "orders-20240715", "", "",
    ),
    "region in the name": (
        {"main.tf": table('"${local.region}-«orders»"') + 'locals {\n  region = "eu-west-1"\n}\n'},
        "eu-west-1-orders-20240715", "", "",
    ),
    "heredoc": (
        {"main.tf": table("jsondecode(local.c).name")
         + 'locals {\n  c = <<-EOT\n    {"name": "«orders»"}\n  EOT\n}\n'},
        "orders-20240715", "", "",
    ),
    "carriage returns and tabs": (
        {"main.tf": table('"«orders»"').replace("\n", "\r\n").replace("  ", "\t")},
        "orders-20240715", "", "",
    ),
    "folder for each environment": (
        {"envs/dev/main.tf": TOP + 'module "o" {\n  source = "../../m"\n  name = "dev-orders"\n}\n',
         "envs/prod/main.tf": TOP + 'module "o" {\n  source = "../../m"\n  name = "«prod-orders»"\n}\n',
         "m/main.tf": TABLE % "var.name" + 'variable "name" {}\n'},
        "prod-orders-20240715", "", "",
    ),
    "function": (
        {"main.tf": table('join("-", ["prod", lower("«orders»")])')}, "prod-orders-20240715", "", "",
    ),
    "swapped before": ({"main.tf": table('"«orders-20240101»"')}, "orders-20240715", "", ""),
}  # fmt: skip

REFUSED: dict[str, tuple[dict[str, str], str, str]] = {
    # shape: files, what is typed, what the message says
    "map keys": (
        {"main.tf": TOP + 'locals {\n  t = { orders = {}, users = {} }\n}\nresource '
         '"aws_dynamodb_table" "t" {\n  for_each = local.t\n  name = each.key\n}\n'},
        "orders-20240715", "instance key",
    ),
    "set of names": (
        {"main.tf": TOP + 'resource "aws_dynamodb_table" "t" {\n'
         '  for_each = toset(["orders", "users"])\n  name = each.value\n}\n'},
        "orders-20240715", "another address",
    ),
    "all workspaces": (
        {"main.tf": table('"${terraform.workspace}-orders"')}, "orders-20240715",
        "every other workspace",
    ),
    "all workspaces, name before": (
        {"main.tf": table('"orders-${terraform.workspace}"')}, "orders-default-20240715",
        r"main\.tf:8.*'orders' continues",
    ),
    "a literal that other environments have too": (
        {"main.tf": table('"orders"') + 'variable "environments" {}\n',
         "terraform.tfvars.json": '{"environments": {"production": {}, "test": {}}}'},
        "orders-20240715", "in workspace test",
    ),
    "two roots, one module": (
        {"envs/dev/main.tf": TOP + 'module "o" {\n  source = "../../m"\n}\n',
         "envs/prod/main.tf": TOP + 'module "o" {\n  source = "../../m"\n}\n',
         "m/main.tf": TABLE % '"orders"'},
        "orders-20240715", "in the root module envs/",
    ),
    "a default that tfvars files share": (
        {"main.tf": table("var.n") + 'variable "n" {\n  default = "orders"\n}\nvariable "z" {}\n',
         "env/a.tfvars": 'z = "1"\n', "env/b.tfvars": 'z = "2"\n'},
        "orders-20240715", "-var-file=env/a.tfvars",
    ),
    "a queue of the same name": (
        {"main.tf": table("local.n") + 'locals {\n  n = "orders"\n}\n'
         'resource "aws_sqs_queue" "q" {\n  name = local.n\n}\n'},
        "orders-20240715", r"the name of aws_sqs_queue\.q \(main\.tf:14\)",
    ),
    "a function named after it": (
        {"main.tf": table("var.n") + 'variable "n" {\n  default = "orders"\n}\n'
         'resource "aws_lambda_function" "f" {\n  function_name = "${var.n}-reader"\n}\n'},
        "orders-20240715", r"the function_name of aws_lambda_function\.f",
    ),
    "another table whose name only the state knows": (
        {"main.tf": table("local.n") + 'locals {\n  n = "orders"\n}\nresource "aws_dynamodb_table" '
         '"b" {\n  name = "${random_pet.p.id}-${local.n}"\n}\nresource "random_pet" "p" {}\n'},
        "orders-20240715", r"the name of aws_dynamodb_table\.b",
    ),
    "two tables of one string": (
        {"main.tf": table('"a-${local.n}"') + 'locals {\n  n = "orders"\n}\nresource '
         '"aws_dynamodb_table" "b" {\n  name = "b-${local.n}"\n}\n'},
        "orders-20240715", "is the name of several tables",
    ),
    "an account": (
        {"main.tf":
         'provider "aws" {\n  region = "eu-west-1"\n  allowed_account_ids = [local.n == "orders" ? '
         '"111111111111" : "222222222222"]\n}\n' + TABLE % "local.n"
         + 'locals {\n  n = "orders"\n}\n'},
        "orders-20240715", "region or account",
    ),
    "a module that is not fetched": (
        {"main.tf": TOP + 'module "t" {\n  source = "terraform-aws-modules/dynamodb-table/aws"\n'
         '  name = "orders"\n}\n'},
        "orders-20240715", "not downloaded",
    ),
    "terragrunt": (
        {"m/main.tf": TABLE % "var.n" + 'variable "n" {}\n',
         "live/terragrunt.hcl": 'terraform {\n  source = "../m"\n}\ninputs = {\n  n = "orders"\n}\n'},
        "orders-20240715", r"Terragrunt: live/terragrunt\.hcl:5",
    ),
    "another base name": ({"main.tf": table('"prod-orders"')}, "orders-20240715", "No table"),
}  # fmt: skip
