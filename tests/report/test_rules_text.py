"""The rules' texts, the page made from them, and the commands that show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfswap.commands.rules import explain_rule, list_rules
from tfswap.console import Console
from tfswap.errors import UsageError
from tfswap.report.rules_text import GROUPS, list_text, rule_text, rules_page
from tfswap.rule_catalogue import RULES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_in_docs_is_current() -> None:
    assert PAGE.read_text() == rules_page(), (
        "run: python -m tfswap.report.rules_markdown > docs/rules.md"
    )


def test_every_rule_is_listed_once() -> None:
    assert [line.split()[0] for line in list_text().splitlines() if line.startswith("  TFS")] == [
        *RULES
    ]
    assert all(any(rule.startswith(start) for start, _ in GROUPS) for rule in RULES)
    page = rules_page()
    for rule in RULES.values():
        assert page.count(f"</a>{rule.id}: {rule.title}\n") == 1


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_told_whole(rule: str) -> None:
    text = " ".join(rule_text(RULES[rule]).split())
    one = RULES[rule]
    for part in (one.id, one.title, one.meaning, one.why, one.todo, one.source):
        assert " ".join(part.split()) in text
    assert all(len(line) <= 80 for line in rule_text(one).splitlines())


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(quiet=True)
    assert list_rules(console) == 0
    assert capsys.readouterr().out.startswith("The plan as a whole\n  TFS001 ")
    for name in ("TFS301", "tfs301", " 301 "):
        assert explain_rule(console, name) == 0
        assert capsys.readouterr().out.startswith(
            "TFS301  Consumer still uses the outgoing table\n"
        )
    assert explain_rule(console, "1") == 0


@pytest.mark.parametrize("name", ["TFS999", "", "TFS", "x"])
def test_an_unknown_rule_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain_rule(Console(quiet=True), name)
    assert caught.value.hint == "To list all rules: tfswap rules"
