"""All events of the journal, told apart on disk by the word in ``event``, and a line read as one.

A field that a line lacks has its default, so that the journals of earlier versions are read. Adding
a kind: a class in the file of its topic beside this one, its words in ``report/event_text.py`` (a
test names a kind that has none), and a case in ``progress.py`` or its parts where it changes what
is done or left to do.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tfswap.journal.event import Event as Event
from tfswap.journal.guide_events import *  # noqa: F403
from tfswap.journal.state_events import *  # noqa: F403
from tfswap.journal.table_events import *  # noqa: F403


class UnknownEvent(Event, frozen=True):
    """An event of another version of tfswap; only its name is read."""

    name: str = ""

    @property
    def kind(self) -> str:
        """The word it had on disk."""
        return self.name


def _kinds(base: type[Event]) -> dict[str, type[Event]]:
    """Return every public kind, by its word on disk."""
    found: dict[str, type[Event]] = {}
    for kind in base.__subclasses__():
        if not kind.__name__.startswith("_") and kind is not UnknownEvent:
            found[str(kind.__struct_config__.tag)] = kind
        found |= _kinds(kind)
    return found


KINDS = _kinds(Event)
_EARLIER = {
    "night-begun": "guide-begun",
    "night-told": "guide-changed",
    "night-ended": "guide-ended",
    "phase-needless": "phase-not-needed",
    "checked": "confirmed",
}
"""Words that earlier versions wrote, and what stands for them now."""


def event_of(entry: dict[str, Any]) -> Event:
    """Return the event of a line's JSON object.

    A fact that is not of its field's type is left out and the event counts all the same: that a
    push was begun matters, whatever became of its serial.

    Raises:
        msgspec.ValidationError: It names no event.
    """
    word = msgspec.convert(entry.get("event"), str)
    word = _EARLIER.get(word, word)
    kind = KINDS.get(word, UnknownEvent)
    facts = {**entry, "inputs": entry.get("inputs", entry.get("told")), "name": word}
    return kind(
        **{
            field.name: value
            for field in msgspec.structs.fields(kind)
            if (value := _fitting(facts.get(field.name), field.type)) is not None
        }
    )


def _fitting(value: Any, kind: Any) -> Any:
    """Return the value as its field has it; None where it does not fit."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
