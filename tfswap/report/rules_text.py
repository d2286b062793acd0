"""The rules for people: a list, one rule in full, and the page ``docs/rules.md``; one text each."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.report.wrap import wrap
from tfswap.rule_catalogue import RULES
from tfswap.verify.rules.registry import Rule

GROUPS = (
    ("TFS0", "The plan as a whole"),
    ("TFS1", "Resources with data"),
    ("TFS2", "The swapped table"),
    ("TFS3", "Consumers"),
    ("TFS4", "Everything else in the plan"),
    ("TFS8", "The pull request"),
)
"""The first characters of an id, and what rules with it are about."""

_INTRO = """# Rules

Every finding of `tfswap verify-plan` about a plan, and of `tfswap check` about a pull request,
has the id of a rule. The meaning of an id never changes. `tfswap rules` lists them, and
`tfswap explain TFS301` shows one.

This page is generated from the rules. To regenerate it, run
`python -m tfswap.report.rules_markdown > docs/rules.md`.
"""
_PARTS = (
    ("Meaning", "meaning"),
    ("Why it matters", "why"),
    ("What to do", "todo"),
    ("Source", "source"),
)


def list_text(*, width: int = 80) -> str:
    """Return every rule's id and title, by what they are about."""
    return "\n".join(_listed(width)) + "\n"


def _listed(width: int) -> Iterator[str]:
    for number, (start, heading) in enumerate(GROUPS):
        yield from ([""] if number else [])
        yield heading
        for rule in _group(start):
            yield from wrap(f"{rule.id} {rule.title}", width, "  ", " " * 9)


def rule_text(rule: Rule, *, width: int = 80) -> str:
    """Return one rule in full."""
    lines = [f"{rule.id}  {rule.title}"]
    for heading, name in _PARTS:
        lines += ["", heading, *wrap(getattr(rule, name), width, "  ")]
    return "\n".join(lines) + "\n"


def rules_page() -> str:
    """Return ``docs/rules.md``."""
    parts = [_INTRO]
    for start, heading in GROUPS:
        parts.append(f"## {heading}\n")
        parts.extend(_section(rule) for rule in _group(start))
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    lines = [f'### <a id="{rule.id.lower()}"></a>{rule.id}: {rule.title}', ""]
    for heading, name in _PARTS:
        text = " ".join(getattr(rule, name).split())
        lines += [*wrap(f"**{heading}.** {text}", 100), ""]
    return "\n".join(lines)


def _group(start: str) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.id.startswith(start)]
