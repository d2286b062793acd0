"""`fixtures/plans`: the recorded plans, what is expected of each, and the README over them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.record.cases import CASES

FOLDER = Path(__file__).parents[2] / "fixtures" / "plans"

GIVEN = "given"
"""Asked with `verify-plan --from --to`."""
PREPARED = "prepared"
"""Asked in a repository where `prepare` made the swap: more is known."""

_KEYS = {"verdict", "rules", "names", "swap", "wanting", "wanting_verdict", GIVEN, PREPARED}

_HEAD = """# Recorded plans

Each folder holds `plan.json`, written by `terraform show -json` with the real Terraform and the
real AWS provider on the fixture `fixtures/lpa/repo`, against the stand-in for AWS, and `case.toml`:
the swap that was meant, the verdict and the rules that the verifier must come to, and the addresses
its report must name. `make fixtures` records them anew (`tests/record`: one function for each); ids
and times are then made the same for every recording. This page is written by the recorder.

| folder | what was done | answer | rules |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Table:
    """One table of the swap that was meant."""

    old: str
    new: str
    address: str


@dataclass(frozen=True)
class Expected:
    """What `case.toml` says."""

    verdict: str
    rules: frozenset[str]
    """Of all findings, whatever their severity."""
    names: tuple[str, ...]
    """Addresses that the text report must name."""
    tables: tuple[Table, ...]
    environment: str
    release: tuple[str, ...]
    """Addresses given to `prepare --release`."""
    wanting: str
    """Why the verifier does not come to these rules and names yet; empty when it does."""
    wanting_verdict: str
    """Why it does not even come to the verdict yet; empty when it does."""


def expected(case: str, asked: str = PREPARED) -> Expected:
    """Read a case's `case.toml`: what is to be answered when it is asked one way or the other.

    Args:
        case: The folder.
        asked: `GIVEN` or `PREPARED`; a table of that name in the file overrides the rest of it.
    """
    whole = tomllib.loads((FOLDER / case / "case.toml").read_text())
    shown = {**whole, **whole.get(asked, {})}
    unknown = shown.keys() - _KEYS
    assert not unknown, f"{case}/case.toml: {unknown}"
    swap = shown["swap"]
    return Expected(
        verdict=shown["verdict"],
        rules=frozenset(shown["rules"]),
        names=tuple(shown["names"]),
        tables=tuple(Table(each["from"], each["to"], each["address"]) for each in swap["tables"]),
        environment=swap["environment"],
        release=tuple(swap.get("release", ())),
        wanting=shown.get("wanting", ""),
        wanting_verdict=shown.get("wanting_verdict", ""),
    )


def readme() -> str:
    """Return the README of the folder."""
    return _HEAD + "".join(_row(case) for case in CASES)


def _row(case: str) -> str:
    shown = expected(case) if (FOLDER / case / "case.toml").exists() else None
    did = " ".join((CASES[case].__doc__ or "").split())
    if shown is None:
        return f"| {case} | {did} | its case.toml is still to be written | |\n"
    return f"| {case} | {did} | {shown.verdict} | {', '.join(sorted(shown.rules))} |\n"
