"""Room for a text that has a limit: parts take their share, and say what they leave out."""

from __future__ import annotations

from collections.abc import Sequence

from tfswap.report.escape import size


class Budget:
    """What is left of a limit.

    Args:
        limit: Bytes of the whole text.
        elsewhere: Where that is told which is left out, a sentence's end.
    """

    def __init__(self, limit: int, elsewhere: str) -> None:
        self.left = limit
        self._elsewhere = elsewhere

    def fit(
        self,
        rows: Sequence[str],
        most: int,
        what: str,
        opening: Sequence[str] = (),
        closing: Sequence[str] = (),
    ) -> list[str]:
        """Return as many rows as fit within ``most`` bytes, and how many do not.

        Args:
            rows: Lines that may go, from the last one on.
            most: Bytes for all of it.
            what: What the rows are, in the plural.
            opening: Lines before them, such as a table's head.
            closing: Lines after them, such as the end of a fold.
        """
        whole = self.more(len(rows), what)
        bytes_left = most - sum(size(line) + 1 for line in (*opening, *closing, whole))
        if bytes_left < 0:
            return self.take(["", whole])
        for count, row in enumerate(rows):
            bytes_left -= size(row) + 1
            if bytes_left < 0:
                # Behind a table's row only an empty line ends the table.
                rows = [*rows[:count], "", self.more(len(rows) - count, what)]
                break
        return self.take([*opening, *rows, *closing])

    def take(self, lines: list[str]) -> list[str]:
        """Return the lines, their size taken from what is left."""
        self.left -= sum(size(line) + 1 for line in lines)
        return lines

    def more(self, count: int, what: str) -> str:
        """Return the line that says what was left out."""
        return f"… {count} of the {what} omitted for length; {self._elsewhere}"


def folded(title: str) -> list[str]:
    """Return the lines that open a fold; the blank one lets Markdown go on inside."""
    return ["", "<details>", f"<summary>{title}</summary>", ""]


FOLD_END = ["", "</details>"]
