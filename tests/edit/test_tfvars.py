"""The byte-exact edit: only the one string's bytes change, whatever the file looks like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tfswap.edit import tfvars
from tfswap.errors import RepoError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
SCALAR = st.none() | st.booleans() | st.integers() | FLOAT | TEXT
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
SPACE = st.text(" \t\n\r", max_size=3)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Any JSON object, with white space and escapes as untidy as JSON allows."""

    def string(value: str) -> str:
        style = draw(st.sampled_from(["plain", "ascii", "escaped"]))
        if style == "escaped" and value.isascii():
            return '"' + "".join(f"\\u{ord(c):04X}" for c in value) + '"'
        return json.dumps(value, ensure_ascii=style == "ascii")

    def write(value: object) -> str:
        gap = lambda: draw(SPACE)  # noqa: E731
        if isinstance(value, str):
            body = string(value)
        elif isinstance(value, dict):
            pairs = (f"{gap()}{string(k)}{gap()}:{write(v)}" for k, v in value.items())
            body = "{" + (",".join(pairs) or gap()) + "}"
        elif isinstance(value, list):
            body = "[" + (",".join(map(write, value)) or gap()) + "]"
        else:
            body = json.dumps(value)
        return gap() + body + gap()

    value = draw(st.dictionaries(TEXT, VALUE, min_size=1, max_size=4))
    bom = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return bom + write(value).encode()


@given(documents())
def test_reads_what_the_standard_library_reads(data: bytes) -> None:
    assert tfvars.parse(data, "t").value == json.loads(data.decode("utf-8-sig"))


@given(documents())
def test_every_string_is_found_where_it_stands(data: bytes) -> None:
    file = tfvars.parse(data, "t")
    lines = data.decode("utf-8-sig").split("\n")
    for leaf in file.leaves():
        rest = "\n".join([lines[leaf.line - 1][leaf.column - 1 :], *lines[leaf.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == leaf.value
        assert tfvars.join(tfvars.split(leaf.pointer)) == leaf.pointer


@given(documents(), TEXT, st.data())
def test_an_edit_changes_one_string_and_is_undone_by_another(
    data: bytes, new: str, draw: st.DataObject
) -> None:
    before = tfvars.parse(data, "t")
    # jsonpatch takes a last "-" for the end of a list, be it a key (RFC 6901, section 4).
    leaves = [leaf for leaf in before.leaves() if not leaf.pointer.endswith("/-")]
    assume(leaves)
    leaf = draw.draw(st.sampled_from(leaves))

    edit = tfvars.edit(before, leaf.pointer, leaf.value, new)
    after = tfvars.splice(data, leaf.pointer, leaf.value, new)

    assert after == edit.apply(data)
    assert after[: edit.offset] == data[: edit.offset]
    assert after[edit.offset + len(edit.new) :] == data[edit.offset + len(edit.old) :]
    back = tfvars.splice(after, leaf.pointer, new, leaf.value)
    assert tfvars.parse(back, "t").value == before.value
    values = {other.pointer: other.value for other in before.leaves()} | {leaf.pointer: new}
    assert {o.pointer: o.value for o in tfvars.parse(after, "t").leaves()} == values


@given(documents(), TEXT, st.data())
def test_the_patch_and_its_inverse_say_the_same_as_the_splice(
    data: bytes, new: str, draw: st.DataObject
) -> None:
    before = tfvars.parse(data, "t")
    # jsonpatch takes a last "-" for the end of a list, be it a key (RFC 6901, section 4).
    leaves = [leaf for leaf in before.leaves() if not leaf.pointer.endswith("/-")]
    assume(leaves)
    leaf = draw.draw(st.sampled_from(leaves))
    forward = tfvars.patch(leaf.pointer, leaf.value, new)
    after = tfvars.apply_patch(before.value, forward)
    assert after == tfvars.parse(tfvars.splice(data, leaf.pointer, leaf.value, new), "t").value
    assert tfvars.apply_patch(after, tfvars.patch(leaf.pointer, new, leaf.value)) == before.value


def test_keeps_mark_line_ends_indent_order_and_final_newline() -> None:
    data = b'\xef\xbb\xbf{\r\n\t"z": {"n" :  "Lpas"},\r\n "a": "\xc3\xa9"\r\n}'
    assert tfvars.splice(data, "/z/n", "Lpas", "Lpas-20240715") == data.replace(
        b"Lpas", b"Lpas-20240715"
    )


BAD = {
    "trailing comma as in the runbook": (
        b'{\n  "dynamodb": {\n    "table_name": "Lpas"\n  },\n}',
        "t:4:4: a trailing comma",
    ),
    "trailing comma in a list": (b'{"a": [1,]}', "t:1:9: a trailing comma"),
    "duplicate key": (b'{"a": {"b": 1,\n"b": 2}}', "t:2:1: duplicate key 'b'"),
    "duplicate key written otherwise": (b'{"b": 1, "\\u0062": 2}', "duplicate key 'b'"),
    "line comment": (b'{"a": 1 // no\n}', "t:1:9: a comment"),
    "block comment": (b'{/* no */ "a": 1}', "t:1:2: a comment"),
    "hash comment": (b'{\n# no\n"a": 1}', "t:2:1: a comment"),
    "not an object": (b'["a"]', "is not a JSON object"),
    "empty": (b"", "t:1:1: expected a value, found the end of the file"),
    "truncated": (b'{"a": {"b": "c"', "found the end of the file"),
    "unterminated string": (b'{"a": "b\n}', "t:1:9: an invalid string"),
    "unknown escape": (b'{"a": "\\x"}', "t:1:8: an invalid string"),
    "HCL": (b"environments = {\n}", "'environments' is not a valid JSON value"),
    "single quotes": (b"{'a': 1}", "expected a key in double quotes"),
    "NaN": (b'{"a": NaN}', "t:1:7: NaN is not a valid"),
    "infinity": (b'{"a": -Infinity}', "-Infinity is not a valid"),
    "leading zero": (b'{"a": 01}', "t:1:8: expected ',' or '}'"),
    "text after": (b"{} {}", "t:1:4: there is text after"),
    "latin-1": (b'{\n "a": "\xc3\xa9\xe9"}', "t:2:9: byte 0xe9 is not UTF-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "UTF-16"),
    "UTF-16 without mark": ('{"a": 1}'.encode("utf-16-le"), "UTF-16"),
    "too deep": (b'{"a":' + b"[" * 100_000, "nested deeper than 100 levels"),
}


@pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)
def test_refuses(data: bytes, message: str) -> None:
    with pytest.raises(RepoError) as error:
        tfvars.parse(data, "t")
    assert message in error.value.message
    assert error.value.hint


def test_an_endless_number_is_no_crash() -> None:
    assert tfvars.parse(b'{"a": ' + b"9" * 10_000 + b"}", "t").value == {"a": float("inf")}


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RepoError, match=r"x\.json cannot be read: No such file"):
        tfvars.read(tmp_path / "x.json", "x.json")


def test_another_value_than_expected_is_refused() -> None:
    with pytest.raises(RepoError, match="is 'b', not 'c'"):
        tfvars.splice(b'{"a": "b"}', "/a", "c", "d")


@pytest.mark.parametrize("pointer", ["/b", "/a/0", "", "/c", "a"])
def test_a_pointer_to_no_string_is_refused(pointer: str) -> None:
    with pytest.raises(RepoError):
        tfvars.splice(b'{"a": "b", "c": 1}', pointer, "b", "d")


def test_leaves_under_a_pointer_only() -> None:
    file = tfvars.parse(b'{"a/b": {"x": "1", "y": ["2"]}, "a": "3"}', "t")
    assert [leaf.pointer for leaf in file.leaves("/a~1b")] == ["/a~1b/x", "/a~1b/y/0"]
