"""Who refers to a table: by value, through what carries its identity, and nobody else."""

from __future__ import annotations

import json

import pytest

from tests.discovery.conftest import MINIATURE, ROOT, Find, Make
from tfswap.config import Config, Setting
from tfswap.errors import RepoError
from tfswap.swap import Consumer

TABLE = "aws_dynamodb_table.lpas_table"


@pytest.fixture
def consumers(make: Make, find: Find) -> object:
    """Return the consumers of the table when this Terraform is added, by address."""

    def run(text: str, more: dict[str, str] | None = None) -> dict[str, Consumer]:
        files = {f"{ROOT}/{name}": body for name, body in (more or {}).items()}
        table = find(make({f"{ROOT}/use.tf": text, **files})).tables[0]
        return {consumer.address: consumer for consumer in table.consumers}

    return run


def block(kind: str, labels: str, body: str) -> str:
    names = " ".join(f'"{label}"' for label in labels.split("."))
    return f"{kind} {names} {{\n{body}\n}}\n"


def using(value: str, address: str = "aws_thing.user", extra: str = "") -> str:
    return block("resource", address, f"  attribute_x = {value}\n{extra}")


BY_VALUE = [
    f"{TABLE}.arn",
    f"{TABLE}.name",
    f"{TABLE}.id",
    f"{TABLE}.stream_arn",
    f"{TABLE}.something_new",
    TABLE,
    f'"${{{TABLE}.arn}}/index/*"',
    f"[{TABLE}.arn]",
    f"{{ a = {{ b = {TABLE}.arn }} }}",
    f"jsonencode({{ Resource = {TABLE}.arn }})",
    f'templatefile("x", {{ arn = {TABLE}.arn }})',
    f"var.environments == 1 ? {TABLE}.arn : null",
    f"{TABLE}.arn == local.environment_name ? 1 : 2",
    f"{TABLE} [ /* why */ 0 ].arn",
    f"{TABLE}[*].arn",
    f"[for t in [{TABLE}] : t.arn]",
    f"{{ for k, t in {{ a = {TABLE} }} : k => t.name }}",
    f"merge({{}}, {{ a = {TABLE}.arn }}).a",
    f"try({TABLE}.arn, null)",
    f"concat([], [{TABLE}.arn])[0]",
    f'lookup({{ a = {TABLE}.arn }}, "a", null)',
    f'<<EOT\n{{"Resource": "${{{TABLE}.arn}}"}}\nEOT',
    f'"%{{ for a in [{TABLE}.arn] }}${{a}}%{{ endfor }}"',
    f"local.map[{TABLE}.name]",
    "local.environment.dynamodb.lpas_table_name",
    "jsonencode(local.environment)",
    "var.environments",
]

NOT_BY_VALUE = [
    f"{TABLE}.hash_key",
    f"{TABLE}.tags",
    f"{TABLE}.ttl[0].enabled",
    f"{{ a = {TABLE}.arn, b = 1 }}.b",
    f"merge({{ a = {TABLE}.arn }}, {{ b = 1 }}).b",
    f"length({TABLE}.name)",
    f"{TABLE}.arn == null ? 1 : 2",
    f'{TABLE}.arn != "" ? 1 : 2',
    f"keys({{ a = {TABLE}.arn }})",
    f'terraform.workspace == "test" ? {TABLE}.arn : null',
    f'"{TABLE}.arn"',
    f'"$${{{TABLE}.arn}}"',
    "aws_dynamodb_table.sessions_table.arn",
    "aws_dynamodb_table.lpas_table_two.arn",
    "data.aws_dynamodb_table.lpas_table.arn",
    "local.environment.dynamodb.sessions_table_name",
    "local.environment_name",
    'var.environments["test"].dynamodb.lpas_table_name',
    "keys(var.environments)",
]


@pytest.mark.parametrize("value", BY_VALUE)
def test_a_reference_by_value_makes_a_consumer(consumers: object, value: str) -> None:
    found = consumers(using(value))  # type: ignore[operator]
    assert found["aws_thing.user"].kind == "resource"
    assert (found["aws_thing.user"].file, found["aws_thing.user"].line) == (f"{ROOT}/use.tf", 1)


@pytest.mark.parametrize("value", NOT_BY_VALUE)
def test_another_reference_does_not(consumers: object, value: str) -> None:
    assert consumers(using(value)) == {}  # type: ignore[operator]


BODIES = {
    "a nested block": f"  a {{\n    b {{\n      c = {TABLE}.arn\n    }}\n  }}",
    "the first of two like blocks": f"  a {{\n    c = {TABLE}.arn\n  }}\n  a {{\n    c = 1\n  }}",
    "a dynamic block": (
        f'  dynamic "a" {{\n    for_each = [{TABLE}.arn]\n'
        "    content {\n      c = a.value\n    }\n  }"
    ),
    "a dynamic block with an iterator": (
        f'  dynamic "a" {{\n    for_each = [{TABLE}.arn]\n    iterator = it\n'
        "    content {\n      c = it.value\n    }\n  }"
    ),
    "for_each": f"  for_each = toset([{TABLE}.arn])\n  a = each.value",
    "replace_triggered_by": f"  lifecycle {{\n    replace_triggered_by = [{TABLE}]\n  }}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_everywhere_in_a_block(consumers: object, body: str) -> None:
    assert "aws_thing.user" in consumers(block("resource", "aws_thing.user", body))  # type: ignore[operator]


@pytest.mark.parametrize(
    "body",
    [
        f"  depends_on = [{TABLE}]",
        f"  lifecycle {{\n    precondition {{\n      condition = {TABLE}.arn != 1\n    }}\n  }}",
        f"  count = 0\n  a = {TABLE}.arn",
        f"  for_each = toset([])\n  a = {TABLE}.arn",
        f"  count = local.environment.replica ? 1 : 0\n  a = {TABLE}.arn",
    ],
)
def test_no_consumers_by_value(consumers: object, body: str) -> None:
    assert consumers(block("resource", "aws_thing.user", body)) == {}  # type: ignore[operator]


CARRIED = {
    "a local": block("locals", "", f"  l = {TABLE}.arn").replace('""', "") + using("local.l"),
    "a local's member": (
        f"locals {{\n  l = {{ a = {TABLE}.arn, b = 1 }}\n}}\n" + using("local.l.a")
    ),
    "a data source": block(
        "data", "aws_iam_policy_document.d", f"  s {{\n    r = [{TABLE}.arn]\n  }}"
    )
    + using("data.aws_iam_policy_document.d.json"),
    "a replica": block(
        "resource", "aws_dynamodb_table_replica.r", f"  global_table_arn = {TABLE}.arn"
    )
    + using("aws_dynamodb_table_replica.r.arn"),
    "an argument that is read back": using(f"{TABLE}.arn", "aws_target.t")
    + using("aws_target.t.attribute_x"),
    "a name made of the table's": block("resource", "aws_alarm.a", f"  alarm_name = {TABLE}.name")
    + using("aws_alarm.a.arn"),
    "terraform_data": block("resource", "terraform_data.d", f"  input = {TABLE}.arn")
    + using("terraform_data.d.output"),
    "a published function": block(
        "resource",
        "aws_lambda_function.f",
        f"  publish = true\n  environment {{\n    v = {TABLE}.name\n  }}",
    )
    + using("aws_lambda_function.f.qualified_arn"),
    "instances": block(
        "resource", "aws_dynamodb_table_replica.r", f"  count = 1\n  g = {TABLE}.arn"
    )
    + using("aws_dynamodb_table_replica.r[0].arn"),
    "all instances": block(
        "resource", "aws_dynamodb_table_replica.r", f"  count = 1\n  g = {TABLE}.arn"
    )
    + using("aws_dynamodb_table_replica.r[*].arn"),
}


@pytest.mark.parametrize("text", CARRIED.values(), ids=CARRIED)
def test_carried_on(consumers: object, text: str) -> None:
    found = consumers(text)  # type: ignore[operator]
    assert found["aws_thing.user"].parent != TABLE
    assert found[found["aws_thing.user"].parent].parent == TABLE


ENDS = {
    "another member of a local": f"locals {{\n  l = {{ a = {TABLE}.arn, b = 1 }}\n}}\n"
    + using("local.l.b"),
    "the id of a resource updated in place": block(
        "resource", "aws_iam_role_policy.p", f"  policy = {TABLE}.arn"
    )
    + using("aws_iam_role_policy.p.id"),
    "an argument that has nothing of it": block(
        "data", "aws_thing.d", f"  a = {TABLE}.arn\n  b = 1"
    )
    + using("data.aws_thing.d.b"),
    "an unpublished function's ARN": block(
        "resource", "aws_lambda_function.f", f"  v = {TABLE}.name"
    )
    + using("aws_lambda_function.f.arn"),
}


@pytest.mark.parametrize("text", ENDS.values(), ids=ENDS)
def test_the_trail_ends(consumers: object, text: str) -> None:
    assert "aws_thing.user" not in consumers(text)  # type: ignore[operator]


def test_locals_and_inputs_that_lead_nowhere_are_left_out(consumers: object) -> None:
    text = f'locals {{\n  l = {TABLE}.arn\n}}\nmodule "m" {{\n  source = "./m"\n  t = {TABLE}\n}}\n'
    more = {"m/main.tf": 'variable "t" {}\noutput "unused" {\n  value = var.t.arn\n}\n'}
    assert consumers(text, more) == {}  # type: ignore[operator]


MODULE = {
    "use.tf": f"""
module "outer" {{
  source = "./outer"
  count  = 1
  table  = {{ arn = {TABLE}.arn, key = "k" }}
}}
module "off" {{
  source = "./outer"
  count  = local.environment.replica ? 1 : 0
  table  = {{ arn = {TABLE}.arn, key = "k" }}
}}
output "policy" {{
  value = module.outer[0].policy
}}
output "key" {{
  value = module.outer[0].key
}}
""",
    "outer/main.tf": """
variable "table" {}
module "inner" {
  source = "../inner"
  arn    = var.table.arn
}
resource "aws_thing" "key" {
  x = var.table.key
}
output "policy" {
  value = module.inner.policy
}
output "key" {
  value = var.table.key
}
""",
    "inner/main.tf": """
variable "arn" {}
data "aws_iam_policy_document" "d" {
  statement {
    resources = [var.arn]
  }
}
output "policy" {
  value = data.aws_iam_policy_document.d.json
}
""",
}


def test_through_modules_in_and_out(consumers: object) -> None:
    found = consumers(MODULE["use.tf"], {k: v for k, v in MODULE.items() if k != "use.tf"})  # type: ignore[operator]
    inner = "module.outer.module.inner"
    assert [(c.address, c.kind, c.parent) for c in found.values()] == [
        ("module.outer.var.table", "variable", TABLE),
        (f"{inner}.var.arn", "variable", "module.outer.var.table"),
        (f"{inner}.data.aws_iam_policy_document.d", "data", f"{inner}.var.arn"),
        (f"{inner}.output.policy", "output", f"{inner}.data.aws_iam_policy_document.d"),
        ("module.outer.output.policy", "output", f"{inner}.output.policy"),
        ("output.policy", "output", "module.outer.output.policy"),
    ]


def test_a_module_that_is_not_at_hand(consumers: object) -> None:
    text = f'module "far" {{\n  source = "git::x"\n  t = {TABLE}.arn\n}}\n' + using(
        "module.far.out"
    )
    found = consumers(text)  # type: ignore[operator]
    assert found["module.far"].kind == "module"
    assert found["aws_thing.user"].parent == "module.far"


def test_a_module_that_init_fetched(consumers: object) -> None:
    text = f'module "far" {{\n  source = "git::x"\n  t = {TABLE}.arn\n}}\n'
    listed = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "far", "Dir": ".terraform/modules/far"}]}
    more = {
        ".terraform/modules/modules.json": json.dumps(listed),
        ".terraform/modules/far/main.tf": 'variable "t" {}\n' + using("var.t"),
    }
    assert "module.far.aws_thing.user" in consumers(text, more)  # type: ignore[operator]


def test_parents_are_the_shortest_way(consumers: object) -> None:
    text = f"locals {{\n  b = local.a\n  a = {TABLE}.arn\n}}\n" + block(
        "resource", "aws_thing.user", f"  x = local.b\n  y = {TABLE}.arn"
    )
    assert consumers(text)["aws_thing.user"].parent == TABLE  # type: ignore[operator]


def test_what_has_no_instance_elsewhere_is_there_where_it_has(make: Make, find: Find) -> None:
    text = block(
        "resource",
        "aws_thing.user",
        f"  count = local.environment.replica ? 1 : 0\n  a = {TABLE}.arn",
    )
    tfvars = f"{ROOT}/terraform.tfvars.json"
    with_replica = MINIATURE[tfvars].replace('"test": {', '"test": { "replica": true,')
    repo = make({f"{ROOT}/use.tf": text, tfvars: with_replica})
    in_test = Config(environment=Setting("test", "--environment"))
    assert [c.address for c in find(repo, config=in_test).tables[0].consumers] == ["aws_thing.user"]
    assert find(repo).tables[0].consumers == ()


def test_a_broken_file_on_the_trail_is_said(consumers: object) -> None:
    text = f'module "m" {{\n  source = "./m"\n  t = {TABLE}.arn\n}}\n'
    with pytest.raises(RepoError, match=r"m/main\.tf:2: this HCL does not parse"):
        consumers(text, {"m/main.tf": 'resource "a" "b" {\n  x = var.t ]\n}\n'})  # type: ignore[operator]


@pytest.mark.parametrize(
    ("ignored", "kept"),
    [
        ("[attribute_x]", ("attribute_x",)),
        ("[tags, attribute_x[0].name]", ("attribute_x",)),
        ("all", ("attribute_x",)),
        ("[tags]", ()),
    ],
)
def test_what_ignore_changes_keeps(consumers: object, ignored: str, kept: object) -> None:
    extra = f"  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n"
    found = consumers(using(f"{TABLE}.name", extra=extra))  # type: ignore[operator]
    assert found["aws_thing.user"].ignored == kept


def test_a_local_tells_all_that_it_refers_to(consumers: object) -> None:
    """Plan JSON leaves locals out: the verifier follows them by this."""
    text = f'locals {{\n  l = [{TABLE}.arn, var.x["a"].b, data.aws_d.e[0].f[each.key].g]\n}}\n'
    found = consumers(text + using("local.l"))  # type: ignore[operator]
    assert found["local.l"].references == (
        f"{TABLE}.arn",
        'var.x["a"].b',
        "data.aws_d.e[0].f",
        "each.key",
    )
