"""What every event of the journal says."""

from __future__ import annotations

import re
from typing import Self

import msgspec

Names = tuple[str, ...]


def _kebab(name: str) -> str:
    """Return ``push-refused`` for ``PushRefused``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Event(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag=_kebab
):
    """What every line says."""

    v: int = 0
    """Version of the journal's format; the writer sets it."""
    at: str = ""
    """When, in UTC."""
    who: str = ""
    """User and machine."""
    pair: str = ""
    """The names given with ``--pair``."""
    where: str = ""
    """``backend`` or ``rehearsal``: which state the commands ran on."""

    @property
    def kind(self) -> str:
        """The word that stands for this kind of event on disk."""
        return str(self.__struct_config__.tag)

    def bare(self) -> Self:
        """Return the event without when and by whom it was written."""
        return msgspec.structs.replace(self, v=0, at="", who="", pair="", where="")
