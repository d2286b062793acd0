"""What a person sees: results on standard output, progress and questions on standard error.

``NO_COLOR`` (no-color.org), pipes and CI are respected: colour and spinners only where standard
error is a terminal, and nothing is told by colour alone.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypedDict

from tfswap import __version__
from tfswap.console.prompts import Prompts
from tfswap.console.standard_error import write

_GREEN, _RED, _DIM, _BOLD, _OFF = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


class ReportStyle(TypedDict):
    """The keyword arguments of ``report.render`` that depend on who reads it."""

    width: int
    colour: bool
    full: bool


_RULE = re.compile(r"\bTFS\d{3}\b")
_RULES_PAGE = f"https://github.com/tfswap/tfswap/blob/v{__version__}/docs/rules.md"


class Console(Prompts):
    """Standard output and standard error of one command."""

    def __init__(self, *, quiet: bool = False, full: bool = True) -> None:
        self.full = full
        """Whether reports list what is fine, too, and not only count it."""
        self.quiet = quiet
        """Hide progress; results, prompts and errors stay."""
        self.guided = bool(os.environ.get("TFSWAP_GUIDED"))
        """Whether this command is a phase of a guided run."""
        self.terminal = sys.stdout.isatty()
        """Whether a person sees the results as they come, rather than a file or a program."""
        self.colour = _colour(self.terminal)
        """Whether results may be coloured."""
        self._colour_err = _colour(sys.stderr.isatty())
        self.live = sys.stderr.isatty() and not os.environ.get("CI") and not quiet
        """Whether a step is shown while it runs, and not only once it has ended."""
        self.waiting_for = ""
        """What the running step waits for, shown beneath it until it ends."""
        self.wrote: list[str] = []
        """What this command has changed outside ``.tfswap/``, in order."""
        self.under_way = ""
        """The change that is being made; empty for none."""

    @property
    def width(self) -> int:
        """Columns to wrap results at: the terminal's, never below 40, 80 where there is none."""
        return max(40, shutil.get_terminal_size((80, 24)).columns)

    @property
    def style(self) -> ReportStyle:
        """How a report is written here, as ``report.render`` takes it."""
        return {"width": self.width, "colour": self.colour, "full": self.full}

    def out(self, text: str = "") -> None:
        """Write a result."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def linked(self, text: str) -> str:
        """Return a text in which each rule's id leads to its page, where the terminal can do that.

        OSC 8; terminals that know nothing of it show the id alone.
        """
        if not self.colour or os.environ.get("CI"):
            return text
        return _RULE.sub(_to_page, text)

    def say(self, text: str) -> None:
        """Write a line of progress; one wider than the terminal is wrapped, its words whole."""
        if not self.quiet:
            lines = [row for line in text.split("\n") for row in self._rows(line)]
            write(self._paint(_DIM, "  · " + "\n    ".join(lines)) + "\n")

    def _rows(self, line: str) -> list[str]:
        columns = self.width - 4
        if len(line) <= columns:
            return [line]
        return textwrap.wrap(line, columns, break_long_words=False, break_on_hyphens=False)

    def explain(self, text: str) -> None:
        """Write a sentence or two of progress, wrapped; nothing in it is to be copied."""
        lines = textwrap.wrap(text, min(self.width, 100) - 4, break_long_words=False)
        self.say("\n".join(lines))

    def note(self, text: str) -> None:
        """Write a line that stays even where the progress is left out: what to do next."""
        if self.guided:
            # The guided run names the next command itself, once.
            text = text.partition("next: ")[0].rstrip()
        if text:
            write(self._paint(_BOLD, text) + "\n")

    def warn(self, text: str) -> None:
        """Write something that needs attention but stops nothing."""
        write("\n".join(self._labelled(_BOLD, "warning: ", text)) + "\n")

    def error(self, message: str, hint: str = "", details: tuple[str, ...] = ()) -> None:
        """Write what is wrong, what was found, and what to do next."""
        lines = self._labelled(_RED, "error: ", message)
        lines += [f"  | {line}" for line in details]
        if hint:
            lines += self._labelled(_BOLD, "next:  ", hint)
        write("\n".join(lines) + "\n")

    def _labelled(self, colour: str, label: str, text: str) -> list[str]:
        """Return the lines of a message; wrapped for eyes only: a log is searched line by line."""
        if not sys.stderr.isatty():
            return [self._paint(colour, label) + text]
        from tfswap.report.wrap import wrap_labelled

        first, *rest = wrap_labelled(label, text, self.width)
        return [self._paint(colour, label) + first.removeprefix(label), *rest]

    @contextmanager
    def step(self, title: str, *, writes: bool = False) -> Iterator[None]:
        """Show a step while it runs, then how it ended and how long it took.

        Args:
            title: What it does.
            writes: Whether it changes the work tree, git, the state or AWS.
        """
        begun = time.monotonic()
        with self.writing(title) if writes else nullcontext(), self._shown(title, begun):
            try:
                yield
            except BaseException:
                self._ended(_RED, "✗", title, begun)
                raise
        self._ended(_GREEN, "✓", title, begun)

    @contextmanager
    def writing(self, title: str) -> Iterator[None]:
        """Remember a change outside ``.tfswap/``, for the one who interrupts it."""
        self.under_way = title
        try:
            yield
        except Exception:
            self.under_way = ""  # the error says what became of it
            raise
        self.wrote.append(title)
        self.under_way = ""

    def what_was_written(self) -> tuple[str, ...]:
        """Return what was changed so far, one change a line."""
        if not self.wrote and not self.under_way:
            return ("Nothing was changed.",)
        done = [f"done: {title}" for title in self.wrote]
        if self.under_way:
            done.append(f"done, done in part, or not: {self.under_way}")
        return (*done, "Nothing else was changed.")

    def _ended(self, colour: str, mark: str, title: str, begun: float) -> None:
        if not self.quiet:
            seconds = time.monotonic() - begun
            took = self._paint(_DIM, f"({seconds:.1f} s)")
            write(f"  {self._paint(colour, mark)} {title} {took}\n")

    def _shown(self, title: str, begun: float) -> AbstractContextManager[None]:
        if not self.live:
            return nullcontext()
        from tfswap.console.spinner import spinning

        self.waiting_for = ""
        return spinning(title, begun, width=self.width, waiting_for=lambda: self.waiting_for)

    def _paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_OFF}" if self._colour_err else text


def _to_page(rule: re.Match[str]) -> str:
    return f"\x1b]8;;{_RULES_PAGE}#{rule[0].lower()}\x1b\\{rule[0]}\x1b]8;;\x1b\\"


def _colour(terminal: bool) -> bool:
    """Colour only for a terminal that is not dumb, and never against ``NO_COLOR``."""
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
