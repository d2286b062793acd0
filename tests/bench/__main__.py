"""``make bench``: every measurement, as ratios within one run; machines are noisy."""

from __future__ import annotations

import shutil
import sys

from tests.bench import reading, startup, swap, verify

startup.main()
reading.main([])
verify.main([])
if shutil.which("terraform") is None:
    print("run + verify-plan: not measured, terraform is not on the PATH", file=sys.stderr)
else:
    swap.main()
