"""``python -m tests.faults SEAM NUMBER MOMENT COMMAND…``: tfswap as typed, with one fault in it."""

from __future__ import annotations

import sys

from tests.faults.faults import Fault, inject


def main() -> None:
    """Put the fault in and hand over to the command line."""
    seam, number, moment = sys.argv[1:4]
    inject(Fault(seam, int(number), moment), {})
    sys.argv[1:4] = []
    from tfswap.__main__ import main as tfswap

    tfswap()


if __name__ == "__main__":
    main()
