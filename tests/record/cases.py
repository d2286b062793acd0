"""The table of cases: folder under `fixtures/plans` to what a person did before planning.

A function's docstring says that in words; the README beside the plans shows it. What the verifier
shall answer stands in the folder's own `case.toml`, written by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.record import leftovers, riders, slips, swaps
from tests.record.hands import Hands

Case = Callable[[Hands], None]

CASES: Mapping[str, Case] = {
    case.__name__.replace("_", "-"): case
    for case in (*swaps.CASES, *slips.CASES, *riders.CASES, *leftovers.CASES)
}
