"""Repositories that are written in unusual ways, with what is right for each; written by us.

``edited``: the one string between « and » is changed. ``refused``: the message says the pattern, and
what it says is to be written works.
"""

# ruff: noqa: E501
# fmt: off

from __future__ import annotations

from typing import Any, NamedTuple

from tests.discovery.shapes import TABLE, TOP, table
from tfswap.config import Setting


class Variant(NamedTuple):
    """A repository, and what ``prepare`` makes of it."""

    files: dict[str, str]
    typed: str
    says: str
    """The restored table's physical name, or what the refusal says."""
    given: dict[str, Any]
    """``variables`` as TF_VAR_*, or a setting of ``Config``."""


EDITED: dict[str, Variant] = {}
REFUSED: dict[str, Variant] = {}


def edited(shape: str, files: dict[str, str], typed: str, physical: str = "", **given: Any) -> None:
    """Add a shape in which one string is changed."""
    EDITED[shape] = Variant(files, typed, physical or typed, given)


def refused(shape: str, files: dict[str, str], typed: str, says: str, **given: Any) -> None:
    """Add a shape in which nothing may be changed."""
    REFUSED[shape] = Variant(files, typed, says, given)


# 1 hcl tfvars
edited("tfvars comments before", {"main.tf":table("var.n")+'variable "n" {}\n',"terraform.tfvars":'# n = "orders"\n// n = "orders"\n/* n = "orders" */\n\tn\t=\t"«orders»" # orders\n'},"orders-20240715")
edited("tfvars heredoc", {"main.tf":table("trimspace(var.n)")+'variable "n" {}\n',"terraform.tfvars":'n = <<EOT\n«orders»\nEOT\n'},"orders-20240715")
edited("tfvars heredoc elsewhere", {"main.tf":table("var.n")+'variable "n" {}\nvariable "doc" {}\n',"terraform.tfvars":'doc = <<-EOT\n  n = "orders"\n  EOT\nn = "«orders»"\n'},"orders-20240715")
edited("tfvars crlf bom no newline", {"main.tf":table("var.n")+'variable "n" {}\n',"terraform.tfvars":'\ufeff# ü\r\nn = "«orders»"'},"orders-20240715")
edited("tfvars nested", {"main.tf":table("var.c.tables[0].names.main")+'variable "c" {}\n',"terraform.tfvars":'c = {\n  tables = [\n    { names = { main: "«orders»", other = "orders-x" } },\n  ]\n}\n'},"orders-20240715")
edited("tfvars quoted keys", {"main.tf":table('var.c["my.tables"]["or/ders"]')+'variable "c" {}\n',"terraform.tfvars":'c = {\n  "my.tables" = { "or/ders" = "«orders»" }\n}\n'},"orders-20240715")
edited("tfvars unicode escape", {"main.tf":table("var.n")+'variable "n" {}\n',"terraform.tfvars":'n = "«\\u006frders»"\n'},"orders-20240715")
edited("tfvars same string other variable", {"main.tf":table("var.n")+'variable "n" {}\nvariable "m" {}\nresource "aws_sqs_queue" "q" {\n  name = var.m\n}\n',"terraform.tfvars":'m = "orders"\nn = "«orders»"\n'},"orders-20240715")
refused("tfvars duplicated map key",{"main.tf":table("var.c.n")+'variable "c" {}\n',"terraform.tfvars":'c = {\n  n = "orders"\n  n = "orders"\n}\n'},"orders-20240715","")
refused("tfvars two same string queue", {"main.tf":table("var.n")+'variable "n" {}\nresource "aws_sqs_queue" "q" {\n  name = "${var.n}-dlq"\n}\n',"terraform.tfvars":'n = "orders"\n'},"orders-20240715","aws_sqs_queue.q")
# 2 variable default
edited("default with comment inline", {"main.tf":table("var.n")+'variable "n" { default = "«orders»" /* x */ }\n'},"orders-20240715")
edited("default typed string nullable", {"main.tf":TOP+'module "t" {\n  source = "./t"\n  n = null\n}\n',"t/main.tf":TABLE%"var.n"+'variable "n" {\n  type = string\n  nullable = false\n  default = "«orders»"\n}\n'},"orders-20240715")
edited("nested optional default", {"main.tf":table("var.c.t.name")+'variable "c" {\n  type = object({\n    t = optional(object({\n      name = optional(string, "«orders»")\n    }), {})\n  })\n  default = {}\n}\n'},"orders-20240715")
edited("optional default in map of objects", {"main.tf":table('var.c["a"].name')+'variable "c" {\n  type = map(object({ name = optional(string, "«orders»") }))\n  default = { a = {} }\n}\n'},"orders-20240715")
refused("optional default shared", {"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  for_each = var.c\n  name = "${each.key}-${each.value.name}"\n}\nvariable "c" {\n  type = map(object({ name = optional(string, "orders") }))\n  default = { a = {}, b = {} }\n}\n'},"a-orders-20240715","")
edited("default overridden elsewhere by tfvars null", {"main.tf":table("coalesce(var.n, var.d)")+'variable "n" { default = null }\nvariable "d" { default = "«orders»" }\n',"terraform.tfvars.json":'{"n": null}'},"orders-20240715")
refused("default that tfvars override", {"main.tf":table("var.n")+'variable "n" { default = "orders" }\n',"terraform.tfvars":'n = "users"\n'},"orders-20240715","")
edited("tfvars over default", {"main.tf":table("var.n")+'variable "n" { default = "orders" }\n',"terraform.tfvars":'n = "«orders»"\n'},"orders-20240715")
# 3 literal
edited("override file", {"main.tf":table('"users"'),"prod_override.tf":'resource "aws_dynamodb_table" "orders" {\n  name = "«orders»"\n}\n'},"orders-20240715")
refused("overridden literal", {"main.tf":table('"orders"'),"override.tf":'resource "aws_dynamodb_table" "orders" {\n  name = "users"\n}\n'},"orders-20240715","")
edited("override local", {"main.tf":table('local.n')+'locals { n = "orders" }\n',"override.tf":'locals {\n  n = "«orders»"\n}\n'},"orders-20240715")
edited("override variable default", {"main.tf":table('var.n')+'variable "n" {\n default = "orders"\n}\n',"x_override.tf":'variable "n" {\n  default = "«orders»"\n}\n'},"orders-20240715")
edited("tf.json override", {"main.tf":table('"users"'),"override.tf.json":'{"resource":{"aws_dynamodb_table":{"orders":{"name":"«orders»"}}}}'},"orders-20240715")
edited("one line block", {"main.tf":TOP+'resource "aws_dynamodb_table" "t" { name = "«orders»" }\n'},"orders-20240715")
edited("unquoted labels", {"main.tf":TOP+'resource aws_dynamodb_table t {\n  name = "«orders»"\n}\n'},"orders-20240715")
refused("comments in between", {"main.tf":TOP+'resource "aws_dynamodb_table" /* name = "orders" */ "t" {\n  # name = "orders"\n  name /* x */ = /* "orders" */ "orders" // orders\n}\n'},"orders-20240715","main.tf:7")
edited("parens", {"main.tf":table('("«orders»")')},"orders-20240715")
edited("interpolation only", {"main.tf":table('"${"«orders»"}"')},"orders-20240715")
edited("literal and alias for policy", {"main.tf":table('"«orders»"')+'data "aws_iam_policy_document" "p" {\n  statement {\n    resources = ["arn:aws:dynamodb:eu-west-1:1:table/orders"]\n  }\n}\n'},"orders-20240715")
edited("same label two types", {"main.tf":table('"«orders»"')+'resource "aws_s3_bucket" "orders" {\n  bucket = "orders"\n}\n'},"orders-20240715")
edited("ttl and hash_key same", {"main.tf":TOP+'resource "aws_dynamodb_table" "orders" {\n  name = "«orders»"\n  hash_key = "orders"\n  attribute {\n    name = "orders"\n    type = "S"\n  }\n  global_secondary_index {\n    name = "orders"\n    hash_key = "orders"\n    projection_type = "ALL"\n  }\n}\n'},"orders-20240715")
# 4 literal with env
refused("prefix var tf_var", {"main.tf":table('"${var.env}-orders"')+'variable "env" {}\n'},"prod-orders-20240715","", variables={"env":"prod"})
refused("prefix var tf_var typed base", {"main.tf":table('"${var.env}-orders"')+'variable "env" {}\n'},"orders-20240715","", variables={"env":"prod"})
refused("prefix var default and var-files", {"main.tf":table('"${var.env}-orders"')+'variable "env" {\n  default = "dev"\n}\n',"env/prod.tfvars":'env = "prod"\n'},"prod-orders-20240715","")
refused("format workspace", {"main.tf":table('format("%s-%s", terraform.workspace, "orders")')},"default-orders-20240715","")
refused("join workspace", {"main.tf":table('join("-", [terraform.workspace, "orders"])')},"default-orders-20240715","")
refused("replace made", {"main.tf":table('replace("ENV-orders", "ENV", terraform.workspace)')},"default-orders-20240715","")
refused("lower made", {"main.tf":table('lower("${terraform.workspace}-Orders")')},"default-orders-20240715","")
edited("workspace in conditional", {"main.tf":table('terraform.workspace == "default" ? "«orders»" : "orders"')},"orders-20240715")
edited("conditional own branch", {"main.tf":table('terraform.workspace == "default" ? "«orders»" : "orders-${terraform.workspace}"')},"orders-20240715")
refused("conditional other branch", {"main.tf":table('terraform.workspace == "prod" ? "orders" : "orders-x"')},"orders-x-20240715","workspace")
refused("contains branch", {"main.tf":table('contains(["default", "preprod"], terraform.workspace) ? "orders" : "x"')},"orders-20240715","preprod")
refused("shared local in map", {"main.tf":table('local.names[terraform.workspace]')+'locals {\n  s = "orders"\n  names = { default = local.s, dev = local.s }\n}\n'},"orders-20240715","dev")
refused("merge defaults", {"main.tf":table('local.c.n')+'locals {\n  d = { n = "orders" }\n  envs = { default = {}, dev = {}, qa = { n = "x" } }\n  c = merge(local.d, local.envs[terraform.workspace])\n}\n'},"orders-20240715","dev")
refused("lookup default", {"main.tf":table('lookup({ dev = "dev-orders" }, terraform.workspace, "orders")')},"orders-20240715","workspace")
refused("try default", {"main.tf":table('try(local.e[terraform.workspace].n, "orders")')+'locals {\n  e = { dev = { n = "d" } }\n}\n'},"orders-20240715","workspace")
edited("try own", {"main.tf":table('try(local.e[terraform.workspace].n, "fallback")')+'locals {\n  e = { dev = { n = "d" }, default = { n = "«orders»" } }\n}\n'},"orders-20240715")
edited("merge own", {"main.tf":table('merge(local.d, local.e[terraform.workspace]).n')+'locals {\n  d = { n = "orders" }\n  e = { dev = {}, default = { n = "«orders»" } }\n}\n'},"orders-20240715")
# 5 plain json
edited("json tfvars tabs crlf", {"main.tf":table("var.n")+'variable "n" {}\n',"terraform.tfvars.json":'\ufeff{\r\n\t"x": "orders",\r\n\t"n" :\t"«orders»"\r\n}\r\n'},"orders-20240715")
edited("json tfvars escape", {"main.tf":table("var.n")+'variable "n" {}\n',"terraform.tfvars.json":'{"n": "«\\u006frders»"}'},"orders-20240715")
edited("json list", {"main.tf":table("var.n[1].name")+'variable "n" {}\n',"terraform.tfvars.json":'{"n": [{"name":"a"},{"name":"«orders»"}]}'},"orders-20240715")
refused("json two vars", {"main.tf":table('"${var.a}-${var.b}"')+'variable "a" {}\nvariable "b" {}\n',"terraform.tfvars.json":'{"a": "my", "b": "orders"}'},"x-orders-20240715","")
edited("json two vars typed full", {"main.tf":table('"${var.a}-${var.b}"')+'variable "a" {}\nvariable "b" {}\n',"terraform.tfvars.json":'{"a": "my", "b": "«orders»"}'},"my-orders-20240715")
edited("json two vars same word", {"main.tf":table('"${var.a}-${var.b}"')+'variable "a" {}\nvariable "b" {}\n',"terraform.tfvars.json":'{"a": "orders", "b": "«orders»"}'},"orders-orders-20240715")
refused("prefix string shared", {"main.tf":table('"${var.p}-a"')+'resource "aws_dynamodb_table" "b" {\n  name = "${var.p}-b"\n}\nvariable "p" {}\n',"terraform.tfvars.json":'{"p": "orders"}'},"orders-20240715","several|more than|open|continues|not of a single")
# 6 var files
edited("var file hcl and json", {"main.tf":table("var.n")+'variable "n" {}\n',"env/dev.tfvars.json":'{"n":"dev-orders"}',"env/prod.tfvars":'n = "«prod-orders»"\n'},"prod-orders-20240715")
refused("var file same name", {"main.tf":table("var.n")+'variable "n" {}\n',"env/dev.tfvars.json":'{"n":"orders"}',"env/prod.tfvars":'n = "orders"\n'},"orders-20240715","")
refused("var file common", {"main.tf":table('"${var.env}-${var.n}"')+'variable "n" {}\nvariable "env" {}\n',"common.tfvars":'n = "orders"\n',"env/dev.tfvars":'env = "dev"\n',"env/prod.tfvars":'env = "prod"\n'},"prod-orders-20240715","")
refused("automatic tfvars with env files", {"main.tf":table('"${var.env}-${var.n}"')+'variable "n" {}\nvariable "env" {}\n',"terraform.tfvars":'n = "orders"\n',"env/dev.tfvars":'env = "dev"\n',"env/prod.tfvars":'env = "prod"\n'},"prod-orders-20240715","")
edited("var file in cli args", {"main.tf":table("var.n")+'variable "n" {}\n',"env/dev.tfvars":'n = "orders"\n',"env/prod.tfvars":'n = "«orders»"\n'},"orders-20240715",env_var_files=("env/prod.tfvars",))
refused("var file in cli args other", {"main.tf":table("var.n")+'variable "n" {}\n',"env/dev.tfvars":'n = "dev-orders"\n',"env/prod.tfvars":'n = "prod-orders"\n'},"prod-orders-20240715","",env_var_files=("env/dev.tfvars",))
# 8
edited("folder env module shared file",{"envs/prod/main.tf":TOP+'module "o" {\n  source = "../../m"\n  name = local.n\n}\nlocals {\n  n = "«prod-orders»"\n}\n',"envs/dev/main.tf":TOP+'module "o" {\n  source = "../../m"\n  name = "dev-orders"\n}\n',"m/main.tf":'module "t" {\n  source = "./t"\n  name = var.name\n}\nvariable "name" {}\n',"m/t/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"prod-orders-20240715")
refused("folder env default in module",{"envs/prod/main.tf":TOP+'module "o" {\n  source = "../../m"\n  env = "prod"\n}\n',"envs/dev/main.tf":TOP+'module "o" {\n  source = "../../m"\n  env = "dev"\n}\n',"m/main.tf":TABLE%'"${var.env}-${var.n}"'+'variable "n" {\n  default = "orders"\n}\nvariable "env" {}\n'},"prod-orders-20240715","envs/dev")
refused("folder env shared yaml",{"envs/prod/main.tf":TOP+'module "o" {\n  source = "../../m"\n  name = yamldecode(file("../../c.yaml")).n\n}\n',"envs/dev/main.tf":TOP+'module "o" {\n  source = "../../m"\n  name = "dev-${yamldecode(file("../../c.yaml")).n}"\n}\n',"m/main.tf":TABLE%"var.name"+'variable "name" {}\n',"c.yaml":"n: orders\n"},"orders-20240715","envs/dev")
refused("symlinked main",{"a/main.tf":table('"orders"'),"b/main.tf":"->../a/main.tf"},"orders-20240715","",root_module="a")
# 9 for_each
edited("for_each tuple objects",{"main.tf":TOP+'variable "t" {}\nresource "aws_dynamodb_table" "t" {\n  for_each = { for x in var.t : x.id => x }\n  name = each.value.name\n}\n',"terraform.tfvars.json":'{"t":[{"id":"a","name":"«orders»"},{"id":"b","name":"users"}]}'},"orders-20240715")
refused("for_each keyed by name",{"main.tf":TOP+'variable "t" {}\nresource "aws_dynamodb_table" "t" {\n  for_each = { for x in var.t : x.name => x }\n  name = each.value.name\n}\n',"terraform.tfvars.json":'{"t":[{"name":"orders"},{"name":"users"}]}'},"orders-20240715","another address|instance key")
refused("module for_each keyed",{"main.tf":TOP+'module "t" {\n  source = "./t"\n  for_each = toset(["orders", "users"])\n  name = each.key\n}\n',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"orders-20240715","")
refused("module for_each map key",{"main.tf":TOP+'module "t" {\n  source = "./t"\n  for_each = { orders = 1 }\n  name = "x-${each.key}"\n}\n',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"x-orders-20240715","")
edited("count in module",{"main.tf":TOP+'module "t" {\n  source = "./t"\n  count = 2\n  name = ["users", "«orders»"][count.index]\n}\n',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"orders-20240715")
refused("count suffix",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  count = 2\n  name = "orders-${count.index}"\n}\n'},"orders-1-20240715","")
refused("count zero",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  count = 0\n  name = "orders"\n}\n'},"orders-20240715","")
edited("set order",{"main.tf":TOP+'locals {\n n = sort(["«users»", "orders"])\n}\nresource "aws_dynamodb_table" "t" {\n  count = 2\n  name = local.n[count.index]\n}\n'},"users-20240715")
refused("sort moves",{"main.tf":TOP+'locals {\n n = sort(["orders", "orders-1"])\n}\nresource "aws_dynamodb_table" "t" {\n  count = 2\n  name = local.n[count.index]\n}\n'},"orders-20240715","")
# 12 map keys
refused("map keys in locals merged",{"main.tf":TOP+'locals {\n  t = merge({ orders = {} }, { users = {} })\n}\nresource "aws_dynamodb_table" "t" {\n  for_each = local.t\n  name = "${terraform.workspace}-${each.key}"\n}\n'},"default-orders-20240715","instance key")
# yaml
edited("yaml anchors",{"main.tf":table('local.c["prod"].n')+'locals {\n  c = yamldecode(file("${path.module}/c.yaml"))\n}\n',"c.yaml":"base: &b\n  k: 1\nprod:\n  <<: *b\n  n: «orders»\n"},"orders-20240715")
refused("yaml anchor shared",{"main.tf":TOP+'locals {\n  c = yamldecode(file("${path.module}/c.yaml"))\n}\nresource "aws_dynamodb_table" "a" {\n  name = local.c.a.n\n}\nresource "aws_dynamodb_table" "b" {\n  name = "b-${local.c.b.n}"\n}\n',"c.yaml":"a:\n  n: &n orders\nb:\n  n: *n\n"},"orders-20240715","")
refused("yaml anchor shared with queue",{"main.tf":table("local.c.a")+'locals {\n  c = yamldecode(file("${path.module}/c.yaml"))\n}\nresource "aws_sqs_queue" "q" {\n  name = local.c.b\n}\n',"c.yaml":"a: &n orders\nb: *n\n"},"orders-20240715","aws_sqs_queue.q")
edited("yaml quoted crlf",{"main.tf":table("local.c.a")+'locals {\n  c = yamldecode(file("c.yml"))\n}\n',"c.yml":"# orders\r\na: '«orders»' # orders\r\nb: \"orders\"\r\n"},"orders-20240715")
edited("yaml flow",{"main.tf":table("local.c.t[0].name")+'locals {\n  c = yamldecode(file("c.yml"))\n}\n',"c.yml":"t: [{name: «orders», id: 1}, {name: users}]\n"},"orders-20240715")
refused("yaml multi doc",{"main.tf":table("local.c.a")+'locals {\n  c = yamldecode(file("c.yml"))\n}\n',"c.yml":"---\na: orders\n---\na: users\n"},"orders-20240715","")
edited("csv",{"main.tf":table("local.c[0].name")+'locals {\n  c = csvdecode(file("c.csv"))\n}\n',"c.csv":"name,x\n«orders»,1\n"},"orders-20240715")
edited("text file",{"main.tf":table('trimspace(file("name.txt"))'),"name.txt":"«orders»\n"},"orders-20240715")
edited("templatefile",{"main.tf":table('yamldecode(templatefile("c.yaml", {e = "x"})).n'),"c.yaml":"n: «orders»\n"},"orders-20240715")
edited("yaml block scalar",{"main.tf":table("trimspace(local.c.a)")+'locals {\n  c = yamldecode(file("c.yml"))\n}\n',"c.yml":"a: |\n  «orders»\nb: 1\n"},"orders-20240715")
edited("yaml merges key per env",{"main.tf":table('local.c[terraform.workspace].n')+'locals {\n  c = yamldecode(file("${path.module}/c.yaml"))\n}\n',"c.yaml":"default:\n  n: «orders»\ndev:\n  n: orders\n"},"orders-20240715")
refused("yaml anchor shared by workspaces",{"main.tf":table('local.c[terraform.workspace].n')+'locals {\n  c = yamldecode(file("${path.module}/c.yaml"))\n}\n',"c.yaml":"default: &d\n  n: orders\ndev: *d\n"},"orders-20240715","dev")
edited("file per workspace",{"main.tf":table('local.c.n')+'locals {\n  c = jsondecode(file("${path.module}/${terraform.workspace}.json"))\n}\n',"default.json":'{"n": "«orders»"}',"dev.json":'{"n":"orders"}'},"orders-20240715")
# tf.json
edited("tf.json arrays of blocks",{"main.tf.json":'{"resource": [{"aws_dynamodb_table": [{"orders": [{"name": "«orders»"}]}]}, {"aws_sqs_queue": {"q": {"name": "x"}}}]}'},"orders-20240715")
edited("tf.json variable default",{"main.tf.json":'{"variable":{"n":{"default":"«orders»"}},"resource":{"aws_dynamodb_table":{"orders":{"name":"${var.n}"}}}}'},"orders-20240715")
refused("tf.json template",{"main.tf.json":'{"resource":{"aws_dynamodb_table":{"orders":{"name":"${terraform.workspace}-orders"}}}}'},"default-orders-20240715",r"main\.tf\.json:1")
edited("tf.json locals list",{"main.tf.json":'{"locals":[{"a":"x"},{"n":"«orders»"}],"resource":{"aws_dynamodb_table":{"orders":{"name":"${local.n}"}}}}'},"orders-20240715")
edited("tf.json module arg",{"main.tf.json":'{"terraform":{"backend":{"s3":{}}},"module":{"t":{"source":"./t","name":"«orders»"}}}',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"orders-20240715")
edited("tf and tf.json",{"main.tf":table("local.n"),"l.tf.json":'{"locals":{"n":"«orders»"}}'},"orders-20240715")
# functions
edited("formatlist",{"main.tf":table('formatlist("prod-%s", ["a", "«orders»"])[1]')},"prod-orders-20240715")
edited("format index",{"main.tf":table('format("%[2]s-%[1]s", "«orders»", "prod")')},"prod-orders-20240715")
edited("join variadic",{"main.tf":table('join("-", ["prod"], ["«orders»"])')},"prod-orders-20240715")
edited("compact label",{"main.tf":table('join("-", compact(["prod", "", "«orders»"]))')},"prod-orders-20240715")
refused("upper made",{"main.tf":table('upper("orders")')},"ORDERS-20240715","")
refused("replaced dashes",{"main.tf":table('replace("my-orders", "-", "_")')},"my_orders-20240715","")
refused("substr cut",{"main.tf":table('substr("orders", 0, 6)')},"orders-20240715","")
refused("hash suffix",{"main.tf":table('"orders-${substr(md5("x"), 0, 4)}"')},"orders-9dd4-20240715","")
refused("random id",{"main.tf":table('"orders-${random_id.x.hex}"')+'resource "random_id" "x" {\n  byte_length = 2\n}\n'},"orders-20240715","")
refused("name_prefix",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  hash_key = "id"\n}\n'},"orders-20240715","")
refused("trimsuffix",{"main.tf":table('trimsuffix("orders-x", "-x")')},"orders-20240715","")
edited("conditional var",{"main.tf":table('var.n != "" ? var.n : "fallback"')+'variable "n" {}\n',"terraform.tfvars":'n = "«orders»"\n'},"orders-20240715")
edited("split string list",{"main.tf":table('split(",", "users,«orders»")[1]')},"orders-20240715")
edited("local chain",{"main.tf":table('local.a')+'locals {\n  a = local.b.x\n  b = { x = local.c }\n  c = "${local.d}-${local.n}"\n  d = "prod"\n  n = "«orders»"\n}\n'},"prod-orders-20240715")
edited("module output chain",{"main.tf":TOP+'module "n" {\n  source = "./n"\n}\n'+TABLE%"module.n.name","n/main.tf":'output "name" {\n  value = local.n\n}\nlocals {\n  n = "«orders»"\n}\n'},"orders-20240715")
edited("resource reference terraform_data",{"main.tf":TABLE%"terraform_data.n.input"+TOP+'resource "terraform_data" "n" {\n  input = "«orders»"\n}\n'},"orders-20240715")
refused("null_label",{"main.tf":TOP+'module "label" {\n  source = "cloudposse/label/null"\n  name = "orders"\n}\n'+TABLE%"module.label.id"},"orders-20240715","terraform init")
edited("directive",{"main.tf":table('"%{ if terraform.workspace == "default" }«orders»%{ else }x%{ endif }"')},"orders-20240715")
edited("region attr",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  region = "eu-west-2"\n  name = "«orders»"\n}\n'},"orders-20240715")
edited("two regions same literal",{"main.tf":TOP+'resource "aws_dynamodb_table" "a" {\n  region = "eu-west-2"\n  name = "«orders»"\n}\nresource "aws_dynamodb_table" "b" {\n  name = "orders"\n}\n'},"orders-20240715",addresses=("aws_dynamodb_table.a",))
refused("two regions same literal no flag",{"main.tf":TOP+'resource "aws_dynamodb_table" "a" {\n  region = "eu-west-2"\n  name = "orders"\n}\nresource "aws_dynamodb_table" "b" {\n  name = "orders"\n}\n'},"orders-20240715","several")
refused("region in account",{"main.tf":'provider "aws" {\n  region = local.r[local.n]\n}\nlocals {\n  n = "orders"\n  r = { orders = "eu-west-1" }\n}\n'+TABLE%"local.n"},"orders-20240715","")
edited("workspace with dashes",{"main.tf":table('"${terraform.workspace}-${var.environments[replace(terraform.workspace, "-", "_")].t}"')+'variable "environments" {}\n',"terraform.tfvars.json":'{"environments":{"pre_prod":{"t":"«orders»"},"prod":{"t":"orders"}}}'},"orders-20240715","pre-prod-orders-20240715",environment=Setting("pre-prod", "--environment"))
edited("cloud prefix",{"main.tf":'terraform {\n  backend "remote" {\n    workspaces {\n      prefix = "app-"\n    }\n  }\n}\n'+TABLE%'"«orders»"'},"orders-20240715")
refused("tfbackends",{"main.tf":table('"orders"'),"config/dev.tfbackend":'bucket = "dev"\n',"config/prod.tfbackend":'bucket = "prod"\n'},"orders-20240715","backend")
# outputs/ssm by string
edited("output of the name",{"main.tf":table('local.n')+'locals {\n  n = "«orders»"\n}\noutput "table" {\n  value = local.n\n}\n'},"orders-20240715")
refused("alarm name",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_cloudwatch_metric_alarm" "a" {\n  alarm_name = "${local.n}-throttles"\n}\n'},"orders-20240715","alarm_name")
edited("alarm via table",{"main.tf":table('local.n')+'locals {\n  n = "«orders»"\n}\nresource "aws_cloudwatch_metric_alarm" "a" {\n  alarm_name = "${aws_dynamodb_table.orders.name}-throttles"\n}\n'},"orders-20240715")
refused("backend key uses",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_s3_bucket" "b" {\n  bucket = local.n\n}\n'},"orders-20240715","bucket")
edited("tag name of other",{"main.tf":table('local.n')+'locals {\n  n = "«orders»"\n}\nresource "aws_kms_key" "b" {\n  tags = { Service = local.n }\n}\n'},"orders-20240715")
refused("kms alias",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_kms_alias" "b" {\n  name = "alias/${local.n}"\n}\n'},"orders-20240715","alias")
refused("for_each of other resource",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_iam_role" "b" {\n  for_each = toset([local.n])\n  name = "x"\n}\n'},"orders-20240715","address")
refused("module name arg named",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nmodule "q" {\n  source = "./q"\n  name = local.n\n}\n',"q/main.tf":'variable "name" {}\nresource "aws_sqs_queue" "q" {\n  name = var.name\n}\n'},"orders-20240715","aws_sqs_queue")
refused("unfetched module takes it",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nmodule "q" {\n  source = "terraform-aws-modules/sqs/aws"\n  name = local.n\n}\n'},"orders-20240715","init|not downloaded")
refused("count conditional on name",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_iam_role" "b" {\n  count = local.n == "orders" ? 1 : 0\n  name = "x"\n}\n'},"orders-20240715","")
refused("a validation that the new name breaks", {"main.tf":table('var.n')+'variable "n" {\n  default = "«orders»"\n  validation {\n    condition = var.n == "orders"\n    error_message = "no"\n  }\n}\n'},"orders-20240715",r"main.tf:14: the validation of variable n does not accept .orders-20240715. at main.tf:12")
refused("secret arn",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_ssm_parameter" "b" {\n  name = "/${local.n}/key"\n  value = "x"\n}\n'},"orders-20240715","aws_ssm_parameter")
refused("data lookup",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\ndata "aws_ssm_parameter" "b" {\n  name = "/${local.n}/key"\n}\n'},"orders-20240715","aws_ssm_parameter")
refused("ecs service by name attr user",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_route53_record" "b" {\n  name = "${local.n}.example.com"\n}\n'},"orders-20240715","")
refused("role path",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_cloudwatch_event_rule" "b" {\n  description = local.n\n}\nresource "aws_s3_object" "o" {\n  key = "${local.n}.json"\n}\n'},"orders-20240715","")

refused("module with for_each inside",{"main.tf":TOP+'module "t" {\n  source = "./t"\n  tables = { orders = {}, users = {} }\n}\n',"t/main.tf":'variable "tables" {}\nresource "aws_dynamodb_table" "t" {\n  for_each = var.tables\n  name     = each.key\n}\n'},"orders-20240715","key")
refused("module with for_each and workspace",{"main.tf":TOP+'module "t" {\n  source = "./t"\n  tables = { orders = {}, users = {} }\n  env = terraform.workspace\n}\n',"t/main.tf":'variable "tables" {}\nvariable "env" {}\nresource "aws_dynamodb_table" "t" {\n  for_each = var.tables\n  name     = "${var.env}-${each.key}"\n}\n'},"default-orders-20240715","")
refused("nested modules repeated",{"main.tf":TOP+'module "a" {\n  source = "./a"\n  for_each = toset(["x", "y"])\n  env = each.key\n}\n',"a/main.tf":'variable "env" {}\nmodule "t" {\n  source = "../t"\n  count = 2\n  n = "${var.env}-${count.index}"\n}\n',"t/main.tf":TABLE%'"${var.n}-orders"'+'variable "n" {}\n'},"x-1-orders-20240715","")
refused("multi-line name",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  name = join("-", [\n    terraform.workspace, # env\n    "orders", # }\n  ])\n  hash_key = "id"\n}\n'},"default-orders-20240715","")
refused("multi-line condition",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  name = (\n    terraform.workspace == "prod"\n    ? "orders"\n    : "${terraform.workspace}-orders"\n  )\n}\n'},"default-orders-20240715","")
refused("one line block workspace",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" { name = "${terraform.workspace}-orders" }\n'},"default-orders-20240715","")
refused("one line with more",{"main.tf":TOP+'resource "aws_dynamodb_table" "t" {\n  name = "${terraform.workspace}-orders" // the name\n}\n'},"default-orders-20240715","")
refused("crlf way out",{"main.tf":table('"${terraform.workspace}-orders"').replace("\n","\r\n")},"default-orders-20240715","")
refused("tf.json workspace",{"main.tf.json":'{"resource":{"aws_dynamodb_table":{"orders":{\n"name":"${terraform.workspace}-orders"}}}}'},"default-orders-20240715","")
refused("tf.json module workspace",{"main.tf.json":'{"module":{"t":{\n"source":"./t",\n"name":"${terraform.workspace}-orders"}}}',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"default-orders-20240715","")
refused("tf.json one reference",{"main.tf.json":'{"locals":{"n":"${terraform.workspace}-orders"},"resource":{"aws_dynamodb_table":{"orders":{\n"name":"${local.n}"}}}}'},"default-orders-20240715","")
refused("existing variable name",{"main.tf":table('"${terraform.workspace}-orders"')+'variable "orders_table_names" {\n  default = "x"\n}\n'},"default-orders-20240715","")
refused("existing tfvars environment hcl",{"main.tf":table('"${terraform.workspace}-orders"'),"terraform.tfvars":'x = 1'},"default-orders-20240715","")
refused("label table",{"main.tf":TOP+'resource "aws_dynamodb_table" "table" {\n  name = "${terraform.workspace}-orders"\n}\n'},"default-orders-20240715","")
refused("label this",{"main.tf":TOP+'resource "aws_dynamodb_table" "this" {\n  name = "${terraform.workspace}-orders"\n}\n'},"default-orders-20240715","")
refused("label with dash",{"main.tf":TOP+'resource "aws_dynamodb_table" "my-orders" {\n  name = "${terraform.workspace}-orders"\n}\n'},"default-orders-20240715","")
# environments-like maps under other names
edited("envs map",{"main.tf":table('"${terraform.workspace}-${local.env.t}"')+'variable "accounts" {}\nlocals {\n  env = var.accounts[terraform.workspace]\n}\n',"terraform.tfvars.json":'{"accounts":{"dev":{"t":"orders"},"prod":{"t":"«orders»"}}}'},"orders-20240715","prod-orders-20240715",environment=Setting("prod", "--environment"))
edited("envs map hcl locals",{"main.tf":table('"${terraform.workspace}-${local.env.t}"')+'locals {\n  envs = {\n    dev = { t = "orders" }\n    prod = { t = "«orders»" }\n  }\n  env = local.envs[terraform.workspace]\n}\n'},"orders-20240715","prod-orders-20240715",environment=Setting("prod", "--environment"))
refused("default environment shared",{"main.tf":table('"${terraform.workspace}-${local.env.t}"')+'locals {\n  envs = {\n    default = { t = "orders" }\n    prod = { x = 1 }\n  }\n  env = merge(local.envs["default"], lookup(local.envs, terraform.workspace, {}))\n}\n'},"prod-orders-20240715","workspace",environment=Setting("prod", "--environment"))
refused("two workspaces one entry",{"main.tf":table('local.names[local.stage]')+'locals {\n  stage = contains(["prod", "preprod"], terraform.workspace) ? "live" : "test"\n  names = { live = "orders", test = "t-orders" }\n}\n'},"orders-20240715","preprod",environment=Setting("prod", "--environment"))
refused("regex on workspace",{"main.tf":table('"${local.e}-orders"')+'locals {\n  e = split("-", terraform.workspace)[0]\n}\n'},"prod-orders-20240715","",environment=Setting("prod", "--environment"))
edited("yaml file per workspace merged",{"main.tf":table('local.c.t')+'locals {\n  c = merge(yamldecode(file("base.yaml")), yamldecode(file("${terraform.workspace}.yaml")))\n}\n',"base.yaml":"t: orders\n","prod.yaml":"t: «orders»\n","dev.yaml":"x: 1\n"},"orders-20240715",environment=Setting("prod", "--environment"))
refused("yaml base shared by files",{"main.tf":table('local.c.t')+'locals {\n  c = merge(yamldecode(file("base.yaml")), yamldecode(file("${terraform.workspace}.yaml")))\n}\n',"base.yaml":"t: orders\n","prod.yaml":"x: 1\n","dev.yaml":"x: 1\n"},"orders-20240715","dev",environment=Setting("prod", "--environment"))
refused("try file per workspace",{"main.tf":table('local.c.t')+'locals {\n  c = merge({ t = "orders" }, try(yamldecode(file("${terraform.workspace}.yaml")), {}))\n}\n',"prod.yaml":"x: 1\n"},"orders-20240715","every other",environment=Setting("prod", "--environment"))
refused("fileexists",{"main.tf":table('local.c.t')+'locals {\n  f = "${terraform.workspace}.json"\n  c = fileexists(local.f) ? jsondecode(file(local.f)) : { t = "orders" }\n}\n',"dev.json":'{"t":"x"}'},"orders-20240715","workspace",environment=Setting("prod", "--environment"))
# variable-selected env
refused("var env map with tf_var",{"main.tf":table('local.names[var.env]')+'variable "env" {}\nlocals {\n  s = "orders"\n  names = { prod = local.s, dev = local.s }\n}\n'},"orders-20240715","dev",variables={"env":"prod"})
edited("var env map own entry tf_var",{"main.tf":table('local.names[var.env]')+'variable "env" {}\nlocals {\n  names = { prod = "«orders»", dev = "orders" }\n}\n'},"orders-20240715",variables={"env":"prod"})
edited("var env in var file own entry",{"main.tf":table('local.names[var.env]')+'variable "env" {}\nlocals {\n  names = { prod = "«orders»", dev = "dev-orders" }\n}\n',"prod.tfvars":'env = "prod"\n',"dev.tfvars":'env = "dev"\n'},"orders-20240715")
refused("var env prefix in var files",{"main.tf":table('"${var.env}-orders"')+'variable "env" {}\n',"prod.tfvars":'env = "prod"\n',"dev.tfvars":'env = "dev"\n'},"prod-orders-20240715","dev.tfvars")
refused("var env prefix in var files base",{"main.tf":table('"${var.env}-orders"')+'variable "env" {}\n',"prod.tfvars":'env = "prod"\n',"dev.tfvars":'env = "dev"\n'},"orders-20240715","Choose|--tfvars")
edited("only one var file",{"main.tf":table('"${var.env}-«orders»"')+'variable "env" {}\n',"prod.tfvars":'env = "prod"\n'},"prod-orders-20240715")
refused("var env prefix json var files",{"main.tf":table('"${var.env}-orders"')+'variable "env" {}\n',"vars/prod.tfvars.json":'{"env":"prod"}',"vars/dev.tfvars.json":'{"env":"dev"}'},"prod-orders-20240715","dev.tfvars")
refused("shared local with var files, module",{"main.tf":TOP+'variable "env" {}\nmodule "t" {\n  source = "./t"\n  name = "${var.env}-${local.n}"\n}\nlocals {\n  n = "orders"\n}\n',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n',"prod.tfvars":'env = "prod"\n',"dev.tfvars":'env = "dev"\n'},"prod-orders-20240715","dev.tfvars")
refused("tfbackends with module",{"main.tf":TOP+'module "t" {\n  source = "./t"\n  name = "orders"\n}\n',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n',"backend/dev.hcl":'key = "dev"\n',"backend/prod.hcl":'key = "prod"\n'},"orders-20240715","")
refused("backend hcl names",{"main.tf":table('"orders"'),"backend-dev.hcl":'key = "dev"\n',"backend-prod.hcl":'key = "prod"\n'},"orders-20240715","backend-dev")
edited("backend and var file per env",{"main.tf":table('var.n')+'variable "n" {}\n',"env/dev.tfbackend":'key = "dev"\n',"env/prod.tfbackend":'key = "prod"\n',"env/dev.tfvars":'n = "dev-orders"\n',"env/prod.tfvars":'n = "«prod-orders»"\n'},"prod-orders-20240715")
edited("var file of another suffix",{"main.tf":table("var.n")+'variable "n" {}\n',"prod.vars":'# x\nn = "«orders»"\n'},"orders-20240715",tfvars="prod.vars")
edited("hidden auto tfvars",{"main.tf":table("var.n")+'variable "n" {}\n',".auto.tfvars":'n = "«orders»"\n'},"orders-20240715")
edited("auto precedence json hcl",{"main.tf":table("var.n")+'variable "n" {}\n',"a.auto.tfvars.json":'{"n":"orders"}',"a.auto.tfvars":'n = "orders"\n',"b.auto.tfvars.json":'{"n":"«orders»"}',"terraform.tfvars":'n = "orders"\n'},"orders-20240715")
refused("explicit tfvars overridden",{"main.tf":table("var.n")+'variable "n" {}\n',"a.auto.tfvars.json":'{"n":"users"}',"terraform.tfvars":'n = "orders"\n'},"orders-20240715","is read later",tfvars="terraform.tfvars")
# shared literals
refused("same literal in two tables",{"main.tf":table('"orders"')+'resource "aws_dynamodb_table" "b" {\n  name = "orders"\n  provider = aws.us\n}\nprovider "aws" {\n  alias = "us"\n  region = "us-east-1"\n}\n'},"orders-20240715","several")
refused("tfvars list with the word twice",{"main.tf":TOP+'variable "t" {}\nresource "aws_dynamodb_table" "t" {\n  count = 2\n  name = var.t[count.index]\n}\n',"terraform.tfvars":'t = ["orders", "orders"]\n'},"orders-20240715","several")
refused("output used as name elsewhere",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nmodule "q" {\n  source = "./q"\n  table = { name = local.n }\n}\n',"q/main.tf":'variable "table" {}\nresource "aws_cloudwatch_log_group" "l" {\n  name = "/x/${var.table.name}"\n}\n'},"orders-20240715","aws_cloudwatch_log_group")
edited("log group by table ref",{"main.tf":table('"«orders»"')+'resource "aws_cloudwatch_log_group" "l" {\n  name = "/x/${aws_dynamodb_table.orders.name}"\n}\n'},"orders-20240715")
refused("nested name block",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_ecs_task_definition" "l" {\n  family = local.n\n}\n'},"orders-20240715","family")
refused("dynamic for_each keys",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nresource "aws_iam_policy" "l" {\n  for_each = { (local.n) = 1 }\n  policy = "x"\n}\n'},"orders-20240715","address")
refused("module for_each on name",{"main.tf":table('local.n')+'locals {\n  n = "orders"\n}\nmodule "q" {\n  source = "./q"\n  for_each = toset([local.n])\n}\n',"q/main.tf":'resource "aws_cloudwatch_log_group" "l" {\n  name = "x"\n}\n'},"orders-20240715","module.q")
refused("backend uses terragrunt generate",{"m/main.tf":TABLE%"var.n"+'variable "n" {}\n',"live/prod/terragrunt.hcl":'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\nterraform {\n  source = "../../m"\n}\ninputs = {\n  n = "${local.env}-orders"\n}\n',"live/root.hcl":'locals {\n  env = "prod"\n}\n'},"prod-orders-20240715","Terragrunt")
# odd names
edited("name with dots",{"main.tf":table('"«my.orders_v2»"')},"my.orders_v2-20240715")
edited("upper name",{"main.tf":table('"«ORDERS»"')},"ORDERS-20240715")
edited("dated twice",{"main.tf":table('"«x-orders-20240101»"')},"x-orders-20240715")
edited("going back",{"main.tf":table('"«x-orders-20240101»"')},"x-orders")
edited("provider meta region module",{"main.tf":TOP+'module "t" {\n  source = "./t"\n  providers = { aws = aws.r }\n  name = "«orders»"\n}\nprovider "aws" {\n  alias = "r"\n  region = "eu-west-2"\n}\n',"t/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"orders-20240715")
edited("heredoc json object",{"main.tf":table('jsondecode(var.c)["t"]')+'variable "c" {\n  default = <<-JSON\n    {"t": "«orders»", "u": "users"}\n  JSON\n}\n'},"orders-20240715")
edited("escaped quotes json string",{"main.tf":table('jsondecode(var.c)["t"]')+'variable "c" {\n  default = "{\\"t\\": \\"«orders»\\"}"\n}\n'},"orders-20240715")
edited("tfvars json inside json string",{"main.tf":table('jsondecode(var.c)["t"]')+'variable "c" {}\n',"terraform.tfvars":'c = "{\\"t\\": \\"«orders»\\"}"\n'},"orders-20240715")
refused("tfvars.json inside json string",{"main.tf":table('jsondecode(var.c)["t"]')+'variable "c" {}\n',"terraform.tfvars.json":'{"c": "{\\"t\\": \\"orders\\"}"}'},"orders-20240715","")
edited("for expression filter",{"main.tf":table('[for t in var.t : t.name if t.id == "o"][0]')+'variable "t" {}\n',"terraform.tfvars.json":'{"t":[{"id":"u","name":"users"},{"id":"o","name":"«orders»"}]}'},"orders-20240715")
edited("splat",{"main.tf":table('(var.t[*].name)[1]')+'variable "t" {}\n',"terraform.tfvars.json":'{"t":[{"name":"users"},{"name":"«orders»"}]}'},"orders-20240715")
edited("one of values",{"main.tf":table('one([for k, v in var.t : v if k == "o"])')+'variable "t" {}\n',"terraform.tfvars.json":'{"t":{"o":"«orders»","u":"users"}}'},"orders-20240715")
edited("setproduct module grid",{"main.tf":TOP+'locals {\n  t = { for p in setproduct(["eu", "us"], ["a"]) : "${p[0]}-${p[1]}" => p }\n}\nresource "aws_dynamodb_table" "t" {\n  for_each = local.t\n  name = "${each.value[0]}-${local.n}"\n}\nlocals {\n  n = "orders"\n}\nresource "aws_dynamodb_table" "o" {\n  name = "«pay»"\n}\n'},"pay-20240715")
edited("replace dashes in code",{"main.tf":table('replace("«my-orders»", "-", "_")')},"my-orders-20240715","my_orders_20240715")
# as found in public repositories
refused("a module called for each environment in one root",{"main.tf":TOP+'module "dev" {\n  source = "./t"\n  env = "dev"\n}\nmodule "prd" {\n  source = "./t"\n  env = "prd"\n}\n',"t/main.tf":TABLE%'"${var.env}-orders"'+'variable "env" {}\n'},"dev-orders-20240715",r"module\.prd")
refused("an environment that only the pipeline knows",{"main.tf":table('"${var.environment}-orders"')+'variable "environment" {}\n',"dev.tfvars":'x = "y"\n'},"production-orders-20240715",r"main\.tf:7.*variable environment has no value")
refused("the same, set",{"main.tf":table('"${var.environment}-orders"')+'variable "environment" {}\nvariable "x" {}\n',"dev.tfvars":'x = "y"\n',"prod.tfvars":'x = "z"\n'},"production-orders-20240715",r"any other value of environment",variables={"environment":"production"})
refused("workspaces and a tfvars file for each",{"main.tf":TOP+'module "o" {\n  source = "./t"\n  n = var.n\n}\nvariable "n" {\n  default = "orders"\n}\nvariable "x" {}\n',"t/main.tf":TABLE%'"${terraform.workspace}_${var.n}"'+'variable "n" {}\nresource "aws_iam_policy" "p" {\n  name = "${terraform.workspace}_${var.n}_policy"\n}\n',"dev.tfvars":'x = "y"\n',"prod.tfvars":'x = "z"\n'},"default_orders-20240715",r"the name of module\.o\.aws_iam_policy\.p")
refused("two tfvars files in each workspace",{"main.tf":table('"${var.region}-${local.names[terraform.workspace]}"')+'locals {\n  names = { default = "orders", dev = "dev-orders" }\n}\nvariable "region" {}\n',"eu.tfvars":'region = "eu"\n',"us.tfvars":'region = "us"\n'},"eu-orders-20240715",r"-var-file=us\.tfvars")
# modules that terraform init has fetched
LABEL = 'variable "context" {\n  default = {}\n}\nvariable "namespace" {\n  default = null\n}\nvariable "name" {\n  default = null\n}\nlocals {\n  in = {\n    namespace = var.namespace == null ? lookup(var.context, "namespace", null) : var.namespace\n    name = var.name == null ? lookup(var.context, "name", null) : var.name\n  }\n  order = ["namespace", "name"]\n  parts = [for l in local.order : lower(local.in[l]) if length(try(local.in[l], "")) > 0]\n  id = join("-", local.parts)\n}\noutput "id" {\n  value = local.id\n}\noutput "context" {\n  value = local.in\n}\n'
PUBLIC = 'variable "name" {\n  default = null\n}\nvariable "create" {\n  default = true\n}\nvariable "autoscaling" {\n  default = false\n}\nvariable "region" {\n  default = null\n}\nresource "aws_dynamodb_table" "this" {\n  count = var.create && !var.autoscaling ? 1 : 0\n  name = var.name\n  region = var.region\n}\nresource "aws_dynamodb_table" "autoscaled" {\n  count = var.create && var.autoscaling ? 1 : 0\n  name = var.name\n  region = var.region\n}\noutput "id" {\n  value = try(aws_dynamodb_table.this[0].id, aws_dynamodb_table.autoscaled[0].id, "")\n}\n'
FETCHED = {".terraform/modules/modules.json": '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"t","Source":"registry.terraform.io/x/y/aws","Version":"1.0.0","Dir":".terraform/modules/t"},{"Key":"t.this","Source":"registry.terraform.io/x/label/null","Version":"1.0.0","Dir":".terraform/modules/t.this"}]}'}
LABELLED = {".terraform/modules/t.this/main.tf": LABEL, ".terraform/modules/t/main.tf": 'variable "namespace" {\n  default = null\n}\nvariable "name" {\n  default = null\n}\nmodule "this" {\n  source = "x/label/null"\n  namespace = var.namespace\n  name = var.name\n}\nresource "aws_dynamodb_table" "default" {\n  count = 1\n  name = module.this.id\n}\n', **FETCHED}
edited("a public table module",{"main.tf":TOP+'module "t" {\n  source = "x/y/aws"\n  name = "«orders»"\n  autoscaling = true\n}\n',".terraform/modules/t/main.tf":PUBLIC,**FETCHED},"orders-20240715")
refused("a public table module, by workspace",{"main.tf":TOP+'module "t" {\n  source = "x/y/aws"\n  name = "${terraform.workspace}-orders"\n}\n',".terraform/modules/t/main.tf":PUBLIC,**FETCHED},"default-orders-20240715","every other workspace")
refused("a public table module, for each",{"main.tf":TOP+'module "t" {\n  source = "x/y/aws"\n  for_each = toset(["orders", "users"])\n  name = "x-${each.key}"\n}\n',".terraform/modules/t/main.tf":PUBLIC,**FETCHED},"x-orders-20240715","key")
edited("a table module with a label module",{"main.tf":TOP+'module "t" {\n  source = "x/y/aws"\n  namespace = "eg"\n  name = "«orders»"\n}\n',**LABELLED},"eg-orders-20240715","eg-orders-20240715")
refused("a label module, by workspace",{"main.tf":TOP+'module "t" {\n  source = "x/y/aws"\n  namespace = terraform.workspace\n  name = "orders"\n}\n',**LABELLED},"default-orders-20240715","every other workspace")
refused("a label that a queue has too",{"main.tf":TOP+'module "label" {\n  source = "./label"\n  namespace = "eg"\n  name = "orders"\n}\n'+TABLE%"module.label.id"+'resource "aws_sqs_queue" "q" {\n  name = "${module.label.id}-dlq"\n}\n',"label/main.tf":LABEL},"eg-orders-20240715",r"aws_sqs_queue\.q")
refused("a label's context handed on",{"main.tf":TOP+'module "label" {\n  source = "./label"\n  namespace = "eg"\n  name = "orders"\n}\nmodule "role" {\n  source = "./label"\n  context = module.label.context\n}\n'+TABLE%"module.label.id"+'resource "aws_iam_role" "r" {\n  name = "${module.role.id}-reader"\n}\n',"label/main.tf":LABEL},"eg-orders-20240715",r"aws_iam_role\.r")
# Terragrunt beside the code that it runs
edited("terragrunt inputs beside the code",{"live/prod/main.tf":TABLE%'"prod-${var.n}"'+'variable "n" {}\nvariable "v" {}\n',"live/prod/terragrunt.hcl":'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\nlocals {\n  n = "orders"\n}\ninputs = {\n  # orders\n  n = "«orders»"\n  v = get_env("V", "orders")\n}\n',"live/root.hcl":'remote_state {\n  backend = "s3"\n}\n'},"orders-20240715","prod-orders-20240715")
refused("terragrunt inputs that a queue has too",{"live/prod/main.tf":TABLE%'var.n'+'variable "n" {}\nresource "aws_sqs_queue" "q" {\n  name = var.n\n}\n',"live/prod/terragrunt.hcl":'inputs = {\n  n = "orders"\n}\n'},"orders-20240715",r"aws_sqs_queue\.q")
# the shapes above, varied
edited("s5 number-like", {"main.tf":table("var.n")+'variable "n" { type = string }\n',"terraform.tfvars.json":'{"n":"«orders2»"}'},"orders2-20240715")
edited("s5 with type any", {"main.tf":table("var.n.a")+'variable "n" { type = any }\n',"terraform.tfvars.json":'{"n":{"a":"«orders»","b":1}}'},"orders-20240715")
edited("s5 map of string", {"main.tf":table('var.n["t"]')+'variable "n" { type = map(string) }\n',"terraform.tfvars.json":'{"n":{"t":"«orders»","b":"1"}}'},"orders-20240715")
edited("s5 set then one", {"main.tf":table('one(var.n)')+'variable "n" { type = set(string) }\n',"terraform.tfvars.json":'{"n":["«orders»"]}'},"orders-20240715")
edited("s20 two autos same dir", {"main.tf":table("var.n")+'variable "n" {}\n',"10-base.auto.tfvars":'n = "orders"\n',"20-prod.auto.tfvars":'n = "«orders»"\n'},"orders-20240715")
edited("s20 upper sorts first", {"main.tf":table("var.n")+'variable "n" {}\n',"Z.auto.tfvars":'n = "orders"\n',"a.auto.tfvars":'n = "«orders»"\n'},"orders-20240715")
edited("s20 partial object replaced whole", {"main.tf":table("var.c.n")+'variable "c" {}\n',"terraform.tfvars":'c = { n = "orders", x = 1 }\n',"a.auto.tfvars":'c = { n = "«orders»" }\n'},"orders-20240715")
edited("s8 three envs with shared tfvars", {"environments/prod/main.tf":TOP+'variable "n" {}\nmodule "o" {\n  source = "../../modules/o"\n  name = var.n\n}\n',"environments/prod/terraform.tfvars":'n = "«prod-orders»"\n',"environments/dev/main.tf":TOP+'variable "n" {}\nmodule "o" {\n  source = "../../modules/o"\n  name = var.n\n}\n',"environments/dev/terraform.tfvars":'n = "dev-orders"\n',"modules/o/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"prod-orders-20240715")
refused("s8 same name in both", {"environments/prod/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  name = "orders"\n}\n',"environments/dev/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  name = "orders"\n}\n',"modules/o/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"orders-20240715","--root|Choose")
edited("s8 same name with root", {"environments/prod/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  name = "«orders»"\n}\n',"environments/dev/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  name = "orders"\n}\n',"modules/o/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"orders-20240715",root_module="environments/prod")
refused("s8 prefix by folder name", {"environments/prod/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  env = basename(path.cwd)\n}\n',"modules/o/main.tf":TABLE%'"${var.env}-orders"'+'variable "env" {}\n'},"prod-orders-20240715","")
refused("s8 basename abspath", {"environments/prod/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  env = basename(abspath(path.root))\n}\n',"environments/dev/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  env = basename(abspath(path.root))\n}\n',"modules/o/main.tf":TABLE%'"${var.env}-orders"'+'variable "env" {}\n'},"prod-orders-20240715","")
edited("s8 local in root symlink-free", {"environments/prod/locals.tf":'locals {\n  env = "prod"\n  table = "${local.env}-«orders»"\n}\n',"environments/prod/main.tf":TOP+'module "o" {\n  source = "../../modules/o"\n  name = local.table\n}\n',"modules/o/main.tf":TABLE%"var.name"+'variable "name" {}\n'},"prod-orders-20240715")
edited("s6 dir per env tfvars", {"main.tf":table("var.n")+'variable "n" {}\n',"env/prod/terraform.tfvars":'n = "«prod-orders»"\n',"env/dev/terraform.tfvars":'n = "dev-orders"\n'},"prod-orders-20240715")
edited("s6 outside root", {"tf/main.tf":table("var.n")+'variable "n" {}\n',"config/prod.tfvars":'n = "«prod-orders»"\n',"config/dev.tfvars":'n = "dev-orders"\n'},"prod-orders-20240715")
edited("s6 two tfvars needed", {"main.tf":table('"${var.env}-${var.n}"')+'variable "n" {}\nvariable "env" {}\n',"common.tfvars":'env = "prod"\n',"prod.tfvars":'n = "«orders»"\n'},"prod-orders-20240715",env_var_files=("common.tfvars",))
edited("s9 for_each set json own object", {"main.tf":TOP+'variable "t" {}\nresource "aws_dynamodb_table" "this" {\n  for_each = var.t\n  name = lookup(each.value, "name", each.key)\n}\n',"terraform.tfvars.json":'{"t":{"orders":{"name":"«orders»"},"users":{}}}'},"orders-20240715")
refused("s9 coalesce key", {"main.tf":TOP+'variable "t" {}\nresource "aws_dynamodb_table" "this" {\n  for_each = var.t\n  name = lookup(each.value, "name", each.key)\n}\n',"terraform.tfvars.json":'{"t":{"orders":{"name":"orders"},"users":{}}}'},"users-20240715","key")
refused("s12 key with prefix typed base", {"main.tf":TOP+'variable "t" {}\nresource "aws_dynamodb_table" "this" {\n  for_each = var.t\n  name = "app-${each.key}"\n}\n',"terraform.tfvars.json":'{"t":{"orders":{},"users":{}}}'},"orders-20240715","key")
edited("s3 literal dots", {"main.tf":TOP+'resource "aws_dynamodb_table" "a" {\n  name = "«orders»"\n  hash_key = "orders"\n  tags = { Name = "orders" }\n  lifecycle {\n    ignore_changes = [read_capacity]\n  }\n}\n'},"orders-20240715")
edited("s3 provider v6 region and name twice", {"main.tf":TOP+'resource "aws_dynamodb_table" "a" {\n  name = "«orders»"\n  replica {\n    region_name = "eu-west-2"\n  }\n}\nresource "aws_dynamodb_table_replica" "r" {\n  global_table_arn = aws_dynamodb_table.a.arn\n}\n'},"orders-20240715")
refused("s2 default used twice", {"main.tf":table('var.n')+'variable "n" {\n  default = "orders"\n}\nresource "aws_dynamodb_table" "audit" {\n  name = "${var.n}-audit"\n}\n'},"orders-20240715","several")
edited("s2 validation length", {"main.tf":table('var.n')+'variable "n" {\n  type = string\n  default = "«orders»"\n  validation {\n    condition = length(var.n) > 2\n    error_message = "orders too short"\n  }\n}\n'},"orders-20240715")
edited("s1 multi-line list", {"main.tf":table('var.n[2]')+'variable "n" {}\n',"terraform.tfvars":'n = [\n  "a", # orders\n  "b",\n  /* orders */ "«orders»",\n]\n'},"orders-20240715")
edited("s1 colon and no commas", {"main.tf":table('var.n.t')+'variable "n" {}\n',"terraform.tfvars":'n = {\n  s : "x"\n  t : "«orders»"\n}\n'},"orders-20240715")
edited("s1 negative and functions", {"main.tf":table('var.n')+'variable "n" {}\nvariable "x" {}\n',"terraform.tfvars":'x = -1\nn = "«orders»"\n'},"orders-20240715")
edited("s1 dollar escape", {"main.tf":table('var.n')+'variable "n" {}\nvariable "x" {}\n',"terraform.tfvars":'x = "$${n} %%{ if } orders"\nn = "«orders»"\n'},"orders-20240715")
refused("s4 account name address", {"main.tf":table('"${var.account_name}-baskets"')+'variable "account_name" {}\nprovider "aws" {\n  alias = "x"\n  allowed_account_ids = [var.account_name == "production" ? "111111111111" : "222222222222"]\n}\n',"terraform.tfvars.json":'{"account_name":"production"}'},"baskets-x-20240715","",addresses=("aws_dynamodb_table.orders",))
edited("s4 automatic prefix", {"main.tf":table('"${var.account_name}-«baskets»"')+'variable "account_name" {}\n',"terraform.tfvars.json":'{"account_name":"production"}'},"production-baskets-20240715")
