"""The process door, with real programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tfswap.errors import TerraformError
from tfswap.files import private_append
from tfswap.terraform.command_runner import (
    ChildInterrupted,
    CommandRunner,
    terraform_environment,
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_both_streams_and_the_code_are_kept_apart(tmp_path: Path) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    result = CommandRunner().run(python(code), tmp_path)
    assert (result.code, result.out, result.err) == (3, b"out\n", b"err\n")


def test_a_full_pipe_on_one_stream_does_not_block_the_other(tmp_path: Path) -> None:
    code = "import sys; sys.stderr.write('e' * 300_000); sys.stdout.write('o' * 300_000 + '\\n')"
    seen: list[str] = []
    for on_line in (None, seen.append):
        result = CommandRunner().run(python(code), tmp_path, on_line=on_line)
        assert (len(result.out), len(result.err)) == (300_001, 300_000)
    assert seen == ["o" * 300_000]


def test_words_reach_no_shell(tmp_path: Path) -> None:
    nasty = "$(touch made); `touch made` && touch made | x > made"
    result = CommandRunner().run([*python("import sys; print(sys.argv[1])"), nasty], tmp_path)
    assert result.out.decode().strip() == nasty
    assert list(tmp_path.iterdir()) == []


def test_the_log_is_private_and_leaves_secret_output_out(tmp_path: Path) -> None:
    runner = CommandRunner(log=tmp_path / "log")
    runner.run(python("print('plain words')"), tmp_path)
    runner.run(python("print('s3cr' + '3t')"), tmp_path, secret=True)
    text = (tmp_path / "log").read_text()
    assert "plain words" in text
    assert "s3cr3t" not in text
    assert "kept out of the log" in text
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        private_append(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="no-such-terraform is not on the PATH") as caught:
        CommandRunner().run(["no-such-terraform", "plan"], tmp_path)
    assert "--terraform-bin" in caught.value.hint


def test_a_program_that_may_not_be_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "tf").write_text("not executable")
    with pytest.raises(TerraformError, match="permission denied"):
        CommandRunner().run([str(tmp_path / "tf")], tmp_path)


def test_a_vanished_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="does not exist any more"):
        CommandRunner().run([sys.executable], tmp_path / "gone")


COUNTS = """
import pathlib, signal, sys, time
def stop(*_):
    with open("signals", "a") as file:
        file.write("x")
    time.sleep(0.5)
    print("ended in good order", flush=True)
    sys.exit(0)
signal.signal(signal.SIGINT, stop)
pathlib.Path("ready").touch()
time.sleep(30)
"""


def interrupt_when_ready(folder: Path, number: signal.Signals = signal.SIGINT) -> threading.Thread:
    def wait() -> None:
        while not (folder / "ready").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_ctrl_c_tells_the_child_once_and_waits_for_it(tmp_path: Path) -> None:
    thread = interrupt_when_ready(tmp_path)
    with pytest.raises(ChildInterrupted) as caught:
        CommandRunner(log=tmp_path / "log").run(python(COUNTS), tmp_path)
    thread.join()
    assert (tmp_path / "signals").read_text() == "x"
    assert caught.value.details == ("ended in good order",)
    assert "ended in good order" in (tmp_path / "log").read_text()


DEAF = """
import pathlib, signal, time
signal.signal(signal.SIGINT, lambda *_: pathlib.Path("told").touch())
pathlib.Path("ready").touch()
while True:
    time.sleep(1)
"""


def test_a_second_ctrl_c_ends_a_command_that_holds_no_lock(tmp_path: Path) -> None:
    """Terraform's own ``state pull`` answers no signal while it waits for its backend."""

    def twice() -> None:
        for name in ("ready", "told"):
            while not (tmp_path / name).exists():
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=twice)
    thread.start()
    with pytest.raises(ChildInterrupted):
        CommandRunner().run(python(DEAF), tmp_path)
    thread.join()


def test_the_child_is_out_of_reach_of_the_terminal(tmp_path: Path) -> None:
    result = CommandRunner().run(python("import os; print(os.getpgrp())"), tmp_path)
    assert int(result.out) != os.getpgrp()


def test_a_watcher_that_fails_does_not_stop_the_child(tmp_path: Path) -> None:
    def gone(line: str) -> None:
        raise BrokenPipeError

    result = CommandRunner().run(python("for i in range(9): print(i)"), tmp_path, on_line=gone)
    assert (result.code, result.out.split()) == (0, [b"%d" % i for i in range(9)])


def test_a_log_that_cannot_be_written_does_not_hide_the_result(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "elsewhere")
    assert CommandRunner(log=tmp_path / "log").run(python("print(1)"), tmp_path).code == 0
    assert not (tmp_path / "elsewhere").exists()


def test_the_childs_environment_is_owned() -> None:
    env = terraform_environment({"TF_VAR_a": "1"}, {"TF_INPUT": "1", "TF_CLI_ARGS_plan": "-x"})
    assert env == {
        "TF_INPUT": "0",
        "TF_IN_AUTOMATION": "1",
        "TF_VAR_a": "1",
        "TF_CLI_ARGS_plan": "-x",
    }


PAUSED = """
import os, pathlib, time
pathlib.Path("pid.new").write_text(str(os.getpid()))
pathlib.Path("pid.new").rename("pid")
while not pathlib.Path("go").exists():
    time.sleep(0.01)
print("done")
"""
RUNNER = """
import pathlib, sys
from tfswap.terraform.command_runner import CommandRunner
done = CommandRunner().run([sys.executable, "-c", sys.argv[1]], pathlib.Path())
sys.stdout.write(f"{done.code} {done.out.decode()}")
"""


def stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs proc(5)")
@pytest.mark.parametrize("whom", ["tfswap", "terraform"])
def test_stopped_and_continued_a_command_ends_as_usual(tmp_path: Path, whom: str) -> None:
    """Ctrl-Z and fg, or a debugger: neither is the end of a command."""
    own = subprocess.Popen(
        [sys.executable, "-c", RUNNER, PAUSED], cwd=tmp_path, stdout=subprocess.PIPE
    )
    while not (tmp_path / "pid").exists():
        assert own.poll() is None
        time.sleep(0.01)
    pid = own.pid if whom == "tfswap" else int((tmp_path / "pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    while not stopped(pid):
        time.sleep(0.01)
    (tmp_path / "go").touch()
    os.kill(pid, signal.SIGCONT)
    out, _ = own.communicate(timeout=60)
    assert (own.returncode, out) == (0, b"0 done\n")
