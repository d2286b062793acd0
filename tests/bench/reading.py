"""How long it takes to read a repository, as a part of python-hcl2 parsing every file of it.

``python -m tests.bench.reading [REPO NAME]``: without arguments, on a repository of about 200 files
and 13,000 lines made from the fixture, of which a quarter takes part in the swap, as in the
runbook's. Targets (issue 2): cold at most 0.25, warm at most 0.05. Each figure is the median of
several fresh processes. The import of hcl2 counts on both sides, as both need it once; our own
modules' import does not.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

REPO = Path(__file__).parents[2]
FIXTURE = REPO / "fixtures" / "lpa" / "repo"
ROOT = "terraform/environment"
NAME = "Lpas-20240715"
ROUNDS = 5
COLD, WARM = 0.25, 0.05

_EVERY_FILE = """
import sys, time
import pathlib
start = time.perf_counter()
import hcl2
for path in pathlib.Path(sys.argv[1]).rglob("*.tf"):
    hcl2.loads(path.read_text())
print(time.perf_counter() - start)
"""
_READ = """
import sys, time
import pathlib
from tfswap.config import Config
from tfswap.discovery.discover import discover
start = time.perf_counter()
swap = discover(pathlib.Path(sys.argv[1]), [sys.argv[2]], Config())
assert swap.tables[0].consumers
print(time.perf_counter() - start)
"""

_MODULES, _TAKING_PART = 40, 13


class Figures(NamedTuple):
    """Seconds, medians."""

    every_file: float
    cold: float
    warm: float


def measure(repo: Path, name: str) -> Figures:
    """Measure on a repository; the table ``name`` must be found there."""
    every, cold, warm = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as cache:
            surroundings = {**os.environ, "XDG_CACHE_HOME": cache, "PYTHONPATH": str(REPO)}
            every.append(_time(_EVERY_FILE, [str(repo)], surroundings))
            cold.append(_time(_READ, [str(repo), name], surroundings))
            warm.append(_time(_READ, [str(repo), name], surroundings))
    return Figures(*map(statistics.median, (every, cold, warm)))


def _time(code: str, args: list[str], surroundings: Mapping[str, str]) -> float:
    argv = [sys.executable, "-c", code, *args]
    done = subprocess.run(argv, env=surroundings, capture_output=True, text=True, check=True)
    return float(done.stdout)


def make(folder: Path) -> Path:
    """Write the repository to measure on."""
    repo = folder / "repo"
    shutil.copytree(FIXTURE, repo, ignore=shutil.ignore_patterns(".terraform*"))
    calls = []
    for number in range(_MODULES):
        uses = number < _TAKING_PART
        calls.append(_call(number, uses))
        module = repo / ROOT / "extra" / f"part_{number:02}"
        module.mkdir(parents=True)
        for name, text in _module(number, uses).items():
            (module / name).write_text(text)
    (repo / ROOT / "extra.tf").write_text("\n".join(calls))
    return repo


def _call(number: int, uses: bool) -> str:
    table = "{ arn = aws_dynamodb_table.lpas_table.arn }" if uses else '{ arn = "none" }'
    return f"""module "part_{number:02}" {{
  source = "./extra/part_{number:02}"
  table  = {table}
  stage  = local.environment_name
}}
"""


def _module(number: int, uses: bool) -> dict[str, str]:
    source = "var.table.arn" if uses else '"*"'
    statements = "\n".join(_statement(i, source) for i in range(9))
    groups = "\n".join(_group(i) for i in range(8))
    return {
        "variables.tf": 'variable "table" {\n  type = object({ arn = string })\n}\n\n'
        'variable "stage" {\n  type = string\n}\n',
        "iam.tf": f'data "aws_iam_policy_document" "part" {{\n{statements}}}\n\n'
        f'resource "aws_iam_role_policy" "part" {{\n  name   = "part-{number}"\n'
        '  role   = "part"\n  policy = data.aws_iam_policy_document.part.json\n}\n',
        "network.tf": groups,
        "outputs.tf": 'output "stage" {\n  value = var.stage\n}\n',
    }


def _statement(number: int, source: str) -> str:
    return f"""  statement {{
    sid    = "Part{number}"
    effect = "Allow"
    actions = [
      "dynamodb:GetItem",
      "dynamodb:Query",
      "s3:GetObject",
    ]
    resources = [
      {source},
      "${{{source.strip('"') if source != '"*"' else "var.stage"}}}/index/*",
    ]
    condition {{
      test     = "StringEquals"
      variable = "aws:PrincipalTag/stage"
      values   = [var.stage == "production" ? "live" : lower(var.stage)]
    }}
  }}

"""


def _group(number: int) -> str:
    return f"""resource "aws_security_group" "group_{number}" {{
  name_prefix = "${{var.stage}}-part-{number}-"
  description = "Part {number}"
  dynamic "ingress" {{
    for_each = {{ for port in [80, 443, {8000 + number}] : tostring(port) => port }}
    content {{
      from_port = ingress.value
      to_port   = ingress.value
      protocol  = "tcp"
    }}
  }}
  tags = merge({{ stage = var.stage }}, {{ part = "{number}" }})
}}
"""


def report(figures: Figures) -> list[str]:
    """Return one line per target."""
    every, cold, warm = figures
    lines = []
    for label, seconds, target in (("cold", cold, COLD), ("warm", warm, WARM)):
        ratio = seconds / every
        verdict = "ok" if ratio <= target else "MISSED"
        what = f"reading a repository, {label}"
        lines.append(f"{what:<28} {ratio:.3f} x hcl2 on every file (at most {target}) {verdict}")
    return lines


def main(args: list[str]) -> int:
    """Measure and print; 1 when a target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        repo, name = (Path(args[0]), args[1]) if args else (make(Path(folder)), NAME)
        files = list(repo.rglob("*.tf"))
        lines = sum(path.read_bytes().count(b"\n") for path in files)
        figures = measure(repo, name)
    print(f"{len(files)} files, {lines} lines; hcl2 on every file {figures.every_file:.2f} s")
    print(*report(figures), sep="\n")
    return int(any("MISSED" in line for line in report(figures)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
