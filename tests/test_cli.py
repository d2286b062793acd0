"""The command line itself: codes, streams, and the one place where errors become words."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import tfswap
from tfswap.cli import app
from tfswap.console import Console
from tfswap.error_handler import handle_errors
from tfswap.errors import CannotTellError, ExitCode, RejectedError, TfswapError, UsageError

GOOD = Path(__file__).parents[1] / "fixtures" / "plans" / "good" / "plan.json"
PAIR = ("--from", "production-Lpas", "--to", "production-Lpas-20240715")


def run(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tfswap", *arguments],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize("option", ["--version", "-V", "version"])
def test_the_version(option: str) -> None:
    assert run(option).stdout == f"tfswap {tfswap.__version__}\n"
    assert run("--version", "--help").returncode == 0


def listed() -> dict[str, str]:
    """Commands and their short help, as ``--help`` lists them."""
    listing = run("--help", COLUMNS="80").stdout.split("-h, --help", 1)[1]
    rows = re.findall(r"^  ([a-z-]+) +(.+)$", listing.partition("\n")[2], re.MULTILINE)
    return dict(rows)


def test_every_command_has_help_that_fits_80_columns() -> None:
    assert {"prepare", "run", "verify-plan", "apply", "status", "demo"} <= listed().keys()
    for command, text in listed().items():
        assert not text.endswith("..."), f"the help of {command} is cut"
        done = run(command, "--help", COLUMNS="80")
        assert done.returncode == 0
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_every_command_stands_under_a_heading_and_has_an_example() -> None:
    registered = {one.name for one in app.registered_commands if not one.hidden} | {"pipeline"}
    assert listed().keys() == registered
    for name in registered - {"pipeline"}:
        assert f"  tfswap {name}" in run(name, "--help").stdout.partition("Example")[2]


@pytest.mark.parametrize("words", [(), ("run",), ("pipeline", "stop")])
def test_help_as_a_command_is_the_option(words: tuple[str, ...]) -> None:
    assert run("help", *words).stdout == run(*words, "--help").stdout
    assert run("help", *words).returncode == 0


def test_the_readme_lists_the_commands_as_the_help_does() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", readme, re.MULTILINE))
    assert rows == listed()


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("prepare",),
        ("prepare", "--no-such-option", "Lpas-20240715"),
        ("verify-plan", "--format", "xml"),
        ("apply", "--max-age", "0"),
    ],
)
def test_what_cannot_be_parsed_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == ExitCode.USAGE
    assert "Usage: tfswap" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("verify-plan", "none.json", *PAIR), "none.json cannot be read"),
        (("verify-plan", str(GOOD), "--from", "production-Lpas"), "1 --from and 0 --to"),
        (("verify-plan", str(GOOD), "--from", "a!", "--to", "b"), "is not a valid DynamoDB"),
        (("verify-plan", str(GOOD), "--from", "one", "--to", "one"), "name the same table twice"),
        (("verify-plan", *PAIR), "need a plan"),
        (("verify-plan", str(GOOD), "--release", "a.b"), "--release needs --from"),
        (("run", "--direct", "--rehearse-only"), "cannot be combined"),
    ],
)
def test_options_that_do_not_go_together(arguments: tuple[str, ...], phrase: str) -> None:
    done = run(*arguments)
    assert done.returncode in (ExitCode.USAGE, ExitCode.CANNOT_TELL)
    assert phrase in done.stderr
    assert "next:  " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_result_goes_to_standard_output_and_nothing_else_does() -> None:
    done = run("verify-plan", str(GOOD), *PAIR)
    assert done.returncode == 0
    assert done.stdout.startswith("READY")
    assert "next:" not in done.stdout


def test_a_report_goes_to_files_in_other_formats(tmp_path: Path) -> None:
    writes = [f"--write={form}={tmp_path / form}" for form in ("json", "html", "sarif")]
    done = run("verify-plan", str(GOOD), *PAIR, *writes)
    assert done.stdout == run("verify-plan", str(GOOD), *PAIR).stdout
    for form in ("json", "html", "sarif"):
        assert f"wrote {tmp_path / form}" in " ".join(done.stderr.split())
        same = run("verify-plan", str(GOOD), *PAIR, "--format", form).stdout
        assert (tmp_path / form).read_text().rstrip() == same.rstrip(), form


@pytest.mark.parametrize("command", [("verify-plan", str(GOOD), *PAIR), ("check",), ("run",)])
def test_a_file_that_cannot_be_written_is_told_first(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    done = run(*command, "--write", f"html={tmp_path}/none/a.html")
    assert done.returncode == ExitCode.USAGE
    assert f"next:  mkdir -p {tmp_path}/none" in done.stderr
    assert done.stdout == ""


def test_a_released_address_may_be_named_by_hand() -> None:
    plan = GOOD.parents[1] / "replica-released" / "plan.json"
    released = ("--release", "aws_dynamodb_table_replica.lpas_table[0]")
    assert run("verify-plan", str(plan), *PAIR).returncode == ExitCode.REJECTED
    assert run("verify-plan", str(plan), *PAIR, *released).returncode == ExitCode.OK


def test_one_command_is_built_and_all_are_suggested() -> None:
    assert "Verify that a plan" in run("verify-plan", "--help").stdout
    assert "Did you mean 'verify-plan'" in run("verify-pla").stderr


def test_a_pipe_and_no_color_get_no_colour() -> None:
    assert "\x1b" not in run("verify-plan", str(GOOD), *PAIR).stdout


def test_without_a_swap_every_command_names_the_one_to_run(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    identity = ("-c", "user.name=A", "-c", "user.email=a@lpa.example")
    commit = ("commit", "--quiet", "--allow-empty", "-m", "Begin")
    subprocess.run(["git", "-C", str(tmp_path), *identity, *commit], check=True)
    for command in ("run", "rehearse", "verify-plan", "apply"):
        done = run(command, cwd=tmp_path)
        assert done.returncode == ExitCode.USAGE
        assert "tfswap prepare" in done.stderr
    done = run("status", cwd=tmp_path)
    assert done.returncode == 0
    assert "next: tfswap prepare" in done.stdout


def raising(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "phrase"),
    [
        (UsageError("Wrong word.", hint="Do this."), ExitCode.USAGE, "Do this."),
        (RejectedError("Refused."), ExitCode.REJECTED, "Refused."),
        (CannotTellError("Unclear."), ExitCode.CANNOT_TELL, "Unclear."),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "tfswap status"),
        (OSError(errno.ENOSPC, "No space left on device", "f"), ExitCode.USAGE, "device: f."),
    ],
)
def test_errors_become_words_and_codes(
    error: BaseException, code: int, phrase: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert handle_errors(Console(), raising(error)) == code
    err = capsys.readouterr().err
    assert phrase in err
    assert "Traceback" not in err


def test_an_interrupt_says_what_was_changed_and_names_the_way_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["tfswap", "finish", "--base", "a b"])
    console = Console()

    def work() -> int:
        with console.step("look"), suppress(RejectedError), console.writing("try"):
            raise RejectedError("refused")
        with console.step("commit the edit", writes=True):
            pass
        with console.step("push the branch", writes=True):
            raise KeyboardInterrupt

    assert handle_errors(console, work) == ExitCode.INTERRUPTED
    err = capsys.readouterr().err
    assert err[err.index("error: ") :].splitlines() == [
        "error: Interrupted.",
        "  | done: commit the edit",
        "  | done, done in part, or not: push the branch",
        "  | Nothing else was changed.",
        "next:  To continue: tfswap finish --base 'a b' (to see what is done: tfswap status)",
    ]
    assert handle_errors(Console(), raising(KeyboardInterrupt())) == ExitCode.INTERRUPTED
    assert "  | Nothing was changed.\nnext:" in capsys.readouterr().err


def test_a_bug_keeps_its_traceback_in_a_private_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert (
        handle_errors(Console(), raising(ZeroDivisionError("secret words"))) == ExitCode.CANNOT_TELL
    )
    err = capsys.readouterr().err
    assert "bug in tfswap" in err
    assert "secret words" not in err
    [log] = tmp_path.iterdir()
    assert "ZeroDivisionError: secret words" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_closed_terminal_unwinds_like_ctrl_c() -> None:
    cleaned = []

    def work() -> int:
        try:
            os.kill(os.getpid(), signal.SIGHUP)
            signal.pause()
        finally:
            cleaned.append(True)
        return 0

    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        assert handle_errors(Console(quiet=True), work) == ExitCode.INTERRUPTED
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert cleaned == [True]


def test_a_reader_that_goes_away_is_no_bug() -> None:
    code = f"{sys.executable} -m tfswap verify-plan {GOOD} {' '.join(PAIR)} | head -n 1 >/dev/null"
    done = subprocess.run(["sh", "-c", code], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "bug in tfswap" not in done.stderr


def every_error() -> list[type[TfswapError]]:
    found, rest = [], [TfswapError]
    while rest:
        kind = rest.pop()
        found.append(kind)
        rest += kind.__subclasses__()
    return found


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_no_error_of_ours_ends_with_success(kind: type[TfswapError]) -> None:
    assert kind.exit_code != ExitCode.OK
