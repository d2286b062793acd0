"""Expressions: the values Terraform gives, and unknown where the repository does not tell."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.discovery.conftest import Make
from tfswap.errors import RepoError
from tfswap.hcl.dataflow import NONE, WHOLE, Dataflow
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.functions import FUNCTIONS
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.parser import parse_expression
from tfswap.hcl.project import Project
from tfswap.hcl.values import SetValue, Unknown

FILES = {
    "main.tf": """
variable "plain" {}
variable "preset" {
  default = "d"
}
variable "typed" {
  type = object({ n = number, s = string, o = optional(string, "opt"), l = optional(list(string)) })
}
variable "bad" {
  type = list(string)
}
locals {
  name  = "prod"
  list  = ["a", "b", "c"]
  map   = { one = { x = 1 }, two = { x = 2 } }
  loop  = local.loop_b
  loop_b = local.loop
}
resource "aws_thing" "t" {
  name = "thing-${local.name}"
}
resource "aws_thing" "many" {
  count = 2
}
data "aws_other" "d" {
}
module "m" {
  source = "./m"
  input  = upper(local.name)
}
module "each" {
  source   = "./m"
  for_each = toset(["x", "y"])
  input    = each.key
}
module "far" {
  source = "git::https://example.org/far"
}
""",
    "m/main.tf": """
variable "input" {}
output "out" {
  value = "<${var.input}>"
}
""",
}

VALUES: list[tuple[str, Any]] = [
    ('"plain"', "plain"),
    ('"${local.name}"', "prod"),
    ('"a-${local.name}-${"n${"e"}sted"}"', "a-prod-nested"),
    ('"$${x} %%{y} 100% $5"', "${x} %{y} 100% $5"),
    (r'"tab\tquote\"back\\slash\u00e9"', 'tab\tquote"back\\slashé'),
    ('"%{ if local.name == "prod" }yes%{ else }no%{ endif }"', "yes"),
    ('"%{ if false }yes%{ endif }"', ""),
    ('"a %{~ if true ~} b %{~ endif ~} c"', "abc"),
    ('"%{ for i, v in local.list }${i}=${v};%{ endfor }"', "0=a;1=b;2=c;"),
    ("<<EOT\nx ${local.name}\n  y\nEOT\n", "x prod\n  y\n"),
    ('<<-EOT\n    x\n      ${upper("y}")}\n    EOT\n', "x\n  Y}\n"),
    ("<<EOT\n%{ if true ~}\n  a\n%{ endif ~}\nEOT\n", "a\n"),
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("7 / 2", 3.5),
    ("8 / 2", 4),
    ("7 % 4", 3),
    ("-3 - 2", -5),
    ("1 < 2 && !false || false", True),
    ('"1" == 1', False),
    ("true == 1", False),
    ("null == null", True),
    ('"${1.0}"', 1.0),
    ('"x${1.0}"', "x1"),
    ('"${1.5}${true}"', "1.5true"),
    ("local.list[1]", "b"),
    ("local.list.2", "c"),
    ('local.map["two"].x', 2),
    ("local.map.one.x", 1),
    ("values(local.map)[*].x", [1, 2]),
    ("local.list[*]", ["a", "b", "c"]),
    ('[for v in local.list : upper(v) if v != "b"]', ["A", "C"]),
    ("{for k, v in local.map : k => v.x}", {"one": 1, "two": 2}),
    ('{for v in ["a", "b", "a"] : v => 1...}', {"a": [1, 1], "b": [1]}),
    ('{ a = 1, "b" : 2, (local.name) = 3 }', {"a": 1, "b": 2, "prod": 3}),
    ("terraform.workspace", "Work_Space"),
    ("path.module", "."),
    ("var.plain", "p"),
    ("var.preset", "d"),
    ("var.typed", {"n": 3, "s": "5", "o": "opt", "l": None}),
    ("aws_thing.t.name", "thing-prod"),
    ("module.m.out", "<PROD>"),
    ('module.each["y"].out', "<y>"),
    ('lower("AbC")', "abc"),
    ('upper("AbC")', "ABC"),
    ('replace("a_b_c", "_", "-")', "a-b-c"),
    ('replace("a1b2", "/[0-9]/", "")', "ab"),
    ('replace("ab", "/(a)(b)/", "$2$1")', "ba"),
    ('format("%s-%d-%05.1f-%%-%v", "a", 3, 2.5, true)', "a-3-002.5-%-true"),
    ('join("-", local.list)', "a-b-c"),
    ('split(",", "a,b")', ["a", "b"]),
    ("merge(local.map, {three = 3})", {"one": {"x": 1}, "two": {"x": 2}, "three": 3}),
    ("merge([{a = 1}, {a = 2}]...)", {"a": 2}),
    ('contains(keys(local.map), "one")', True),
    ('contains(local.list, "z")', False),
    ('lookup(local.map, "three", "none")', "none"),
    ('try(local.map.three, "fallback")', "fallback"),
    ("try(local.map.three, local.list[9], 1)", 1),
    ("can(local.map.three)", False),
    ("can(local.map.one)", True),
    ('coalesce("", null, "x")', "x"),
    ('trimspace(" a ")', "a"),
    ('trimprefix("abc", "a")', "bc"),
    ('trimsuffix("abc", "c")', "ab"),
    ('substr("hello", 1, 3)', "ell"),
    ('substr("hello", -2, -1)', "lo"),
    ("element(local.list, 4)", "b"),
    ("length(local.list)", 3),
    ('length("abc")', 3),
    ("concat(local.list, [1])", ["a", "b", "c", 1]),
    ("tostring(5)", "5"),
    ('tonumber("5")', 5),
    ('toset(["b", "a", "b"])', SetValue(["a", "b"])),
    ('jsondecode("{\\"a\\": [1]}").a[0]', 1),
    ('jsonencode({b = 1, a = ["<"]})', '{"a":["\\u003c"],"b":1}'),
    ("one([5])", 5),
    ("one([])", None),
    ('compact(["", "a", null])', ["a"]),
    ('distinct(["a", "a", "b"])', ["a", "b"]),
    ('title("hello world")', "Hello World"),
    ('regex("[a-z]+-(\\\\d+)", "abc-12")', ["12"]),
    ('regex("^[[:alnum:]_-]+$", "a-1")', "a-1"),
    ('regexall("\\\\d", "1\u0663")', ["1"]),
    ('startswith("abc", "a")', True),
    ('endswith("abc", "b")', False),
    ('strcontains("abc", "b")', True),
    ("flatten([[1, [2]], [3]])", [1, 2, 3]),
    ('zipmap(["a"], [1])', {"a": 1}),
    ("max(1, 3, 2)", 3),
    ('true ? "a" : "b"', "a"),
    ('"false" ? "a" : "b"', "b"),
    ("[1, aws_thing.many[0].id][0]", 1),
    ("length([aws_thing.many[0].id])", 1),
    ("{a = aws_thing.t.arn, b = 2}.b", 2),
]

UNKNOWN = [
    ("aws_thing.t.arn", "aws_thing.t is known only from the state", False),
    ("data.aws_other.d.id", "data.aws_other.d is known only from the state", False),
    ('"x-${aws_thing.t.arn}"', "aws_thing.t is known", False),
    ("upper(aws_thing.t.arn)", "aws_thing.t is known", False),
    ("try(aws_thing.t.arn, 1)", "aws_thing.t is known", False),
    ("aws_thing.t.arn == 1 ? 2 : 3", "aws_thing.t is known", False),
    ("jsonencode([aws_thing.t.arn])", "aws_thing.t is known", False),
    ("timestamp()", "does not evaluate timestamp()", False),
    ("each.key", "each.key depends on the instance", False),
    ("module.far.x", "not in this repository", False),
    ("module.each", "as a whole", False),
    ("var.unset", "variable unset is not declared", True),
    ("local.nothing", "local.nothing is not defined", True),
    ("local.loop", "refers to itself", True),
    ("local.list[7]", "no member 7", True),
    ("local.map.three", "no 'three' in one, two", True),
    ("var.bad", "a string is not a list", True),
    ('tonumber("x")', "is not a number", True),
    ("aws_thing.gone.id", "is not declared", True),
    ("module.m.gone", "has no output gone", True),
    ("1 / 0", "", True),
]


@pytest.fixture
def tree(make: Make) -> ModuleTree:
    return ModuleTree(Project(make(FILES, bare=True), ParseCache(None)), ".")


def evaluate(tree: ModuleTree, text: str, state: Any = None) -> Any:
    variables = {"plain": "p", "typed": {"n": "3", "s": 5, "extra": 1}, "bad": "text"}
    evaluator = Evaluator("Work_Space", variables, state)
    return evaluator.eval(parse_expression(text, "t.tf"), tree.root)


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text for text, _ in VALUES])
def test_gives_terraforms_value(tree: ModuleTree, text: str, value: Any) -> None:
    found = evaluate(tree, text)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(("text", "reason", "fails"), UNKNOWN, ids=[u[0] for u in UNKNOWN])
def test_never_guesses(tree: ModuleTree, text: str, reason: str, fails: bool) -> None:
    found = evaluate(tree, text)
    assert isinstance(found, Unknown)
    assert reason in str(found)
    assert found.fails is fails


def test_terraform_itself_gives_the_same_values(terraform_binary: str, tmp_path: Path) -> None:
    beyond = ("module.", "aws_", "terraform.", "path.", "var.typed", "<<")
    asked = [(text, value) for text, value in VALUES if not any(b in text for b in beyond)]
    locals_ = FILES["main.tf"].partition("locals {")[2].partition("  loop ")[0]
    variables = 'variable "plain" {\n  default = "p"\n}\nvariable "preset" {\n  default = "d"\n}\n'
    (tmp_path / "main.tf").write_text(f"{variables}locals {{{locals_}}}\n")
    line = f"jsonencode([{', '.join(text for text, _ in asked)}])"
    argv = [terraform_binary, f"-chdir={tmp_path}", "console"]
    done = subprocess.run(argv, input=line, capture_output=True, text=True, check=True)
    answers = json.loads(json.loads(done.stdout))
    assert list(zip([text for text, _ in asked], answers, strict=True)) == asked


def test_what_is_known_to_the_state_is_taken_from_it(tree: ModuleTree) -> None:
    state = {
        "aws_thing.t": {"arn": "A", "name": "stale"},
        "aws_thing.many[1]": {"arn": "M1"},
        "aws_thing.many[0]": {"arn": "M0"},
        'data.aws_other.d["k"]': {"id": "D"},
    }
    assert evaluate(tree, "aws_thing.t.arn", state) == "A"
    assert evaluate(tree, "aws_thing.t.name", state) == "thing-prod"
    assert evaluate(tree, "aws_thing.many[1].arn", state) == "M1"
    assert evaluate(tree, "aws_thing.many[*].arn", state) == ["M0", "M1"]
    assert evaluate(tree, 'data.aws_other.d["k"].id', state) == "D"


def test_an_unknown_says_where(tree: ModuleTree) -> None:
    found = evaluate(tree, "data.aws_other.d.id")
    line = FILES["main.tf"].split("\n").index('data "aws_other" "d" {') + 1
    assert (found.file, found.line) == ("main.tf", line)


ATOM = st.sampled_from(
    [
        *("1", "-2.5", '"a"', '""', "null", "true", "[]", "{}", '[1, "b", null]', '{ k = "v" }'),
        *("var.plain", "var.gone", "local.x", "each.key", "a.b.c", "data.a.b.c", "module.x.y"),
        *('toset(["a"])', "terraform.workspace", "path.module", "aws_dynamodb_table.t.arn"),
    ]
)
FORMS = [
    *("({})[{}]", "({}).k", "({})[*].k", "({} ? {} : {})", "(!({}))", "(-({}))", '"x${{{}}}"'),
    *(
        "[for k, v in {} : {} if {}]",
        "{{ for v in {} : {} => v }}",
        "{{ for v in {} : v => {}... }}",
    ),
    *("{{ ({}) = {} }}", "[{}, {}]", '"%{{ for v in {} }}${{v}}%{{ endfor }}"'),
    *(f"({{}} {sign} {{}})" for sign in ("+", "/", "%", "==", "<", "&&")),
    *(
        f"{name}({args})"
        for name in [*FUNCTIONS, "try", "nope"]
        for args in ("", "{}", "{}, {}...")
    ),
]


def combine(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=3, max_size=3)
    return st.builds(lambda form, parts: form.format(*parts), st.sampled_from(FORMS), several)


@given(st.recursive(ATOM, combine, max_leaves=9))
def test_no_expression_makes_it_crash(text: str) -> None:
    tree = ModuleTree(Project(Path("/nonexistent"), ParseCache(None)), ".")
    try:
        expr = parse_expression(text, "t.tf")
    except RepoError:
        return
    Evaluator("w", {"plain": "p"}).eval(expr, tree.root)
    flow = Dataflow(lambda found: WHOLE if found.root.startswith("aws_") else NONE, lambda _: None)
    found = flow.of(expr, {})
    assert found == NONE or "aws_dynamodb_table" in text
