"""``tfswap rules`` and ``tfswap explain TFS###``: what the verifier looks for, and why."""

from __future__ import annotations

from tfswap.console import Console
from tfswap.errors import ExitCode, UsageError


def list_rules(console: Console) -> int:
    """Print every rule's id and title.

    Returns:
        Exit code 0.
    """
    from tfswap.report.rules_text import list_text

    console.out(console.linked(list_text(width=console.width).rstrip("\n")))
    return int(ExitCode.OK)


def explain_rule(console: Console, rule_id: str) -> int:
    """Print what one rule says, why it matters, what to do, and where it comes from.

    Args:
        console: Where it goes.
        rule_id: ``TFS301``; capitals and the letters in front may be left out.

    Returns:
        Exit code 0.

    Raises:
        UsageError: There is no such rule; the near ones are its details.
    """
    from tfswap.report.rules_text import rule_text
    from tfswap.rule_catalogue import RULES

    wanted = rule_id.strip().upper()
    rule = RULES.get(wanted) or RULES.get(f"TFS{wanted.zfill(3)}")
    if rule is None:
        raise UsageError(
            f"There is no rule {rule_id!r}.",
            hint="To list all rules: tfswap rules",
            details=_near(wanted),
        )
    console.out(console.linked(rule_text(rule, width=console.width).rstrip("\n")))
    return int(ExitCode.OK)


def _near(wanted: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    from tfswap.rule_catalogue import RULES

    near = get_close_matches(wanted, RULES, n=3, cutoff=0.7)
    return tuple(f"{one}  {RULES[one].title}" for one in near)
