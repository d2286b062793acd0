"""What a guided run was told, kept in the journal so that nobody has to type it twice."""

from __future__ import annotations

import msgspec

Pairs = tuple[tuple[str, str], ...]


class GuideInputs(msgspec.Struct, frozen=True, omit_defaults=True):
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
