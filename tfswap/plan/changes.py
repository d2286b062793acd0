"""One planned change, with predicates instead of list comparisons and values decoded on demand."""

from __future__ import annotations

from enum import Enum
from functools import cache, lru_cache
from typing import Any

import msgspec

from tfswap.errors import PlanError
from tfswap.plan.address import ModulePath, parse_module, strip_keys
from tfswap.plan.json_types import ResourceEntry
from tfswap.plan.values import checked_mark, child_mark, decode, marked


class Action(Enum):
    """The shapes ``actions`` may have (Terraform, "JSON Output Format", change representation)."""

    NOOP = ("no-op",)
    CREATE = ("create",)
    READ = ("read",)
    UPDATE = ("update",)
    DELETE = ("delete",)
    DELETE_THEN_CREATE = ("delete", "create")
    CREATE_THEN_DELETE = ("create", "delete")
    FORGET = ("forget",)
    CREATE_THEN_FORGET = ("create", "forget")
    UNKNOWN = ()

    @property
    def words(self) -> str:
        """How reports name it."""
        return _WORDS[self]


_WORDS = {
    Action.NOOP: "no change",
    Action.CREATE: "create",
    Action.READ: "read during apply",
    Action.UPDATE: "update in place",
    Action.DELETE: "delete",
    Action.DELETE_THEN_CREATE: "replace (delete, then create)",
    Action.CREATE_THEN_DELETE: "replace (create, then delete)",
    Action.FORGET: "forget",
    Action.CREATE_THEN_FORGET: "replace (create, then remove from state)",
    Action.UNKNOWN: "unknown action",
}


_DATA = (Action.READ, Action.NOOP)


def action_of(actions: tuple[str, ...], mode: str = "managed") -> Action:
    """Return the action a list of verbs means; ``UNKNOWN`` for any shape not documented.

    Only data sources are read, and nothing else happens to them.
    """
    return _ACTIONS.get((actions, mode), Action.UNKNOWN)


def _allowed(action: Action, mode: str) -> bool:
    if mode == "managed":
        return action is not Action.READ
    return action in _DATA if mode == "data" else True


_ACTIONS = {
    (action.value, mode): action
    for action in Action
    for mode in ("managed", "data", "output")
    if _allowed(action, mode)
}


@lru_cache(maxsize=1024)
def _mark(raw: bytes) -> Any:
    """Decode a mark; nobody changes one, and very many objects have the same."""
    where = "a mark"
    return checked_mark(decode(raw, where=where), where)


@lru_cache(maxsize=4096)
def _hides(raw: bytes, name: str) -> bool:
    """Very many objects have the same marks, byte for byte."""
    where = "a mark of what is sensitive"
    return marked(child_mark(checked_mark(decode(raw, where=where), where), name))


@cache
def _only(name: str) -> msgspec.json.Decoder[Any]:
    """Return a decoder of objects that reads one key and skips the rest."""
    return msgspec.json.Decoder(
        msgspec.defstruct("Only", [("value", msgspec.Raw)], rename={"value": name})
    )


@cache
def _module(address: str) -> ModulePath:
    return parse_module(address) or ()


_UNREAD: Any = object()


class Change:
    """A resource's change; before, after and the marks are decoded when first asked for."""

    __slots__ = (
        "_after",
        "_after_sensitive",
        "_before",
        "_before_sensitive",
        "_unknown",
        "action",
        "address",
        "entry",
        "type",
    )

    def __init__(self, entry: ResourceEntry) -> None:
        self.entry = entry
        self.action = action_of(entry.change.actions, entry.mode)
        self.address = entry.address
        self.type = entry.type
        self._before = self._after = self._unknown = _UNREAD
        self._before_sensitive = self._after_sensitive = _UNREAD

    @property
    def is_managed(self) -> bool:
        """Whether it is a resource; False for a data source."""
        return self.entry.mode == "managed"

    @property
    def creates(self) -> bool:
        """Whether a new object is made, alone or as half of a replacement."""
        return self.action in (
            Action.CREATE,
            Action.DELETE_THEN_CREATE,
            Action.CREATE_THEN_DELETE,
            Action.CREATE_THEN_FORGET,
        )

    @property
    def deletes(self) -> bool:
        """Whether an object is destroyed, alone or as half of a replacement."""
        return self.action is Action.DELETE or (self.replaces and not self.forgets)

    @property
    def replaces(self) -> bool:
        """Whether one object takes the place of another, in either order."""
        return self.creates and self.action is not Action.CREATE

    @property
    def updates(self) -> bool:
        """Whether the object is changed in place."""
        return self.action is Action.UPDATE

    @property
    def noop(self) -> bool:
        """Whether nothing happens."""
        return self.action is Action.NOOP

    @property
    def reads(self) -> bool:
        """Whether a data source is read during apply."""
        return self.action is Action.READ

    @property
    def forgets(self) -> bool:
        """Whether an object leaves the state and stays in AWS."""
        return self.action in (Action.FORGET, Action.CREATE_THEN_FORGET)

    @property
    def exists_before(self) -> bool:
        """Whether there is an object now; without decoding it."""
        return bytes(self.entry.change.before) != b"null"

    @property
    def exists_after(self) -> bool:
        """Whether there is an object afterwards; without decoding it."""
        return bytes(self.entry.change.after) != b"null"

    @property
    def untouched(self) -> bool:
        """Whether both sides are written alike, byte for byte: then nothing differs."""
        body = self.entry.change
        return bytes(body.before) == bytes(body.after)

    @property
    def before(self) -> Any:
        """The object now; None when there is none."""
        if self._before is _UNREAD:
            self._before = self._decode(self.entry.change.before, "before")
        return self._before

    @property
    def after(self) -> Any:
        """The object as planned; None when it goes. Unknown parts are left out or null."""
        if self._after is _UNREAD:
            self._after = self._decode(self.entry.change.after, "after")
        return self._after

    @property
    def unknown(self) -> Any:
        """True where ``after`` is known only after apply."""
        if self._unknown is _UNREAD:
            self._unknown = self._mark(self.entry.change.after_unknown, "after_unknown")
        return self._unknown

    @property
    def before_sensitive(self) -> Any:
        """True where ``before`` may not be shown."""
        if self._before_sensitive is _UNREAD:
            raw = self.entry.change.before_sensitive
            self._before_sensitive = self._mark(raw, "before_sensitive")
        return self._before_sensitive

    @property
    def after_sensitive(self) -> Any:
        """True where ``after`` may not be shown."""
        if self._after_sensitive is _UNREAD:
            raw = self.entry.change.after_sensitive
            self._after_sensitive = self._mark(raw, "after_sensitive")
        return self._after_sensitive

    @property
    def module(self) -> ModulePath:
        """The module steps down to the resource; empty for the root module."""
        return _module(self.entry.module_address)

    @property
    def config_address(self) -> str:
        """Address in the configuration: without instance keys."""
        return strip_keys(self.entry.address)

    def before_value(self, name: str) -> Any:
        """Return a top-level attribute of the object now, None when absent."""
        return self.before.get(name) if isinstance(self.before, dict) else None

    def after_value(self, name: str) -> Any:
        """Return a top-level attribute of the planned object, None when absent or unknown."""
        return self.after.get(name) if isinstance(self.after, dict) else None

    def hides(self, name: str) -> bool:
        """Whether a top-level attribute is marked sensitive on either side, in whole or part."""
        body = self.entry.change
        return _hides(bytes(body.before_sensitive), name) or _hides(
            bytes(body.after_sensitive), name
        )

    def written_before(self, name: str) -> bytes:
        """Return a top-level attribute of the object now as it is written; empty when absent.

        Nothing else of the object is decoded. Where the key may stand twice, it all is, to refuse.
        """
        data = bytes(self.entry.change.before)
        if data.count(b'"%s"' % name.encode()) != 1 or b"\\u00" in data:
            value = self.before_value(name)
            return b"" if value is None else msgspec.json.encode(value)
        try:
            return bytes(_only(name).decode(data).value)
        except (ValueError, RecursionError):
            return b""  # The key stands deeper inside, or this is no object.

    def _decode(self, raw: msgspec.Raw, what: str) -> Any:
        return decode(raw, where=f"{self.entry.address} ({what})")

    def _mark(self, raw: msgspec.Raw, what: str) -> Any:
        try:
            return _mark(bytes(raw))
        except PlanError:
            where = f"{self.entry.address} ({what})"
            return checked_mark(decode(raw, where=where), where)


class OutputChange(Change):
    """A root module output's change; its address is ``output.NAME``."""

    __slots__ = ()
