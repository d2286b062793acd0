"""Shell completion: what is offered, from which repositories, and in real shells."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.discovery.shapes import EDITED
from tests.typed import Outcome, typed
from tfswap.cli.completion import Shell
from tfswap.context.completion import rule_ids
from tfswap.discovery.quick_names import base_names, environments
from tfswap.rule_catalogue import RULES

FIXTURE = Path(__file__).parents[2] / "fixtures" / "lpa" / "repo"

NOT_FOUND = {
    # Where a name stands behind two references, or in a file that is no configuration.
    *("object default", "optional default", "locals map by workspace", "module argument"),
    *("module called twice", "for_each over objects", "count", "yaml", "json file", "heredoc"),
    *(
        "folder for each environment",
        "hcl tfvars with environments",
        "region in the name",
        "function",
    ),
}


def complete(line: str, repo: Path) -> Outcome:
    """Press Tab at the end of a line."""
    words = line.split(" ")
    env = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_TFSWAP_COMPLETE": BASH}
    return typed([], repo, env)


BASH = "complete_bash"


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("tfswap backups ", ["Lpas", "Sessions"]),
        ("tfswap restore Se", ["Sessions"]),
        ("tfswap swap Lpas --environment pre", ["preproduction"]),
        ("tfswap check -e prod", ["production"]),
        ("tfswap explain TFS80", [f"TFS80{number}" for number in range(1, 10)]),
        ("tfswap run --format sa", ["sarif"]),
        ("tfswap doctor --format ", ["text", "json"]),
        ("tfswap check --write h", ["html="]),
        ("tfswap retire ", []),
    ],
)
def test_what_is_offered(line: str, offered: list[str]) -> None:
    done = complete(line, FIXTURE)
    assert done.out.split() == offered
    assert done.err == ""


def test_a_restored_table_is_offered_with_its_date(tmp_path: Path) -> None:
    [offered] = complete("tfswap prepare Lp", FIXTURE).out.split()
    assert offered.startswith("Lpas-2")
    assert len(offered) == len("Lpas-20240715")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".tfswap").mkdir()
    swap = '{"tables": [{"new_value": "Lpas-20240715", "old_name": "production-Lpas"}]}'
    (tmp_path / ".tfswap" / "swap.json").write_text(swap)
    (tmp_path / "deep").mkdir()
    assert complete("tfswap compare ", tmp_path / "deep").out.split() == ["Lpas-20240715"]
    assert complete("tfswap retire ", tmp_path / "deep").out.split() == ["production-Lpas"]
    assert complete("tfswap --repo x", tmp_path).err == ""


def test_another_repository_may_be_named(tmp_path: Path) -> None:
    assert complete("tfswap backups Lp", tmp_path).out.strip() == ""
    assert complete(f"tfswap backups --repo {FIXTURE} Lp", tmp_path).out == "Lpas\n"


def test_nothing_is_offered_where_anything_fails(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".tfswap").mkdir()
    (tmp_path / ".tfswap" / "swap.json").write_text("[")
    (tmp_path / "main.tf").symlink_to("nowhere")
    for line in ("tfswap prepare ", "tfswap retire ", "tfswap backups ", "tfswap run -e "):
        done = complete(line, tmp_path)
        assert (done.out.strip(), done.err) == ("", ""), line


@pytest.mark.parametrize("shape", EDITED)
def test_names_are_found_by_text_alone(shape: str, tmp_path: Path) -> None:
    files, typed_name, *_ = EDITED[shape]
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.replace("«", "").replace("»", ""))
    base = typed_name.rpartition("-")[0]
    assert (base in base_names(tmp_path)) == (shape not in NOT_FOUND)


def test_a_map_of_environments_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text(
        'a = "x"\nenvironments = { # a map\n  "test" = { t = ["a"], u = { v = 1 } }\n'
        '  production = { t = "}" }\n}\nother = { no = {} }\n'
    )
    assert environments(tmp_path) == ["production", "test"]


def test_every_rule_is_offered_with_its_title() -> None:
    assert dict(rule_ids(FIXTURE)) == {id: rule.title for id, rule in RULES.items()}


def test_completion_loads_nothing_heavy() -> None:
    """What the Tab key waits for: a start without parsers, AWS, git and every rule."""
    code = (
        "import sys; from pathlib import Path; from tfswap.context.completion import *\n"
        "for each in (base_names, environments, restored_tables, rule_ids):\n"
        "    assert offer(each, Path('.'))\n"
        "print(*{m.split('.')[0] for m in sys.modules}, *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FIXTURE, capture_output=True, text=True, check=True
    )
    heavy = {"msgspec", "hcl2", "git", "boto3", "rich", "subprocess", "tfswap.rule_catalogue"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize("shell", Shell)
def test_every_shell_has_its_script(shell: Shell, tmp_path: Path) -> None:
    done = typed(["completion", shell.value], tmp_path)
    assert done.code == 0
    assert f"complete_{shell.value}" in done.out


INTERACTIVE = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(tfswap completion bash)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -Uz compinit; compinit -u -D; eval "$(tfswap completion zsh)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "tfswap completion fish | source"),
}


@pytest.mark.parametrize("shell", INTERACTIVE)
def test_the_tab_key_in_a_real_shell(shell: str, tmp_path: Path) -> None:
    argv, load = INTERACTIVE[shell]
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine")
    program = tmp_path / "tfswap"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfswap "$@"\n')
    program.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "xterm"}
    package = str(Path(__file__).parents[2])
    child, end = pty.fork()
    if child == 0:
        os.chdir(FIXTURE)
        os.execvpe(argv[0], argv, {**env, "PYTHONPATH": package})
    try:
        keys = [f"{load}; echo load''ed\n", "tfswap backups Lp\t", "\x15tfswap explain TFS40\t\t"]
        marks = ["loaded", "backups Lpas", "TFS402"]
        for press, mark in zip(keys, marks, strict=True):
            os.write(end, press.encode())
            assert any(mark in seen for seen in _screen(end)), mark
    finally:
        os.close(end)
        os.kill(child, 9)
        os.waitpid(child, 0)


def _screen(end: int) -> Iterator[str]:
    """Yield all that a terminal showed, whenever there is more."""
    seen, deadline = "", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([end], [], [], 1)[0]:
            try:
                seen += os.read(end, 65536).decode(errors="replace")
            except OSError:
                return
            yield seen
