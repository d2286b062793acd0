"""Two versions of a tfvars file, value by value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.edit.tfvars import parse
from tfswap.git.file_change import FileChange
from tfswap.review.tfvars_diff import diff_tfvars, hcl_renames, paired

FILE = "env/terraform.tfvars.json"
BASE = b"""{
  "environments": {
    "production": {
      "account_id": "1",
      "replica": false,
      "regions": ["a", "b"],
      "dynamodb": { "lpas": "Lpas" }
    }
  }
}
"""


def difference(head: bytes, base: bytes = BASE):  # type: ignore[no-untyped-def]
    return diff_tfvars(parse(base, "old"), parse(head, FILE))


def test_a_changed_string_is_an_edit_with_its_line_now() -> None:
    head = b"\n\n" + BASE.replace(b'"Lpas"', b'"Lpas-20240715"')
    edits, others = difference(head)
    assert others == ()
    (edit,) = edits
    assert (edit.file, edit.line, edit.old, edit.new) == (FILE, 9, "Lpas", "Lpas-20240715")
    assert edit.pointer == "/environments/production/dynamodb/lpas"
    assert edit.environment == "production"


@pytest.mark.parametrize(
    "same",
    [
        BASE.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + BASE,
        json.dumps(json.loads(BASE)).encode(),
        json.dumps(json.loads(BASE), sort_keys=True, indent=7).encode(),
    ],
    ids=["crlf", "bom", "one line", "sorted"],
)
def test_what_means_the_same_is_no_change(same: bytes) -> None:
    assert difference(same) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "pointer", "line"),
    [
        (b"false", b"true", "/environments/production/replica", 5),
        (b'"a", "b"', b'"a"', "/environments/production/regions/1", 6),
        (b'"Lpas"', b"null", "/environments/production/dynamodb/lpas", 7),
        (b'"1"', b"1", "/environments/production/account_id", 4),
        (b'{ "lpas": "Lpas" }', b"{}", "/environments/production/dynamodb/lpas", 7),
    ],
)
def test_any_other_change_is_told_with_its_place(
    old: bytes, new: bytes, pointer: str, line: int
) -> None:
    edits, others = difference(BASE.replace(old, new, 1))
    assert edits == ()
    assert (pointer, line) in [(place.what, place.line) for place in others]


def test_no_value_is_told() -> None:
    _, others = difference(BASE.replace(b"false", b'{"secret": "hunter2"}'))
    assert "hunter2" not in str(others)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xy/~", max_size=2), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text("xy", max_size=2), JSON), st.dictionaries(st.text("xy"), JSON))
def test_silent_exactly_when_equal(base: dict[str, object], head: dict[str, object]) -> None:
    edits, others = difference(json.dumps(head).encode(), json.dumps(base).encode())
    assert (not edits and not others) == (json.dumps(base) == json.dumps(head) or _same(base, head))


def _same(a: object, b: object) -> bool:
    """Equal as JSON: true is not 1."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def test_one_gone_and_one_come_are_one_renamed() -> None:
    changes = [FileChange("a.tfvars.json", None), FileChange(None, "b.tfvars.json")]
    assert paired(changes) == [("a.tfvars.json", "b.tfvars.json")]
    changes.append(FileChange(None, "c.tfvars.json"))
    assert paired(changes) == [(None, "b.tfvars.json"), (None, "c.tfvars.json")]
    assert paired([FileChange("x.tf", "x.tf")]) == []


def test_hcl_that_changes_like_a_swap() -> None:
    base = b'table = "Lpas"\nother = "x"\n'
    found = list(hcl_renames(base, base.replace(b"Lpas", b"Lpas-20240715"), "a.tfvars"))
    assert [(place.file, place.line) for place in found] == [("a.tfvars", 1)]
    assert not list(hcl_renames(base, base.replace(b'"x"', b'"y"'), "a.tfvars"))
