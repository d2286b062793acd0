"""The night in a terminal: ``skip``, Ctrl-C at a question and while AWS restores, and going on."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.lab import Lab
from tests.journal_events import event
from tfswap.context.table_target import target_of

NAME = "Lpas-20240715"
PHASE = "Run this phase? [y/N/skip] "


class Terminal:
    """tfswap in a terminal of 80 columns."""

    def __init__(self, lab: Lab, *words: str) -> None:
        self.seen, self.read = "", 0
        env = {**os.environ, **lab.env, "COLUMNS": "80", "TERM": "dumb"}
        env.pop("CI", None)
        self.child, self.end = pty.fork()
        if self.child == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.chdir(lab.clone.repo)
            os.execvpe(sys.executable, [sys.executable, "-m", "tfswap", *words], env)

    def until(self, *marks: str) -> str:
        """Wait for one of these texts and return it; empty at the end."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            new = self.seen[self.read :]
            if hits := sorted((new.index(mark), mark) for mark in marks if mark in new):
                self.read += hits[0][0] + len(hits[0][1])
                return hits[0][1]
            if not self._more():
                return ""
        raise TimeoutError(self.seen)

    def _more(self) -> bool:
        if not select.select([self.end], [], [], 1)[0]:
            return True
        try:
            data = os.read(self.end, 65536)
        except OSError:
            return False
        self.seen += data.decode().replace("\r\n", "\n")
        return bool(data)

    def press(self, keys: str) -> None:
        os.write(self.end, keys.encode())

    def code(self) -> int:
        while self._more():
            pass
        os.close(self.end)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def lead(guided_run: Terminal, answers: dict[str, str]) -> None:
    """Answer each phase as told, and every other question with ``y``."""
    while mark := guided_run.until("[y/N] ", PHASE):
        if mark != PHASE:
            guided_run.press("y\n")
            continue
        title = guided_run.seen[: guided_run.read].rpartition("── ")[2].partition("\n")[0]
        keys = next((keys for part, keys in answers.items() if part in title), "y\n")
        guided_run.press(keys)
        if "restore Lpas" in title:
            guided_run.until("[y/N] ")
            guided_run.press("yes\n")
            guided_run.until("RUNNING")
            guided_run.press("\x03")


def again(text: str) -> str:
    return " ".join(text[text.rindex("tfswap swap") :].replace("\\\n", " ").split())


def test_a_night_interrupted_twice_goes_on_where_it_stopped(lab: Lab) -> None:
    lab.back_up(datetime.now(UTC) - timedelta(hours=1))
    line = f"tfswap swap Lpas --restore latest --date {NAME[-8:]} --environment production"
    guided_run = Terminal(lab, *line.split()[1:7], "--skip", "doctor")
    lead(guided_run, {"stop the OpenSearch": "\x03"})
    assert guided_run.code() == 130
    assert "Stopped before 3/10, stop the OpenSearch ingestion pipeline" in guided_run.seen
    assert again(guided_run.seen).startswith(line)
    assert lab.jobs() == []

    guided_run = Terminal(lab, "swap", NAME)
    lead(guided_run, {"find what to restore": "skip\n"})
    assert guided_run.code() == 130
    assert "Confirmed?" not in guided_run.seen
    assert "Interrupted in 4/10" in guided_run.seen
    assert again(guided_run.seen).endswith("--skip doctor")
    assert (
        max(map(len, guided_run.seen[guided_run.seen.index("Interrupted in") :].splitlines())) <= 80
    )
    events = [(e["event"], e.get("phase")) for e in lab.journal()]
    assert events[-1] == ("phase-failed", f"restore {NAME}")
    assert ("phase-skipped", f"recovery-point {NAME}") in events

    guided_run = Terminal(lab, "swap", NAME)
    while guided_run.until("restore Lpas, as", PHASE) == PHASE:
        guided_run.press("y\n")
    guided_run.until(PHASE)
    guided_run.press("y\n")
    assert guided_run.until("is ACTIVE", "Start this restore") == "is ACTIVE"
    guided_run.until(PHASE)
    guided_run.press("\n")
    assert guided_run.code() == 130
    assert "Stopped before 5/10, create the branch and edit the tfvars" in guided_run.seen
    assert len(lab.jobs()) == 1


def test_a_second_night_without_a_backup_stops_before_the_pipeline(lab: Lab) -> None:
    lab.back_up(datetime.now(UTC) - timedelta(hours=1))
    in_service(lab, NAME)
    # Its phases are processes, and write to this one's own streams.
    done = lab.process("swap", "Lpas", "--restore", "latest", "--yes", "--skip", "doctor")
    assert done.code == 2, done.text
    shown = " ".join(done.err.split())
    assert f"no usable recovery point of production-{NAME}" in shown
    assert "production-Lpas: 1 usable" in shown
    assert "tfswap backups Lpas --environment production" in shown
    assert "To choose another backup" in shown
    assert lab.tfswap("pipeline", "status").out.count("ACTIVE") == 1
    assert lab.jobs() == []


@pytest.mark.parametrize(
    ("after", "outgoing"),
    [
        ([], "production-Lpas"),
        ([("verified", "ready")], "production-Lpas"),
        ([("verified", "applied")], f"production-{NAME}"),
        ([("applied", "")], f"production-{NAME}"),
        ([("applied", ""), ("prepared", "")], "production-Lpas"),
    ],
)
def test_a_swap_found_applied_is_in_service_too(
    lab: Lab, after: list[tuple[str, str]], outgoing: str
) -> None:
    context = lab.context()
    context.directory.make()
    assert lab.tfswap("prepare", NAME).code == 0
    for word, verdict in after:
        context.journal.note(event(word, **({"verdict": verdict} if verdict else {})))
    assert target_of(context, "Lpas").outgoing == outgoing


def in_service(lab: Lab, name: str) -> None:
    """Have the tfvars name this restored table, as after a swap that has landed."""
    text = lab.clone.tfvars.read_text()
    assert '"Lpas",' in text
    lab.clone.tfvars.write_text(text.replace('"Lpas",', f'"{name}",'))
    lab.clone.commit()
