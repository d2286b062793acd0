"""Each static rule on facts made for it, and on facts it must be silent about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tfswap.review.facts import Facts, FileLine, LineMention, Role, StringEdit, TableEdit, TableLoss
from tfswap.review.rules import findings, names_stand
from tfswap.rule_catalogue import RULES
from tfswap.verify.model.report_data import Finding, Severity

FILE = "env/terraform.tfvars.json"
TODAY = date(2024, 7, 15)


def edit(
    new: str = "Lpas-20240715", old: str = "Lpas", environment: str = "production"
) -> StringEdit:
    return StringEdit(FILE, f"/environments/{environment}/dynamodb/lpas", 7, old, new)


def table(
    new: str = "Lpas-20240715",
    old: str = "Lpas",
    environment: str = "production",
    root: str = "env",
) -> TableEdit:
    one = edit(new, old, environment)
    names = f"{environment}-{old}", f"{environment}-{new}"
    return TableEdit(one, root, environment, environment, "aws_dynamodb_table.lpas", *names)


def facts(*tables: TableEdit, **more: object) -> Facts:
    return replace(Facts(TODAY, tables or (table(),)), **more)


def shown(of: Facts) -> list[tuple[str, Severity]]:
    return [(one.rule, one.severity) for one in findings(of)]


CASES: list[tuple[str, Facts, Severity]] = [
    ("TFS801", facts(broken=(FileLine(FILE, 3, "it is no JSON"),)), Severity.ERROR),
    ("TFS802", facts(others=(FileLine(FILE, 9, "/environments/x"),)), Severity.ERROR),
    ("TFS803", facts(table(), table(environment="demo")), Severity.ERROR),
    ("TFS803", facts(table(), table(root="other")), Severity.ERROR),
    ("TFS804", facts(table("Lpas-20241340")), Severity.ERROR),
    ("TFS804", facts(table("Lpas-20230229")), Severity.ERROR),
    ("TFS805", facts(table("Lpas-20240717")), Severity.ERROR),
    ("TFS806", facts(table("Lpaz-20240715")), Severity.ERROR),
    ("TFS806", facts(table("Lpas_20240715")), Severity.ERROR),
    ("TFS806", facts(table("Lpas-2024071")), Severity.ERROR),
    ("TFS806", facts(table("Lpas-20240715-")), Severity.ERROR),
    ("TFS806", facts(table("production-Lpas-20240715")), Severity.ERROR),
    ("TFS807", facts(table("Lp as-20240715", "Lp as")), Severity.ERROR),
    ("TFS808", facts(mentions=(LineMention("a.tf", 4, "production-Lpas", False),)), Severity.ERROR),
    (
        "TFS808",
        facts(mentions=(LineMention("a.tf", 4, "production-Lpas", True),)),
        Severity.WARNING,
    ),
    ("TFS809", facts(ours=("x/.tfswap/swap.json", "x/.tfswap/plan")), Severity.ERROR),
    ("TFS810", facts(roles=(Role(".envrc", 4, False),)), Severity.ERROR),
    ("TFS813", facts(doubtful=(FileLine(FILE, 2, "who knows"),)), Severity.UNKNOWN),
    (
        "TFS808",
        facts(mentions=(LineMention("a.tf", 4, "Lpas", False, "aws_x.y name", is_certain=False),)),
        Severity.WARNING,
    ),
    ("TFS815", facts(losses=(TableLoss("a.tf", 4, "t.a", "Lpas", "leaves"),)), Severity.ERROR),
    (
        "TFS815",
        facts(losses=(TableLoss("a.tf", 4, "t.a", "Lpas", "leaves", is_destroyed=False),)),
        Severity.WARNING,
    ),
    ("TFS814", facts(code=("env/app.tf", "env/b.tf")), Severity.WARNING),
]


@pytest.mark.parametrize(("rule", "of", "weight"), CASES)
def test_a_rule_speaks_and_shows_the_place(rule: str, of: Facts, weight: Severity) -> None:
    assert shown(of) == [(rule, weight)]
    (found,) = findings(of)
    assert found.location is not None
    assert found.hint
    assert names_stand([found]) == (rule not in {f"TFS80{n}" for n in range(3, 8)})


def test_every_rule_has_a_case() -> None:
    about_plans = {"TFS811", "TFS812"}  # tests/review/test_pull_request.py
    known = {rule for rule in RULES if rule.startswith("TFS8")}
    assert {rule for rule, _, _ in CASES} == known - about_plans


@pytest.mark.parametrize(
    "of",
    [
        facts(),
        facts(table("Lpas-20240716")),
        facts(table("Lpas", "Lpas-20240715")),
        facts(table("Lpas-20240101", "Lpas-20240715")),
        facts(table(), table("Sessions-20240715", "Sessions")),
    ],
    ids=["a swap", "tomorrow in UTC", "back to the first", "back to a dated one", "two tables"],
)
def test_sound_swaps_are_left_alone(of: Facts) -> None:
    assert shown(of) == []


def test_no_swap_may_change_what_it_likes() -> None:
    none = Facts(TODAY, (), others=(FileLine(FILE, 9, "/x"),), code=("a.tf",))
    assert shown(none) == []
    assert shown(replace(none, roles=(Role(".envrc", 1, True),))) == [("TFS810", Severity.ERROR)]
    assert shown(replace(none, roles=(Role(".envrc", 1, False),))) == [("TFS810", Severity.WARNING)]


def test_a_name_in_many_lines_is_told_twenty_times_worst_first() -> None:
    many = tuple(LineMention(f"{n}.tf", 1, "production-Lpas", n < 30) for n in range(60))
    found: list[Finding] = list(findings(facts(mentions=many)))
    assert len(found) == 21
    assert found[-1].message.startswith("40 more lines")
    assert all(one.severity is Severity.ERROR for one in found)


def test_two_tables_named_by_one_string_are_one_mistake() -> None:
    one = table("Lpas-20241340")
    assert shown(facts(one, one._replace(address="aws_dynamodb_table.second"))) == [
        ("TFS804", Severity.ERROR)
    ]
