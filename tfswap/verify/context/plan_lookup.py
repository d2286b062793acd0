"""Lookups in a plan and an intent that more than one check needs: tables, names, changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from tfswap.names import Rename, mentions, parse_arn, rename
from tfswap.plan.changes import Change
from tfswap.plan.document import Plan
from tfswap.plan.json_types import StateResource
from tfswap.plan.values import Path, decode, leaves
from tfswap.verify.context.active_changes import ActiveChanges
from tfswap.verify.context.memo import AlikeChanges, Memo
from tfswap.verify.context.table_places import TablePlaces, place_of
from tfswap.verify.model.allowances import Allowances
from tfswap.verify.model.intent import Intent, TableIntent
from tfswap.verify.model.partial_apply import PartialApply
from tfswap.verify.values.embedded_documents import open_json, readings

TABLE = "aws_dynamodb_table"
PIPELINE = "aws_osis_pipeline"
_REPLICA = "aws_dynamodb_table_replica"
_STREAM = re.compile(r"(arn:[^\s\"']*?:table/([A-Za-z0-9_.-]+)/stream/[0-9][0-9T:.-]*)")


class Mention(NamedTuple):
    """A text somewhere in a value that names a table."""

    path: Path
    text: str
    name: str


class PlanLookup:
    """A plan, an intent, and lookups over both."""

    def __init__(self, plan: Plan, intent: Intent) -> None:
        self.plan = plan
        self.intent = intent
        self._renames = intent.renames
        self._olds = tuple(pair.old for pair in self._renames)
        self._news = tuple(pair.new for pair in self._renames)
        self._named: dict[tuple[str, str], bool] = {}
        """Whether a text names a name: many resources hold the very same texts."""
        self.common_tags: dict[str, dict[str, str]] = {}
        """Tags common to the resources of a provider configuration, once somebody asked."""
        self.rest = PartialApply(intent.begun)
        """What this plan may be the rest of."""
        self.alike_changes = AlikeChanges()
        """Changes that are alike."""
        self._concerned: Memo[bool] = Memo(self.alike_changes)
        self.live = ActiveChanges(plan.changes, self.rest.whole)
        """Changes by address, deposed objects left out."""

    @cached_property
    def tables(self) -> dict[str, TableIntent]:
        """Tables of the swap by address; those given by name only are found by their names."""
        found = {table.address: table for table in self.intent.tables if table.address}
        for table in self.intent.tables:
            if not table.address:
                found |= dict.fromkeys(self._find(table.rename), table)
        return found

    def _find(self, pair: Rename) -> list[str]:
        """Find a table by its names; where it has the new one, none of the old one elsewhere."""
        found = [
            change
            for change in self.live.of(TABLE)
            if {change.before_value("name"), change.after_value("name")} & set(pair)
        ]
        table_arns = {
            place_of(change.before_value("arn"))
            for change in found
            if pair.new in (change.before_value("name"), change.after_value("name"))
        } - {None}
        return [
            change.address
            for change in found
            if not table_arns
            or pair.new in (change.before_value("name"), change.after_value("name"))
            or place_of(change.before_value("arn")) in (None, *table_arns)
        ]

    @cached_property
    def places(self) -> TablePlaces:
        """Where the swap's tables and their copies are, as far as the plan tells."""
        changes = [self.live[address] for address in self.tables if address in self.live]
        arns = [change.before_value("arn") or change.after_value("arn") for change in changes]
        table_arns = [parse_arn(arn) for arn in arns if isinstance(arn, str)]
        copies = [
            item.get("region_name")
            for change in changes
            for side in (change.before_value("replica"), change.after_value("replica"))
            for item in (side if isinstance(side, list) else ())
            if isinstance(item, dict)
        ]
        for change in self.live.of(_REPLICA):
            place = place_of(change.before_value("arn"))
            copies += [place[1]] if place else []
        regions = frozenset(region for region in copies if isinstance(region, str))
        here = TablePlaces(tuple(home for home in table_arns if home), regions)
        others = (
            place_of(change.before_value("arn"))
            for change in self.live.of(TABLE)
            if change.before_value("name") in self._olds and change.address not in self.tables
        )
        away = frozenset(place for place in others if place and here.is_elsewhere(*place))
        return TablePlaces(here.tables, here.regions, away)

    @cached_property
    def missing_tables(self) -> list[TableIntent]:
        """Tables of the swap that the plan does not have."""
        known = self.tables
        return [
            table
            for table in self.intent.tables
            if (table.address and table.address not in self.live)
            or (not table.address and table not in known.values())
        ]

    @cached_property
    def pipelines(self) -> list[str]:
        """OSIS pipelines to recreate: those prepared, and those whose body names an old table."""
        found = dict.fromkeys(self.intent.pipelines)
        for change in self.live.of(PIPELINE):
            if self.names_old(change.before):
                found[change.address] = None
        return list(found)

    @cached_property
    def _streams(self) -> list[tuple[re.Pattern[str], str]]:
        """Stream ARNs carry a label of their own: any stream of a restored table is its stream."""
        found = []
        for address in self.tables:
            change = self.live.get(address)
            arn = change.after_value("stream_arn") if change else None
            if isinstance(arn, str) and "/stream/" in arn:
                table = re.escape(arn.split("/stream/")[0])
                found.append((re.compile(rf"{table}/stream/[0-9T:.-]+"), arn))
        return found

    def concerns(self, change: Change) -> bool:
        """Whether the object names an old or a new table, before or after."""
        return self._concerned.get(change, self._concerns)

    def _concerns(self, change: Change) -> bool:
        body = change.entry.change
        names = (*self._olds, *self._news)
        for raw in (body.before, body.after):
            data = bytes(raw)
            if b"\\u00" not in data and not any(name.encode() in data for name in names):
                continue
            value = change.before if raw is body.before else change.after
            if next(self.mentions_of(value, names), None) is not None:
                return True
        return False

    def state_values(self, resource: StateResource) -> Any:
        """Return a resource's attributes in the state before the plan."""
        return decode(resource.values, where=f"{resource.address} (prior_state)")

    def renamed(self, text: str) -> str:
        """Return ``text`` as it ought to read after the swap."""
        for old in self._olds:
            if old in text:
                break
        else:
            return text
        parts = self.places.parts(text)
        result = "".join(part if away else rename(part, self._renames) for part, away in parts)
        if result != text and self._has_foreign_label(result):
            return text
        for pattern, arn in self._streams if result != text else ():
            result = pattern.sub(lambda _match, arn=arn: arn, result)  # type: ignore[misc]
        return result

    def _has_foreign_label(self, renamed: str) -> bool:
        """Whether a text has a stream's label that the restored table cannot have.

        A label is the time at which a stream was switched on: a new name alone makes of an outgoing
        table's stream one that does not exist.
        """
        if "/stream/" not in renamed:
            return False
        streams = _STREAM.findall(renamed)
        known = [pattern for pattern, _ in self._streams]
        return any(
            name in self._news and not any(pattern.fullmatch(arn) for pattern in known)
            for arn, name in streams
        )

    @cached_property
    def allowances(self) -> Allowances:
        """The allowances that count today."""
        return Allowances(self.intent.allowances, self.intent.today)

    def names_any(self, value: Any) -> bool:
        """Whether any text in ``value`` names a table of the swap."""
        return self.names_old(value) or self.names_new(value)

    def names_old(self, value: Any) -> bool:
        """Whether any text in ``value`` names an outgoing table."""
        return self._names_one(value, self._olds)

    def names_new(self, value: Any) -> bool:
        """Whether any text in ``value`` names a restored table."""
        return self._names_one(value, self._news)

    def _names_one(self, value: Any, names: tuple[str, ...]) -> bool:
        if not _may_name(value, names):
            return False
        return next(self.mentions_of(value, names), None) is not None

    def count_mentions(self, value: Any, *names: str) -> int:
        """Return how often the texts of a value have one of the names, in the swap's places."""
        texts = (leaf.value for leaf in leaves(value) if isinstance(leaf.value, str))
        return sum(self._count(text, names) for text in texts)

    def _count(self, text: str, names: tuple[str, ...]) -> int:
        if (document := open_json(text)) is not None:
            return self.count_mentions(document, *names)
        own = self.places.own(text)
        return sum(len(mentions(own, name)) for name in set(names) if name in own)

    def mentions_of_old(self, value: Any) -> Iterator[Mention]:
        """Yield every leaf that names an outgoing table."""
        return self.mentions_of(value, self._olds)

    def mentions_of(self, value: Any, names: Iterable[str]) -> Iterator[Mention]:
        """Yield every leaf that names one of ``names``."""
        wanted = tuple(names)
        for leaf in leaves(value):
            if isinstance(leaf.value, str):
                for name in wanted:
                    if name in leaf.value and self._is_named(name, leaf.value):
                        yield Mention(leaf.path, leaf.value, name)

    def _is_named(self, name: str, text: str) -> bool:
        known = self._named.get((name, text))
        if known is None:
            known = any(mentions(self.places.own(reading), name) for reading in readings(text))
            self._named[name, text] = known
        return known


def _may_name(value: Any, names: Iterable[str]) -> bool:
    """Return False only where no text in ``value`` holds one of the names; spares most walks."""
    if isinstance(value, str):
        return any(name in value for name in names)
    if not isinstance(value, dict | list):
        return False
    try:
        # A physical name has nothing in it that JSON escapes.
        data = msgspec.json.encode(value)
    except (ValueError, OverflowError, TypeError):
        return True
    return any(name.encode() in data for name in names)
