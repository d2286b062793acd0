"""HCL files: blocks with lines, what does not parse, and the cache of what does."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.errors import RepoError
from tfswap.hcl import parse_cache, parser
from tfswap.hcl.block_splitter import split_blocks
from tfswap.hcl.parse_cache import ParseCache, user_cache
from tfswap.hcl.project import Project
from tfswap.hcl.source_file import HclSource
from tfswap.hcl.syntax import Attr, Lit, Name
from tfswap.hcl.templates import closing

TEXT = """\
# a comment
resource "aws_dynamodb_table" "lpas" {
  name = "x"

  ttl {
    enabled = true
  }
  dynamic "replica" {
    for_each = []
    content {}
  }
}

locals {
  a = local.b
}
"""


def test_blocks_with_labels_attributes_and_lines() -> None:
    table, locals_ = parser.parse(TEXT, "t.tf")
    assert (table.type, table.labels, table.line) == ("resource", ("aws_dynamodb_table", "lpas"), 2)
    assert (table.get("name"), table.attributes["name"].line) == (Lit("x"), 3)
    assert [(b.type, b.labels, b.line) for b in table.blocks] == [
        ("ttl", (), 5),
        ("dynamic", ("replica",), 8),
    ]
    assert next(table.all("ttl")).get("enabled") == Lit(True)
    assert locals_.get("a") == Attr(Name("local", 15), "b")


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.rstrip("\n"), ""])
def test_line_ends_do_not_matter(text: str) -> None:
    assert [b.line for b in parser.parse(text, "t.tf")] == ([2, 14] if text else [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = \n", 1),
        ("resource {\n  x = [1,\n", 3),
        ('resource "a" "b" {\n  x = 1 2\n}\n', 2),
        ('x = "${"\n', 1),
        ("x = <<EOT\n${\nEOT\n", 1),
        ("x = <<EOT\n\n${1 +}\nEOT\n", 3),
        ('x = "%{ if true }"\n', 1),
        ("}\n", 1),
    ],
)
def test_what_does_not_parse_is_said_with_its_line(text: str, line: int) -> None:
    with pytest.raises(RepoError) as error:
        parser.parse(text, "dir/t.tf")
    assert error.value.message.startswith(f"dir/t.tf:{line}: ")
    assert error.value.hint


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    text = f"x = {'(' * 5000}1{')' * 5000}\n"
    with pytest.raises(RepoError, match="does not parse"):
        parser.parse(text, "t.tf")


@pytest.mark.parametrize(
    "text", ["a}", '"}"}', '"${"}"}"}', "{a = {}}}", '"\\"}"}', '"$${"}', '"%{ if x }}%{ endif }"}']
)
def test_an_interpolation_ends_at_its_own_bracket(text: str) -> None:
    assert closing(text, 0) == len(text) - 1


GAP = st.lists(
    st.sampled_from([" ", "\t", "\n", "/* x */", "/* a.b */", "# no\n", "// no\n"]), max_size=3
).map("".join)


@given(GAP, GAP, st.sampled_from(["", "x", "-", "_", "é"]))
def test_the_search_misses_no_reference(before: str, after: str, more: str) -> None:
    source = HclSource(Path("t.tf"), "t.tf", ParseCache(None))
    source.__dict__["data"] = f"x = (local{before}.{after}name{more})".encode()
    folder = Project(Path("/nonexistent"), ParseCache(None)).folder(".")
    folder.sources = [source]
    assert bool(folder.referring("local", "name")) == (more in ("", "é"))


@given(st.sampled_from(["", " ", "\t", " /* x */ "]), st.sampled_from(['"', ""]))
def test_the_search_misses_no_block(gap: str, quote: str) -> None:
    space = gap or " "
    text = f"resource{space}{quote}a{quote}{space}{quote}b{quote}{gap}{{c=1}}"
    source = HclSource(Path("t.tf"), "t.tf", ParseCache(None))
    source.__dict__["data"] = text.encode()
    folder = Project(Path("/nonexistent"), ParseCache(None)).folder(".")
    folder.sources = [source]
    assert [c.data for c in folder.declaring("resource", "a", "b")] == [text.encode()]
    assert [c.data for c in folder.declaring("resource", "a")] == [text.encode()]
    assert folder.declaring("resource", "a", "bc") == []


PIECE = st.sampled_from(
    [
        'resource "a" "b" {\n  x = "}"\n}\n',
        'locals { a = "${"}"}" }\n',
        'locals {\n  a = "${join("}", ["${upper("{")}"])}{"\n}\n',
        'output "o" {\n  value = <<-EOT\n    } " ${local.a["}"]} {\n  EOT\n}\n',
        "# { it's \"quoted\n",
        "// }\n",
        '/* { " */\n',
        'module "m" {\n  a = { b = {} } # }\n}\n',
        'variable "v" {\n  default = "$${ %%{ \\" } 100% $"\n}\n',
        'variable "é" {}\n',
        "\n",
    ]
)


@given(st.lists(PIECE, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_a_file_may_be_read_block_by_block(pieces: list[str], line_end: str) -> None:
    text = "".join(pieces).replace("\n", line_end)
    found = split_blocks(text.encode())
    assert b"".join(piece.data for piece in found) == text.encode()
    assert len(found) <= 1 + sum(piece.count(" {") > 0 for piece in pieces)
    blocks = [b for piece in found for b in parser.parse(piece.data.decode(), "t.tf", piece.line)]
    assert tuple(blocks) == parser.parse(text, "t.tf")
    assert all(len(parser.parse(p.data.decode(), "t.tf", p.line)) <= 1 for p in found)


@pytest.mark.parametrize("text", ["a {\n", "a {}\n}\n", 'a {\n x = "\n}\n', 'a { x = "${" }'])
def test_what_is_not_understood_stays_in_one_piece(text: str) -> None:
    assert split_blocks(text.encode()) == [(1, text.encode())]


def test_override_files_win(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "a" "b" {\n  x = 1\n  y = 2\n}\nlocals {\n  l = 1\n}\n'
    )
    (tmp_path / "a_override.tf").write_text(
        'resource "a" "b" {\n  x = 3\n}\nlocals {\n  l = 4\n}\n'
    )
    folder = Project(tmp_path, ParseCache(None)).folder(".")
    placed = folder.block("resource", "a", "b")
    assert placed is not None
    assert (placed.block.get("x"), placed.block.get("y"), placed.file) == (
        Lit(3),
        Lit(2),
        "main.tf",
    )
    local = folder.local("l")
    assert local is not None
    assert local[0].value == Lit(4)


class TestCache:
    def parsed(self, cache: ParseCache) -> list[int]:
        calls: list[int] = []

        def parse() -> parse_cache.Blocks:
            calls.append(1)
            return parser.parse(TEXT, "t.tf")

        assert cache.blocks(TEXT.encode(), parse) == parser.parse(TEXT, "t.tf")
        return calls

    def test_parses_once(self, tmp_path: Path) -> None:
        cache = ParseCache(tmp_path / "c")
        assert self.parsed(cache) == [1]
        assert self.parsed(cache) == []

    def test_is_private(self, tmp_path: Path) -> None:
        self.parsed(ParseCache(tmp_path / "c"))
        assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o700
        assert [stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "c").iterdir()] == [0o600]

    def test_a_folder_others_may_write_to_is_not_used(self, tmp_path: Path) -> None:
        (tmp_path / "c").mkdir()
        (tmp_path / "c").chmod(0o777)
        assert self.parsed(ParseCache(tmp_path / "c")) == [1]
        assert list((tmp_path / "c").iterdir()) == []

    @pytest.mark.parametrize("junk", [b"", b"junk", b"\x90", b"\xff" * 100, b"\x80\x04N."])
    def test_a_broken_entry_is_parsed_again(self, tmp_path: Path, junk: bytes) -> None:
        cache = ParseCache(tmp_path / "c")
        self.parsed(cache)
        (entry,) = (tmp_path / "c").iterdir()
        entry.write_bytes(junk)
        if junk != b"\x90":  # an empty list of blocks is well-formed
            assert self.parsed(cache) == [1]

    def test_another_version_of_the_parser_has_its_own_entries(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.parsed(ParseCache(tmp_path / "c"))
        monkeypatch.setattr(parse_cache, "parser_version", lambda: "other")
        assert self.parsed(ParseCache(tmp_path / "c")) == [1]

    def test_a_folder_that_cannot_be_made_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "c").write_text("a file")
        assert self.parsed(ParseCache(tmp_path / "c")) == [1]

    def test_grows_only_so_far(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parse_cache, "MAX_ENTRIES", 0)
        self.parsed(ParseCache(tmp_path / "c"))
        ParseCache(tmp_path / "c")
        assert os.listdir(tmp_path / "c") == []

    def test_lies_where_xdg_says(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert user_cache().folder == tmp_path / "tfswap" / "hcl"
        monkeypatch.setenv("XDG_CACHE_HOME", "relative")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        assert user_cache().folder == tmp_path / "home" / ".cache" / "tfswap" / "hcl"
