"""What to restore first, offered on a terminal where nobody said it: least data lost on top."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

from tfswap.aws.formatting import age, minutes
from tfswap.aws.restore_time import exact
from tfswap.aws.wait import REAL, Clock
from tfswap.commands.restore.sources import Source, Sources, find_sources
from tfswap.commands.restore.target import RestoreRequest
from tfswap.context.command_context import CommandContext
from tfswap.context.input_checks import plain
from tfswap.context.table_target import target_of
from tfswap.errors import TfswapError, UsageError


def offered(context: CommandContext, wanted: Sequence[str], clock: Clock = REAL) -> str:
    """Ask which of what there is shall be restored first.

    Args:
        context: The command's surroundings.
        wanted: Base names.
        clock: The time.

    Returns:
        As ``--restore`` takes it; empty where there is no terminal, nothing to offer, or none of it
        was chosen.
    """
    if not sys.stdin.isatty():
        return ""
    console, now = context.console, clock.now()
    try:
        targets = [target_of(context, plain(name)) for name in wanted]
        found = [find_sources(context, target, RestoreRequest()) for target in targets]
    except TfswapError as error:
        console.warn(error.message)
        return ""
    ways = _ways(found, now)
    if not ways:
        return ""
    console.out("What is to be restored first?")
    for number, way in enumerate(ways, 1):
        for each, source in _of(found, way, now):
            lost = minutes(age(source.created, now))
            when = exact(source.created)
            console.out(f"  {number}. {way:<11}  {each.table} as of {when}, {lost} lost")
    for reason in dict.fromkeys(reason for each in found for reason in each.unknown):
        console.out(f"     {reason}")
    return _answer(context, ways)


def _of(found: Sequence[Sources], way: str, now: datetime) -> list[tuple[Sources, Source]]:
    return [(each, source) for each in found for flag, source in each.offers(now) if flag == way]


def _ways(found: Sequence[Sources], now: datetime) -> list[str]:
    """Return what every table has, the one that loses least over all of them first."""
    ways = [flag for flag, _ in found[0].offers(now)] if found else []
    return sorted(
        (way for way in ways if len(_of(found, way, now)) == len(found)),
        key=lambda way: min(source.created for _, source in _of(found, way, now)),
        reverse=True,
    )


def _answer(context: CommandContext, ways: Sequence[str]) -> str:
    try:
        answer = context.console.ask(f"Enter takes 1, or type 1 to {len(ways)}: ").strip()
    except UsageError:
        return ""
    numbered = {"": ways[0], **{str(number): way for number, way in enumerate(ways, 1)}}
    return numbered.get(answer, answer if answer in ways else "")
