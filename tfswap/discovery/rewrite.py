"""An argument as it is written in a file, and the lines that it would be with another value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tfswap.hcl.block_splitter import expression_end
from tfswap.hcl.project import Project

_JSON = r'"{}"\s*:\s*(?P<value>"(?:[^"\\]|\\.)*")'
_ONE_REFERENCE = re.compile(r"\$\{[^{}]*\}")


@dataclass(frozen=True)
class Rewrite:
    """The lines an argument is written on."""

    file: str
    line: int
    today: str
    """Its value's expression."""
    before: str = ""
    """What is before the value on those lines."""
    after: str = ""
    last: int = 0

    def with_value(self, expression: str) -> str:
        """Return the lines with another value."""
        if self.file.endswith(".json"):
            expression = json.dumps("${" + expression + "}")
        return f"{self.before}{expression}{self.after}".strip()


def rewrite(project: Project, file: str, name: str, line: int) -> Rewrite | None:
    """Return how an argument is written.

    Args:
        project: The repository.
        file: The file it is in.
        name: The argument.
        line: The line it begins on.
    """
    text = (project.contents(file) or b"").decode("utf-8-sig", errors="replace")
    text = text.replace("\r\n", "\n")
    start = sum(len(part) + 1 for part in text.split("\n")[: line - 1])
    if file.endswith(".json"):
        match = re.compile(_JSON.format(re.escape(name))).search(text, start)
        today = _expression(json.loads(match["value"])) if match else ""
        begin, end = match.span("value") if match else (0, 0)
    else:
        match = re.compile(rf"(?<![\w-]){re.escape(name)}\s*=(?!=)\s*").search(text, start)
        begin = match.end() if match else 0
        end = expression_end(text, begin) if match else 0
        today = text[begin:end]
    if not today or text.count("\n", 0, begin) != line - 1:
        return None
    close = text.find("\n", end)
    close = close if close >= 0 else len(text)
    last = line + text.count("\n", begin, end)
    return Rewrite(file, line, today, text[start:begin], text[end:close], last)


def _expression(template: str) -> str:
    """Return a string of Terraform's JSON syntax as an expression; empty where that is unclear."""
    if _ONE_REFERENCE.fullmatch(template):
        return template[2:-1].strip()
    outside = _ONE_REFERENCE.sub("", template)
    return "" if re.search(r'["\\{}]', outside) else f'"{template}"'
