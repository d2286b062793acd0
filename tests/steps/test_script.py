"""The script says what ``run`` does, and survives a real shell whatever the names hold."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import msgspec

from tests.steps.conftest import table
from tfswap.steps.script import command_lines, script
from tfswap.swap import Swap
from tfswap.terraform.arguments import Binary

RECORDER = """\
#!/usr/bin/env python3
import json, os, sys
with open(os.environ["RECORD"], "a") as file:
    role = os.environ.get("TF_VAR_default_role")
    file.write(json.dumps([os.getcwd(), role, sys.argv[1:]]) + "\\n")
"""


def nasty(swap: Swap) -> Swap:
    address = 'module.m["it\'s $(touch x) `y` \\"q\\" *"].aws_osis_pipeline.p'
    tables = (msgspec.structs.replace(table("Lpas"), pipelines=(address,)),)
    return msgspec.structs.replace(
        swap, tables=tables, root_module="terra form/it's", workspace="a b", release=()
    )


def run_script(swap: Swap, tmp_path: Path) -> list[tuple[str, str, list[str]]]:
    repo = tmp_path / "repo"
    (repo / swap.root_module).mkdir(parents=True)
    (repo / ".tfswap").mkdir()
    binary = tmp_path / "bin dir" / "terraform"
    binary.parent.mkdir()
    binary.write_text(RECORDER)
    binary.chmod(0o755)
    path = repo / ".tfswap" / "commands.sh"
    variables = {"TF_VAR_default_role": "break'glass $x"}
    path.write_text(script(swap, Binary(str(binary), ("env", "RECORDED=yes")), variables))
    record = tmp_path / "record"
    env = {"PATH": "/usr/bin:/bin", "RECORD": str(record)}
    subprocess.run(["sh", str(path)], cwd=tmp_path, env=env, check=True, capture_output=True)
    backup, name = sorted(p.name for p in (repo / ".tfswap").iterdir())
    assert name == "commands.sh"
    assert backup.startswith("before-commands-2")
    return [tuple(json.loads(line)) for line in record.read_text().splitlines()]


def test_a_real_shell_runs_the_very_words(swap: Swap, tmp_path: Path) -> None:
    odd = nasty(swap)
    calls = run_script(odd, tmp_path)
    assert {call[0] for call in calls} == {str(tmp_path / "repo" / odd.root_module)}
    assert {call[1] for call in calls} == {"break'glass $x"}
    assert [call[2] for call in calls] == [
        ["init"],
        ["workspace", "select", "a b"],
        ["state", "pull"],
        ["state", "rm", "aws_dynamodb_table.lpas_table"],
        ["import", "aws_dynamodb_table.lpas_table", "production-Lpas-20240715"],
        ["taint", odd.tables[0].pipelines[0]],
        ["plan"],
    ]


def test_the_printed_commands_are_quoted_and_prefixed(swap: Swap) -> None:
    lines = command_lines(swap, Binary(prefix=("aws-vault", "exec", "identity", "--")))
    assert lines[-2:] == (
        "aws-vault exec identity -- terraform taint 'aws_osis_pipeline.lpas_stream[0]'",
        "aws-vault exec identity -- terraform plan",
    )
