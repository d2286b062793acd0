"""``TF_CLI_ARGS*``: which of their words would take away what keeps the state safe.

Terraform splits them as a shell does (mattn/go-shellwords) and reads the words with Go's flag
package: one dash or two, ``-name=value``, and for a boolean any of ``1 t T true TRUE True`` or
``0 f F false FALSE False``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tfswap.errors import TerraformError

_TRUE = frozenset(("1", "t", "T", "true", "TRUE", "True"))
_FALSE = frozenset(("0", "f", "F", "false", "FALSE", "False"))

_HARMLESS: Mapping[str, frozenset[str]] = {
    "lock": _TRUE,
    "force": _FALSE,
    "ignore-remote-version": _FALSE,
    "state": frozenset(),
    "state-out": frozenset(),
}
"""Flag to the values with which it changes nothing; a flag without a value is ``true``."""


def refuse_unsafe(env: Mapping[str, str]) -> None:
    """Refuse arguments that would switch off the compare-and-swap or the lock.

    Raises:
        TerraformError: One stands in ``TF_CLI_ARGS`` or ``TF_CLI_ARGS_*``.
    """
    for name, value in env.items():
        if name != "TF_CLI_ARGS" and not name.startswith("TF_CLI_ARGS_"):
            continue
        for word in unsafe(value):
            raise TerraformError(
                f"{name} contains {word}, which disables a protection of the state.",
                hint=f"Run: unset {name}; then the same command again.",
            )


def unsafe(arguments: str) -> Iterator[str]:
    """Yield the words that take away the lock, or write another state than the backend's.

    Quotes and backslashes may stand anywhere in a word. They are left out before the words are
    told apart: a quoted value with such a word in it is refused too, rather than one overlooked.
    """
    for word in re.sub(r"[\\'\"`]", "", arguments).split():
        if not (flag := re.match(r"--?(?=[^-])", word)):
            continue
        name, has_value, value = word[flag.end() :].partition("=")
        if (value if has_value else "true") not in _HARMLESS.get(name, (value, "true")):
            yield f"-{name}{has_value}{value}"
