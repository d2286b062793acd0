"""The guided run as a runbook in Markdown: every command filled in, for those who want to type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tfswap.guide.model import GuidedRun, Phase
from tfswap.guide.phases import afterwards, preconditions
from tfswap.swap import Swap


def runbook_markdown(
    guided_run: GuidedRun,
    swap: Swap,
    lines: Sequence[tuple[Phase, str]],
    by_hand: dict[str, Sequence[str]],
    stale: Sequence[str] = (),
    hints: Sequence[str] = (),
) -> str:
    """Return the runbook.

    Args:
        guided_run: What the guided run is about.
        swap: The same as data: names, addresses, ARNs.
        lines: Each phase with its command as it is typed.
        by_hand: Phase name to the commands that do the same without tfswap.
        stale: Lines about what would still name an outgoing table.
        hints: What else of the repository may help beforehand.
    """
    parts = [
        f"# Bring {_names(guided_run)} into service in {guided_run.environment}",
        "Written by `tfswap runbook` for this repository. Each step can be repeated. "
        "`tfswap status` shows what is done and what is next. `tfswap swap` guides you "
        "through the same steps.",
        _tables(swap),
        *(["\n".join(["```text", *stale, "```"])] if stale else []),
        "## Before you start",
        "\n".join(f"- [ ] {item.question} {item.why}" for item in preconditions(guided_run)),
        *hints,
    ]
    for number, (phase, line) in enumerate(lines, 1):
        parts += _phase(number, phase, line, by_hand.get(phase.name, ()))
    parts += ["## Afterwards", "\n".join(f"- [ ] {line}" for line in afterwards(guided_run))]
    parts += _manual_commands(by_hand.get("retire", ()))
    parts += [_if_it_goes_wrong()]
    return "\n\n".join(parts)


def _names(guided_run: GuidedRun) -> str:
    return ", ".join(f"`{name}`" for name in guided_run.names)


def _tables(swap: Swap) -> str:
    rows = [
        "| outgoing | restored | address | region |",
        "|---|---|---|---|",
        *(f"| `{t.old_name}` | `{t.new_name}` | `{t.address}` | {t.region} |" for t in swap.tables),
    ]
    account = swap.account or "not found in the configuration"
    rows += [
        "",
        f"Account {account}, workspace `{swap.workspace}`, root module "
        f"`{swap.root_module}`, branch `{swap.branch}`.",
    ]
    return "\n".join(rows)


def _phase(number: int, phase: Phase, line: str, by_hand: Iterable[str]) -> Iterator[str]:
    yield f"## {number}. {phase.title[0].upper()}{phase.title[1:]}"
    yield phase.why
    yield _code([line])
    yield from _manual_commands(by_hand)


def _manual_commands(lines: Iterable[str]) -> Iterator[str]:
    commands = list(lines)
    if commands:
        yield "<details><summary>The same by hand</summary>"
        yield _code(commands)
        yield "</details>"


def _code(lines: Sequence[str]) -> str:
    return "\n".join(["```shell", *lines, "```"])


def _if_it_goes_wrong() -> str:
    return "\n\n".join(
        [
            "## When something goes wrong",
            "No command above deletes or replaces a table.",
            _code(
                [
                    "tfswap status             # what is done, and the next command",
                    "tfswap rollback --dry-run # what a rollback would undo",
                    "tfswap log                # who did what, and when",
                ]
            ),
        ]
    )
