"""An apply as it goes: told line by line, and summed up at its end.

Fed with what ``terraform apply -json`` says. Of a resource only its address and what is done to it
are told: never an id, an output or another value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tfswap.terraform.messages import Message, diagnostic, parse, severity

_DOING = {"create": "creating", "update": "updating", "delete": "deleting", "read": "reading"}
_DID = {"create": "created", "update": "updated", "delete": "deleted", "read": "read"}
_PARTS = {"replace": ("delete", "create"), "noop": (), "move": (), "import": ()}
_EVERY = 30
"""Seconds between two words about something that takes long; Terraform tells every ten."""


class End(Enum):
    """How far a change got."""

    DONE = "done"
    FAILED = "failed"
    HALF = "half done"
    """Of a replacement one half is done, and the other was not begun."""
    OPEN = "cut off"
    """It was begun, and nobody told its end."""
    NOT_BEGUN = "not started"


@dataclass
class ResourceProgress:
    """One change of the plan."""

    address: str
    action: str
    """``create``, ``update``, ``delete``, ``replace`` or ``read``."""
    begun: set[str] = field(default_factory=set)
    """Parts that started."""
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    @property
    def parts(self) -> tuple[str, ...]:
        """What is to be done to the object, in no order."""
        return _PARTS.get(self.action, (self.action,))

    @property
    def end(self) -> End:
        """How far it got."""
        if self.failed:
            return End.FAILED
        if self.done >= set(self.parts):
            return End.DONE
        if self.begun - self.done:
            return End.OPEN
        return End.HALF if self.done else End.NOT_BEGUN

    @property
    def words(self) -> str:
        """What to know beside the address, for people."""
        did = " and ".join(_DID.get(part, part) for part in self.parts if part in self.done)
        missing = [part for part in self.parts if part not in self.done]
        if not missing:
            return did
        left = " and ".join(_DID.get(part, part) for part in missing)
        return f"{did}, not yet {left}" if did else f"to be {left}"


class ApplyProgress:
    """What is known of one apply."""

    def __init__(self, show: Callable[[str], None], width: int) -> None:
        self._show = show
        self._width = width
        self._work: dict[str, ResourceProgress] = {}
        self.errors: list[str] = []
        """The errors' lines, for people."""
        self.others: list[str] = []
        """Lines that are no messages: a wrapper's, or of a Terraform that broke."""

    @property
    def works(self) -> list[ResourceProgress]:
        """The changes of the plan, in the order they were told of; reading changes nothing."""
        return [work for work in self._work.values() if work.parts and work.action != "read"]

    @property
    def began(self) -> bool:
        """Whether anything was begun."""
        return any(work.begun for work in self.works)

    @property
    def totals(self) -> str:
        """Terraform's own line at the end, counted as its line at the question is."""
        done = Counter(part for work in self.works for part in work.done)
        return (
            f"Apply complete: {done['create']} added, {done['update']} changed, "
            f"{done['delete']} destroyed"
        )

    def line(self, text: str) -> None:
        """Take one line of Terraform's output."""
        message = parse(text)
        if message is None:
            self.others += [text] if text.strip() else []
            return
        kind = message["type"]
        if kind == "planned_change":
            self._planned(message)
        elif kind.startswith("apply_"):
            self._hook(kind, message)
        elif kind == "diagnostic" and severity(message) == "error":
            self._error(message)
        elif kind == "log" and message.get("@level") in ("info", "warn", "error"):
            for line in str(message["@message"]).strip().splitlines():
                self._say(line)

    def _planned(self, message: Message) -> None:
        change = message.get("change")
        resource = change.get("resource") if isinstance(change, dict) else None
        if isinstance(change, dict) and isinstance(resource, dict):
            self._of(str(resource.get("addr")), str(change.get("action")))

    def _of(self, address: str, action: str) -> ResourceProgress:
        return self._work.setdefault(address, ResourceProgress(address, action))

    def _hook(self, kind: str, message: Message) -> None:
        hook = message.get("hook")
        resource = hook.get("resource") if isinstance(hook, dict) else None
        if not isinstance(hook, dict) or not isinstance(resource, dict):
            return
        part, address = str(hook.get("action")), str(resource.get("addr"))
        work = self._of(address, part)
        took = hook.get("elapsed_seconds")
        if kind == "apply_start":
            work.begun.add(part)
            self._line(f"{_DOING.get(part, part)} ", address, "")
        elif kind == "apply_complete":
            work.done.add(part)
            self._line(f"{self._count()} {_DID.get(part, part)} ", address, _seconds(took))
        elif kind == "apply_errored":
            work.failed.add(part)
            self._line("✗ failed: ", address, _seconds(took))
        elif kind == "apply_progress" and isinstance(took, int) and took % _EVERY < 10 <= took:
            self._line(f"still {_DOING.get(part, part)} ", address, _seconds(took))

    def _count(self) -> str:
        """Say how many of how many parts are done, as Terraform counts: a replacement has two."""
        done = sum(len(work.done) for work in self.works)
        every = sum(len({*work.parts, *work.done}) for work in self.works)
        return f"✓ {done:>{len(str(every))}}/{every}"

    def _error(self, message: Message) -> None:
        lines = [line for line in diagnostic(message) if line.strip()]
        self.errors += lines
        for line in lines[:2]:
            self._say(f"✗ {line}" if line == lines[0] else line)

    def _line(self, head: str, address: str, tail: str) -> None:
        columns = self._width - len(head) - len(tail)
        self._show(f"{head}{shortened(address, columns)}{tail}")

    def _say(self, text: str) -> None:
        self._show(text if len(text) <= self._width else f"{text[: self._width - 1]}…")


def _seconds(took: Any) -> str:
    return f" ({took} s)" if isinstance(took, int) and took else ""


def shortened(address: str, columns: int) -> str:
    """Return an address that fits: its middle goes, its end, which tells most, stays longest."""
    if len(address) <= columns or columns < 8:
        return address
    tail = max(columns * 2 // 3, columns - 1 - address.find(".") - 1)
    tail = min(tail, columns - 2)
    return f"{address[: columns - 1 - tail]}…{address[-tail:]}"


def apply_report(works: list[ResourceProgress], width: int) -> list[str]:
    """Return one line for each change, grouped by how far it got; what is done comes last."""
    order = (End.FAILED, End.OPEN, End.HALF, End.NOT_BEGUN, End.DONE)
    lines = []
    for end in order:
        for work in (work for work in works if work.end is end):
            head, tail = f"{end.value:<9} ", f"  ({work.words})"
            lines.append(head + shortened(work.address, max(width - len(head + tail), 24)) + tail)
    return lines
