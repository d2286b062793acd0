"""What a night was told, kept in the journal so that nobody has to type it twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class GuideInputs:
    """What was typed beside the tables' names and the environment."""

    restore: str = ""
    """Which backup is restored first; empty: none."""
    pair: str = ""
    role: str = ""
    """Only where it was said to tfswap; one that the shell exports is asked of the shell again."""
    prefix: str = ""
    terraform_bin: str = ""
    given: Pairs = ()
    """Further flags with their values."""
    skip: tuple[str, ...] = ()
    """Names of phases to leave out."""

    def facts(self) -> dict[str, Any]:
        """Return it as JSON values, without what is empty."""
        told: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        told["given"] = [list(pair) for pair in self.given]
        told["skip"] = list(self.skip)
        return {name: value for name, value in told.items() if value}

    def after(self, before: GuideInputs) -> GuideInputs:
        """Return what was told before with this on top.

        A flag said again takes the place of its earlier values; phases left out add up.
        """
        said = {flag for flag, _ in self.given}
        kept = tuple(pair for pair in before.given if pair[0] not in said)
        return GuideInputs(
            restore=self.restore or before.restore,
            pair=self.pair or before.pair,
            role=self.role or before.role,
            prefix=self.prefix or before.prefix,
            terraform_bin=self.terraform_bin or before.terraform_bin,
            given=(*kept, *self.given),
            skip=tuple(dict.fromkeys((*before.skip, *self.skip))),
        )


def inputs_in(entry: Mapping[str, Any] | None) -> GuideInputs:
    """Return what a journal's entry holds of it; what is not of the right shape is left out."""
    facts = (entry or {}).get("told")
    if not isinstance(facts, dict):
        return GuideInputs()
    texts = ("restore", "pair", "role", "prefix", "terraform_bin")
    return GuideInputs(
        **{name: str(facts.get(name) or "") for name in texts},
        given=tuple(
            (str(pair[0]), str(pair[1]))
            for pair in _list(facts.get("given"))
            if isinstance(pair, list) and len(pair) == 2
        ),
        skip=tuple(str(name) for name in _list(facts.get("skip"))),
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
