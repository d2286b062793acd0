"""Which lines of Terraform's output tell what it is waiting for.

Only lines of a known shape, and of those the address and the verb: the rest of what ``plan`` prints
are values. The words are Terraform's (internal/command/views/hook_ui.go, internal/command/init.go).
"""

from __future__ import annotations

import re

_WORD = r'[\w-]+(?:\[(?:\d+|"[^"\x00-\x1f\x7f-\x9f]*")\])?'
_ADDRESS = rf"(?:{_WORD}\.)+{_WORD}"
_WORK = re.compile(
    rf"({_ADDRESS}): (Refreshing state|Reading|Creating|Modifying|Destroying|Importing|"
    r"Still [a-z]+|Refresh complete|Read complete|Import prepared)\b(?:.*\[(\d\w*) elapsed)?"
)
_STAGE = re.compile(
    r"(?:Acquiring state lock|Releasing state lock|Initializing (?:the backend|modules|provider "
    r"plugins)|- (?:Finding|Installing|Reusing|Using) [\w./-]+(?: v[\w.-]*\w)?)"
)


def progress_line(line: str) -> str:
    """Return what a line of output says of the work under way; empty where it says nothing."""
    if work := _WORK.match(line):
        elapsed = f" ({work[3]})" if work[3] else ""
        return f"{work[1]}: {work[2].lower()}{elapsed}"
    stage = _STAGE.match(line)
    return stage[0].removeprefix("- ") if stage else ""
