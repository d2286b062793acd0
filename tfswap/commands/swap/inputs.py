"""What a guided run is about, found as ``prepare`` finds it; for ``swap`` and ``runbook``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tfswap.aws.restore_time import check_wanted, exact, is_relative, moment
from tfswap.config import Setting
from tfswap.context.command_context import CommandContext
from tfswap.context.input_checks import check_dates, plain
from tfswap.context.saved_swap import saved
from tfswap.context.swap_discovery import discovered
from tfswap.errors import UsageError
from tfswap.guide.flags import access_flags, environment_flags
from tfswap.guide.inputs import GuideInputs
from tfswap.guide.model import GuidedRun, Phase, Words
from tfswap.names import parse_dated
from tfswap.swap import Swap


def saved_inputs(
    context: CommandContext, names: Sequence[str], inputs: GuideInputs
) -> tuple[CommandContext, GuideInputs]:
    """Return context and inputs of the guided run under way, with what is said now on top.

    Args:
        context: The command's surroundings; what its settings hold goes before what was told.
        names: The restored tables.
        inputs: What is said now.
    """
    config = context.config
    chosen = config.environment.value if config.environment else None
    guide = context.journal.progress().guide.about(names, chosen)
    whole = inputs.after(guide.inputs) if guide else inputs
    if guide is not None and config.environment is None:
        here = Setting(guide.environment, "the guided run started here")
        config = replace(config, environment=here)
    config = config.or_else(tuple(shlex.split(whole.prefix)), whole.terraform_bin, whole.role)
    settings = _settings(whole.given)
    pair = config.pair or whole.pair or None
    return replace(context, config=replace(config, **settings, pair=pair)), whole


def _settings(given: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return of the further flags those that are settings, as ``Config`` names them."""
    found: dict[str, Any] = {}
    for flag, value in given:
        name = flag.removeprefix("--")
        if name in _MANY:
            found[_MANY[name]] = (*found.get(_MANY[name], ()), value)
        elif name in _SINGLE:
            found[_SINGLE[name]] = value
    return found


_SINGLE = {name: name for name in ("workspace", "tfvars", "account", "region", "branch")} | {
    "root": "root_module"
}
_MANY = {"leaf": "pointers", "address": "addresses", "pipeline": "pipelines"} | {
    "release": "release"
}


def inputs_of(context: CommandContext, guided_run: GuidedRun) -> GuideInputs:
    """Return what is to be kept of a guided run, so that nobody has to say it again."""
    config = context.config
    return GuideInputs(
        restore=guided_run.restore,
        pair=guided_run.pair,
        role=guided_run.role if config.role_is_explicit else "",
        prefix=guided_run.prefix,
        terraform_bin=guided_run.terraform_bin,
        given=guided_run.given,
        skip=guided_run.skip,
    )


def names_of(
    context: CommandContext, wanted: Sequence[str], *, restore: str = "", date: str = ""
) -> tuple[str, ...]:
    """Return the restored tables' names as the tfvars shall have them.

    Raises:
        UsageError: A name without a date and nothing to restore, or the other way round.
    """
    plain_names = [plain(name) for name in wanted]
    if restore:
        listing = shlex.join(["tfswap", "backups", *plain_names[:1]])
        check_wanted(restore, datetime.now(UTC), listing)
    held = None if date else _names_under_way(context, plain_names)
    names = held or _dated(plain_names, restore, date)
    check_dates(names)
    return names


def has_names(context: CommandContext, wanted: Sequence[str]) -> bool:
    """Say whether the restored tables' names are known, typed or from the run under way."""
    plain_names = [plain(name) for name in wanted]
    if _names_under_way(context, plain_names):
        return True
    return all(parse_dated(name).date is not None for name in plain_names)


def fixed_time(context: CommandContext, names: Sequence[str], restore: str) -> str:
    """Return ``20 minutes ago`` as the time it was when this guided run began.

    Hours may pass between the look and the restore: what was seen and agreed to must not move.
    """
    if not is_relative(restore):
        return restore
    chosen = context.config.environment
    guide = context.journal.progress().guide.about(tuple(names), chosen.value if chosen else None)
    begun = guide.inputs.restore if guide else ""
    return begun or exact(moment(restore, datetime.now(UTC), ""))


def find_swap(context: CommandContext, names: Sequence[str]) -> Swap:
    """Return the swap to these tables: the prepared one, or as ``prepare`` would find it."""
    prepared, chosen = saved(context), context.config.environment
    elsewhere = prepared and chosen and chosen.value != prepared.environment
    if prepared and not elsewhere and sorted(_new_values(prepared)) == sorted(names):
        return prepared
    return discovered(context, names)


def _new_values(swap: Swap) -> list[str]:
    return [table.new_value for table in swap.tables]


def guided_run_of(
    context: CommandContext, swap: Swap, names: Sequence[str], inputs: GuideInputs
) -> GuidedRun:
    """Return the guided run of a swap that is known."""
    config = context.remembering(swap).config
    return GuidedRun(
        names=tuple(names),
        environment=swap.environment,
        restore=inputs.restore,
        pair=config.pair or "",
        role=config.role.value if config.role else "",
        prefix=shlex.join(config.prefix or ()),
        terraform_bin=config.terraform_bin or "",
        hooks=dict(config.hooks),
        given=inputs.given,
        skip=inputs.skip,
        has_pipelines=bool(swap.pipelines),
    )


def line_of(phase: Phase) -> Words:
    """Return a phase's command as a person types it."""
    return phase.foreign or ("tfswap", *phase.command)


def again(guided_run: GuidedRun) -> Words:
    """Return the command that leads through this guided run, or goes on with it."""
    words = ["tfswap", "swap", *guided_run.names]
    if guided_run.restore:
        bases = [parse_dated(name).base for name in guided_run.names]
        day = guided_run.names[0].rpartition("-")[2]
        words = ["tfswap", "swap", *bases, "--restore", guided_run.restore, "--date", day]
    words += environment_flags(guided_run)
    words += [word for pair in guided_run.given for word in pair]
    words += access_flags(guided_run)
    if guided_run.pair:
        words += ["--pair", guided_run.pair]
    return (*words, *(word for name in guided_run.skip for word in ("--skip", name)))


def _names_under_way(context: CommandContext, wanted: Sequence[str]) -> tuple[str, ...] | None:
    """Return the names of the guided run under way for these tables; it may be yesterday's."""
    chosen = context.config.environment
    progress = context.journal.progress()
    guide = progress.guide.about(None, chosen.value if chosen else None)
    last = guide.names if guide else ()
    same = bool(last) and tuple(wanted) in (last, tuple(parse_dated(name).base for name in last))
    return last if same else None


def _dated(names: Sequence[str], restore: str, date: str) -> tuple[str, ...]:
    """Return the restored tables' names: as given, or base names with the day they are restored."""
    if date and not restore:
        raise UsageError(
            "--date needs --restore.",
            hint="Without --restore, give the restored table's dated name.",
        )
    if not restore:
        for name in names:
            if parse_dated(name).date is None:
                raise UsageError(
                    f"{name} is not the name of a restored table: it has no date.",
                    hint=f"To restore it first: tfswap swap {name} --restore latest (or "
                    "latest-pitr, which loses less if point-in-time recovery is on). If it is "
                    f"restored: tfswap swap {name}-YYYYMMDD. To swap back: tfswap "
                    f"prepare {name}",
                )
        return tuple(names)
    day = date or f"{datetime.now(UTC):%Y%m%d}"
    for name in names:
        if parse_dated(name).date is not None:
            raise UsageError(
                f"{name} already has a date; --restore needs the base name.",
                hint=f"tfswap swap {parse_dated(name).base} --restore {restore}",
            )
    return tuple(f"{name}-{day}" for name in names)
