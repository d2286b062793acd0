"""Questions to the user: shown on standard error, answered on standard input."""

from __future__ import annotations

import os
import sys
import textwrap
from contextlib import suppress

from tfswap.console.standard_error import write
from tfswap.errors import UsageError

_SKIP_PROMPT = "Add --yes to answer it in advance."
_WHOLE_WORD = "Type 'yes' to continue: "


class Prompts:
    """The part of a console that asks."""

    @property
    def width(self) -> int:
        """Columns to wrap at."""
        raise NotImplementedError

    def confirm(self, question: str, *, yes: bool, whole_word: bool = False) -> bool:
        """Ask a yes-or-no question; Enter means no.

        Args:
            question: Ends in a question mark.
            yes: The answer was given on the command line (``--yes``).
            whole_word: Take ``yes`` alone, and ask once more on ``y``: for what changes state, AWS
                or a protection and is hard to take back.

        Raises:
            UsageError: There is no terminal to prompt on.
        """
        if yes:
            return True
        if not sys.stdin.isatty() and os.environ.get("CI"):
            raise UsageError(f"No terminal to prompt on: {question}", hint=_SKIP_PROMPT)
        answer = self.ask(self._question(question, _WHOLE_WORD if whole_word else "[y/N] "))
        if whole_word and answer == "y":
            answer = self.ask(f"Please type the whole word. {_WHOLE_WORD}")
        return answer == "yes" or (answer == "y" and not whole_word)

    def confirm_word(self, question: str, word: str, *, hint: str) -> bool:
        """Ask for a word to be typed exactly; ask once more where ``y`` or ``yes`` was typed.

        Args:
            question: Says which word.
            word: What must be typed.
            hint: What to do where there is no terminal.

        Raises:
            UsageError: There is no terminal to prompt on.
        """
        answer = self.typed(question, hint=hint)
        if answer.lower() in ("y", "yes"):
            answer = self.typed(f"'{answer}' is not enough. {question}", hint=hint)
        return answer == word

    def _question(self, question: str, choice: str) -> str:
        """Return a question wrapped, and what may be typed whole behind it."""
        text = textwrap.fill(question, self.width, break_long_words=False, break_on_hyphens=False)
        fits = len(text.rpartition("\n")[2]) + 1 + len(choice) <= self.width
        return f"{text}{' ' if fits else chr(10)}{choice}"

    def ask(self, question: str) -> str:
        """Ask for a word, and return it in lower case, stripped; empty for a bare Enter.

        Raises:
            UsageError: There is no terminal to prompt on.
        """
        return self.typed(question, hint=_SKIP_PROMPT).lower()

    def typed(self, question: str, *, hint: str) -> str:
        """Ask for something to be typed, and return it as it was, stripped.

        Args:
            question: Shown as it is.
            hint: What to do where there is no terminal.

        Raises:
            UsageError: There is no terminal to prompt on.
        """
        # Before the question is shown: what is typed after it is the answer.
        _forget_typed_ahead()
        write(question)
        _wait_for_keys()
        answer = sys.stdin.readline()
        if not answer:
            write("\n")
            raise UsageError(f"No terminal to prompt on: {' '.join(question.split())}", hint=hint)
        return answer.strip()


def _wait_for_keys() -> None:
    """Wait for a line without being blocked: a Ctrl-C just before a read began would not end it."""
    import select

    # What has no number is no terminal, whatever it says.
    with suppress(OSError, ValueError):
        while sys.stdin.isatty() and not select.select([sys.stdin], [], [], 0.5)[0]:
            pass


def _forget_typed_ahead() -> None:
    """Drop keys pressed before the question was there."""
    import termios

    with suppress(termios.error, OSError, ValueError):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
