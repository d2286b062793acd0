"""Texts that users read stay in plain English: words that must not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PAGES = [*sorted(TOP.glob("*.md")), *sorted((TOP / "docs").glob("*.md"))]
PRIVATE = {
    r"\bmend(s|ed)?\b": "fix",
    r"\banew\b": "again",
    r"\brid(e|es|ing) along\b": "be included",
    r"\bbeforehand\b": "before",
    r"\bmeanwhile\b": "in the meantime",
    r"\b(tonight|(at|the|this|that) night)\b": "the guided run, the swap",
    r"\bshall\b": "must",
    r"\b(go|goes|going) on\b(?! (leave|sale))": "continue",
    r"\b(begun|began|begins?)\b(?! with|-)": "start",
    r"\bof (its|their|your|our|a string of its) own\b": "its own; separate",
    r"\b(stands?|standing) (above|in|at|where|there|for|here)\b": "is",
    r"\bto be had\b": "available",
    r"\bhangs? on\b": "depends on",
    r"\bvouch": "accept",
    r"\b(cannot|not) be told\b": "is unknown, cannot be verified",
    r"\bis told\b": "is reported",
    r"\b(tells|tell) (of|by|the|that|which|it|what|whether)\b": "show, report",
    r"\bSay it\b": "Set it",
    r"\bNobody is here\b": "No terminal to prompt on",
    r"\b(lies|lie) (in|outside|above|beneath|ahead|between)\b": "is",
    r"(?<![Tt]here )\bis no (?!longer)": "is not a",
    r"\bat work\b": "running",
    r"\b(takes|took) nothing\b": "",
    r"\bnot known\b": "unknown",
    r"\bwork tree\b": "working tree",
    r"\b(the|0|1) stops?\b above": "blocker",
    r"\b(comes|come|goes|go|stays) (back|off|on) by itself\b": "",
    r"\bthe way back\b": "undo",
    r"\bforget(s)? (the|a|an|production)\b": "remove from state",
    r"\b(holds?) (the|a|an|no|what|another|all)\b": "has, contains",
}
"""A private word as a pattern, and the field's word for it (the glossary is in CONTRIBUTING.md)."""


def private_words(text: str) -> list[str]:
    """Return what must not be in a text, each with its replacement."""
    flat = " ".join(text.split())
    return [
        f"{found[0]!r} -> {word}"
        for pattern, word in PRIVATE.items()
        for found in re.finditer(pattern, flat, re.IGNORECASE)
    ]


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield strings of more than one word, without docstrings and the values put into them."""
    silent = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            silent |= set(map(id, parts))
            yield node.lineno, "{}".join(str(part.value) for part in parts)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in silent:
            continue
        if isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def test_private_words_are_found() -> None:
    assert private_words("Mend it, then\ngo on.") == ["'Mend' -> fix", "'go on' -> continue"]
    assert (
        private_words("Fix it, then continue. There is no table, and it is no longer there.") == []
    )


@pytest.mark.parametrize(
    "room", sorted({p.parent for p in (TOP / "tfswap").rglob("*.py")}), ids=str
)
def test_no_text_of_the_program_has_a_private_word(room: Path) -> None:
    found = {
        f"{path.relative_to(TOP)}:{line}": words
        for path in room.glob("*.py")
        for line, text in texts(ast.parse(path.read_text()))
        if (words := private_words(text))
    }
    assert found == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_a_private_word(page: Path) -> None:
    assert private_words(page.read_text()) == []
