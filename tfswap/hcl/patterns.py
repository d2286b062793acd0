"""Regular expressions as Go reads them (RE2 syntax, github.com/google/re2/wiki/Syntax).

What Python reads otherwise, or not at all, makes a result unknown, never wrong.
"""

from __future__ import annotations

import re

from tfswap.hcl.values import EvalError, UnclearError

_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")
_OTHER = re.compile(r"\\[pPQECz]|\\x\{|\[:|\[\[|\(\?[A-Za-z]*U")
"""What only Go reads, or Python reads as something else."""


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of Terraform's functions.

    Raises:
        UnclearError: Python would not match what Go does.
        EvalError: It is no regular expression.
    """
    plain = _CLASS.sub(lambda match: _CLASSES.get(match[1], match[0]), pattern)
    if _OTHER.search(plain):
        raise UnclearError(f"{pattern!r} is not understood")
    try:
        return re.compile(plain, re.ASCII)
    except re.error as error:
        raise EvalError(f"{pattern!r} is not a regular expression: {error}") from error
