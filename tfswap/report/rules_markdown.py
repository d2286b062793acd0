"""``python -m tfswap.report.rules_markdown > docs/rules.md``."""

from __future__ import annotations

import sys

from tfswap.report.rules_text import rules_page

if __name__ == "__main__":
    sys.stdout.write(rules_page())
