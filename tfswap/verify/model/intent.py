"""What the plan is meant to do: the swap as the verifier needs it.

Made from a prepared swap, or from bare renames (``--from``/``--to``), in which case addresses and
pipelines are looked up in the plan itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from tfswap.errors import UsageError
from tfswap.names import Rename, check_physical
from tfswap.verify.model.report_data import Location

if TYPE_CHECKING:
    from tfswap.swap import Consumer, Swap
    from tfswap.verify.model.allowance import Allowance
    from tfswap.verify.model.baseline_plan import BaselinePlan
    from tfswap.verify.model.partial_apply import UnfinishedApply


@dataclass(frozen=True)
class TableIntent:
    """One table to be swapped."""

    rename: Rename
    address: str = ""
    """State address; empty when the plan is to tell."""
    region: str = ""
    variable: str = ""
    """RFC 6901 pointer of the table's name in the tfvars, its first token being the variable.
    Empty where no input of the plan holds it."""
    value: str = ""
    """What stands there after the swap."""
    place: Location | None = None
    """Where the tfvars name it."""
    consumers: tuple[Consumer, ...] = ()
    """Who refers to the table, as the repository was read; empty when it was not."""


@dataclass(frozen=True)
class Origin:
    """A state, as a saved plan or the backend tells it."""

    workspace: str = ""
    lineage: str = ""
    serial: int | None = None


@dataclass(frozen=True)
class Intent:
    """The swap, as far as it is known."""

    tables: tuple[TableIntent, ...]
    pipelines: tuple[str, ...] = ()
    """Addresses of OSIS pipelines to recreate, further to those the plan shows."""
    release: tuple[str, ...] = ()
    """Addresses taken out of the state, to be created anew beside what is left alone in AWS."""
    environment: str = ""
    account: str = ""
    partition: str = ""
    locations: Mapping[str, Location] = field(default_factory=dict)
    """Configuration address -> where it stands in the repository."""
    outgoing: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Table address -> attributes of the outgoing table in the state before the swap. With them,
    tags and protections are compared with what was in service; without, with the configuration."""
    locals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``local.x`` or ``module.a.local.x`` -> its references, which plan JSON leaves out."""
    allowances: tuple[Allowance, ...] = ()
    """Changes expected beside the swap, from ``tfswap.toml``."""
    today: date | None = None
    """The day allowances are judged on; today in UTC when None."""
    workspace: str = ""
    """Workspace of the swap."""
    made_from: Origin | None = None
    """What the plan was made from; plan JSON does not tell, a saved plan does."""
    state_now: Origin | None = None
    """The state as it is now, where it was read."""
    begun: tuple[UnfinishedApply, ...] = ()
    """Ready plans whose applies did not end well, oldest first: this plan may be their rest."""
    baseline: BaselinePlan | None = None
    """The plan of the same world without the swap, where one was made."""

    @property
    def renames(self) -> tuple[Rename, ...]:
        """Physical names before and after."""
        return tuple(table.rename for table in self.tables)

    @staticmethod
    def from_swap(
        swap: Swap,
        *,
        outgoing: Mapping[str, Mapping[str, Any]] | None = None,
        allowances: Iterable[Allowance] = (),
        today: date | None = None,
        made_from: Origin | None = None,
        state_now: Origin | None = None,
    ) -> Intent:
        """Return the intent of a prepared swap.

        Args:
            swap: From ``.tfswap/swap.json``.
            outgoing: Attributes of the outgoing tables from the pulled state, by address.
            allowances: From ``tfswap.toml``.
            today: The day allowances are judged on; today in UTC when None.
            made_from: What a saved plan says it was made from.
            state_now: The state as it is now.
        """
        return Intent(
            tables=tuple(
                TableIntent(
                    t.rename,
                    t.address,
                    t.region,
                    t.input_pointer,
                    t.new_value,
                    Location(t.leaf.file, t.leaf.line),
                    t.consumers,
                )
                for t in swap.tables
            ),
            pipelines=swap.pipelines,
            release=swap.release,
            environment=swap.environment,
            account=swap.account,
            partition=swap.partition,
            locations={
                consumer.address: Location(consumer.file, consumer.line)
                for table in swap.tables
                for consumer in table.consumers
            },
            outgoing=outgoing or {},
            locals={
                consumer.address: consumer.references
                for table in swap.tables
                for consumer in table.consumers
                if consumer.references
            },
            allowances=tuple(allowances),
            today=today,
            workspace=swap.workspace,
            made_from=made_from,
            state_now=state_now,
        )

    @staticmethod
    def from_renames(
        renames: Iterable[Rename],
        *,
        allowances: Iterable[Allowance] = (),
        today: date | None = None,
    ) -> Intent:
        """Return the intent of bare renames; allowances as for ``from_swap``.

        Raises:
            UsageError: There is none, a name is no table name, or a name is given twice.
        """
        pairs = tuple(Rename(*pair) for pair in renames)
        if not pairs:
            raise UsageError(
                "No table to verify.", hint="Use --from OLD --to NEW, or run tfswap prepare."
            )
        for pair in pairs:
            check_physical(pair.old)
            check_physical(pair.new)
            if pair.old == pair.new:
                raise UsageError(
                    f"{pair.old} is both the old and the new name.", hint="Check --to."
                )
        for names in zip(*pairs, strict=True):
            if len(set(names)) != len(names):
                raise UsageError(
                    "The same table name is used twice.", hint="Check --from and --to."
                )
        return Intent(
            tables=tuple(TableIntent(pair) for pair in pairs),
            allowances=tuple(allowances),
            today=today,
        )
