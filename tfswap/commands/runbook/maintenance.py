"""Scripts of the repository that may switch maintenance mode, offered as hooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from tfswap.context.command_context import CommandContext

_PROGRAMS = frozenset({"", ".sh", ".bash", ".py", ".rb", ".js"})
_ON, _OFF = ("on", "enable", "start", "begin"), ("off", "disable", "stop", "end")


def maintenance_scripts(context: CommandContext) -> list[str]:
    """Return the programs git knows whose path speaks of maintenance; nothing is run."""
    return sorted(
        path
        for path in context.git.files()
        if "maintenance" in path.lower() and PurePosixPath(path).suffix.lower() in _PROGRAMS
    )


def maintenance_hints(context: CommandContext) -> list[str]:
    """Return a paragraph that suggests what was found as hooks; none where hooks are set."""
    found = maintenance_scripts(context)
    if not found or context.config.hooks:
        return []
    lines = ["```toml", "# tfswap.toml", "[hooks]", *_hooks(found), "```"]
    listed = ", ".join(f"`{path}`" for path in found)
    return [
        f"The repository has {listed}. If that switches maintenance mode, `tfswap swap` can run it "
        "(look first what it takes):",
        "\n".join(lines),
    ]


def _hooks(found: list[str]) -> Iterator[str]:
    """Yield a line for each hook: a script of its own, or one that takes ``on`` and ``off``."""
    for name, words in (("maintenance_on", _ON), ("maintenance_off", _OFF)):
        own = next((path for path in found if set(_words(path)) & set(words)), "")
        yield f'{name} = "{own or f"{found[0]} {words[0]}"}"'


def _words(path: str) -> list[str]:
    stem = PurePosixPath(path).stem.lower()
    return stem.replace("-", " ").replace("_", " ").replace(".", " ").split()
