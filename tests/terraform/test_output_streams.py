"""A child that takes the lock outlives us: what it says goes into files, not into our pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tfswap.terraform.child_processes import ChildProcesses
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner
from tfswap.terraform.state_file import parse

TALKS = "import sys, time\nfor i in range(40):\n print('x' * 5000, flush=True); time.sleep(0.02)\n"
DONE = "open('done', 'w').write('yes')\n"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_output_in_files_is_returned_and_logged(tmp_path: Path) -> None:
    runner = CommandRunner(log=tmp_path / "log", children=ChildProcesses(tmp_path / "children"))
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    result = runner.run(python(code), tmp_path, locks="plan")
    assert (result.code, result.out, result.err) == (3, b"out\n", b"err\n")
    assert "out" in (tmp_path / "log").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["children", "log"]


def test_secret_output_goes_through_a_pipe_and_into_no_file(tmp_path: Path) -> None:
    runner = CommandRunner(log=tmp_path / "log")
    result = runner.run(python("print('s3cr' + '3t')"), tmp_path, locks="plan", secret=True)
    assert result.out == b"s3cr3t\n"
    assert "s3cr3t" not in (tmp_path / "log").read_text()


def test_a_followed_file_is_told_line_by_line(tmp_path: Path) -> None:
    seen: list[str] = []
    into = tmp_path / "apply.log"
    into.write_text("of an earlier one\n")
    code = "import sys; print('one'); print('two', file=sys.stderr); sys.stdout.write('three')"
    result = CommandRunner(log=tmp_path / "log").run(
        python(code), tmp_path, on_line=seen.append, locks="apply", into=into
    )
    assert sorted(seen) == sorted(result.out.decode().splitlines())
    assert "of an earlier one" not in seen
    assert "".join(sorted("".join(seen))) == "".join(sorted("onetwothree"))
    assert into.read_text().startswith("of an earlier one\n")
    assert "its output is in apply.log" in (tmp_path / "log").read_text()


def test_who_watches_may_break(tmp_path: Path) -> None:
    def broken(line: str) -> None:
        raise BrokenPipeError

    result = CommandRunner().run(
        python("print('one')"), tmp_path, on_line=broken, locks="apply", into=tmp_path / "log"
    )
    assert result.out == b"one\n"


STORY = """\
import sys
from pathlib import Path
from tfswap.terraform.child_processes import ChildProcesses
from tfswap.terraform.command_runner import CommandRunner
here = Path(sys.argv[1])
door = CommandRunner(log=here / "log", children=ChildProcesses(here / "children"))
into = here / "apply.log" if sys.argv[2] == "followed" else None
door.run([sys.executable, "-c", sys.argv[3]], here, locks="apply", into=into, on_line=None)
"""


def kill_midway(folder: Path, how: str, code: str) -> ChildProcesses:
    argv = [sys.executable, "-c", STORY, str(folder), how, code]
    tfswap = subprocess.Popen(argv, env=dict(os.environ))
    children = ChildProcesses(folder / "children")
    wait_for(lambda: children.is_running() is not None)
    tfswap.send_signal(signal.SIGKILL)
    tfswap.wait()
    return children


def test_a_killed_tfswap_takes_no_talking_child_with_it(tmp_path: Path) -> None:
    for how in ("followed", "kept"):
        folder = tmp_path / how
        folder.mkdir()
        children = kill_midway(folder, how, TALKS + DONE)
        found = children.is_running()
        assert found is not None
        assert found.command == "apply"
        wait_for((folder / "done").exists)
        wait_for(lambda children=children: children.is_running() is None)  # type: ignore[misc]


SLOW = """\
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "sleep 2; for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.1; done"
  }
}
"""


def test_a_killed_tfswap_leaves_an_apply_that_saves_its_state(
    applied: Callable[..., Terraform], tmp_path: Path
) -> None:
    terraform = applied()
    (terraform.root / "slow.tf").write_text(SLOW)
    words = [terraform.binary.name, f"-chdir={terraform.root}", "apply", "-auto-approve", "-json"]
    run = f"import os; os.environ['TF_WORKSPACE'] = 'production'; os.execvp('terraform', {words})"
    children = kill_midway(tmp_path, "followed", run)
    wait_for(lambda: children.is_running() is None)
    assert "terraform_data.slow" in parse(terraform.pull()).instances
    assert '"Apply complete!' in (tmp_path / "apply.log").read_text()
