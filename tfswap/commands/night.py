"""What a night is about, found as ``prepare`` finds it; for ``swap`` and ``runbook``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime

from tfswap.commands.admission import check_dates, plain
from tfswap.commands.prepare import discovered
from tfswap.commands.prepared import saved
from tfswap.commands.workbench import Workbench
from tfswap.errors import UsageError
from tfswap.names import parse_dated
from tfswap.night import progress
from tfswap.night.course import environment_words, reach_words
from tfswap.night.phase import Night, Words
from tfswap.swap import Swap


def find_night(
    bench: Workbench, wanted: Sequence[str], *, restore: str = "", date: str = ""
) -> Night:
    """Return the night for these tables.

    Raises:
        UsageError: A name without a date and nothing to restore, or the other way round.
        RepoError: As ``prepare``, when the repository does not tell.
    """
    names = names_of(bench, wanted, restore=restore, date=date)
    return night_of(bench, find_swap(bench, names), names, restore=restore)


def names_of(
    bench: Workbench, wanted: Sequence[str], *, restore: str = "", date: str = ""
) -> tuple[str, ...]:
    """Return the restored tables' names as the tfvars shall have them.

    Raises:
        UsageError: As ``find_night``.
    """
    plain_names = [plain(name) for name in wanted]
    held = _held_names(bench, plain_names) if restore and not date else None
    names = held or _dated(plain_names, restore, date)
    check_dates(names)
    return names


def find_swap(bench: Workbench, names: Sequence[str]) -> Swap:
    """Return the swap to these tables: the prepared one, or as ``prepare`` would find it."""
    prepared = saved(bench)
    if prepared and sorted(table.new_value for table in prepared.tables) == sorted(names):
        return prepared
    return discovered(bench, names)


def night_of(bench: Workbench, swap: Swap, names: Sequence[str], *, restore: str = "") -> Night:
    """Return the night of a swap that is known."""
    config = bench.remembering(swap).config
    return Night(
        names=tuple(names),
        environment=swap.environment,
        restore=restore,
        pair=config.pair or "",
        role=config.role.value if config.role else "",
        prefix=shlex.join(config.prefix or ()),
        terraform_bin=config.terraform_bin or "",
        hooks=dict(config.hooks),
        has_pipelines=bool(swap.pipelines),
    )


def tfswap_line(command: Words) -> str:
    """Return a command of ours as a person types it."""
    return shlex.join(("tfswap", *command))


def night_line(night: Night, skip: Sequence[str] = ()) -> str:
    """Return the command that leads through this night, or goes on with it."""
    words = ["swap", *night.names]
    if night.restore:
        bases = [parse_dated(name).base for name in night.names]
        day = night.names[0].rpartition("-")[2]
        words = ["swap", *bases, "--restore", night.restore, "--date", day]
    words += [*environment_words(night), *reach_words(night)]
    if night.pair:
        words += ["--pair", night.pair]
    words += [word for name in skip for word in ("--skip", name)]
    return tfswap_line(tuple(words))


def _held_names(bench: Workbench, bases: Sequence[str]) -> tuple[str, ...] | None:
    """Return the names of the night under way for these tables: it may have begun yesterday."""
    last: list[str] = []
    for entry in bench.journal.entries():
        if entry.get("event") == progress.BEGUN:
            last = [str(name) for name in entry.get("names", ())]
        elif entry.get("event") == progress.ENDED:
            last = []
    same = bool(last) and [parse_dated(name).base for name in last] == list(bases)
    return tuple(last) if same else None


def _dated(names: Sequence[str], restore: str, date: str) -> tuple[str, ...]:
    """Return the restored tables' names: as given, or base names with the day they are restored."""
    if date and not restore:
        raise UsageError("--date goes with --restore.", hint="Name the restored table itself.")
    if not restore:
        for name in names:
            if parse_dated(name).date is None:
                raise UsageError(
                    f"{name} is not a restored table's name: it has no date.",
                    hint=f"Restore it first: tfswap swap {name} --restore latest. It was, then "
                    f"say its name: tfswap swap {name}-YYYYMMDD. To go back: tfswap prepare {name}",
                )
        return tuple(names)
    day = date or f"{datetime.now(UTC):%Y%m%d}"
    for name in names:
        if parse_dated(name).date is not None:
            raise UsageError(
                f"{name} has a date already; --restore takes the base name.",
                hint=f"tfswap swap {parse_dated(name).base} --restore {restore}",
            )
    return tuple(f"{name}-{day}" for name in names)
