"""Terraform's document is found among a wrapper's lines, or refused; never guessed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.errors import TerraformError
from tfswap.terraform.json_output import json_document

KEYS = ("version", "serial", "lineage")
STATE = {
    "version": 4,
    "serial": 7,
    "lineage": "a",
    "resources": [{"text": 'a "quoted"\n{\n}\n[command]', "ümlaut": "é"}],
}
PRETTY = json.dumps(STATE, indent=2, ensure_ascii=False).encode()
FLAT = json.dumps(STATE).encode()

SETUP_TERRAFORM = (
    b"[command]/opt/terraform-bin state pull\n%s\n"
    b"::debug::Terraform exited with code 0.\n::debug::stdout: %s%%0A\n"
    b"\n::set-output name=stdout::%s%%0A\n::set-output name=exitcode::0\n"
)


@pytest.mark.parametrize("text", [PRETTY, FLAT])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"time=now level=info msg=hello\n", b""),
        (b"", b"\ndone in 3 s\n"),
        (b'{"level":"info","msg":"a log of JSON lines"}\n', b'\n{"level":"info"}\n'),
        (b"{not json\n", b"\n}\n"),
        (b"\xff\xfe no UTF-8\n", b"\n\xff"),
    ],
)
def test_lines_around_it_are_left_out(text: bytes, before: bytes, after: bytes) -> None:
    assert json_document(before + text + after, KEYS, "pull").strip() == text


def test_the_wrapper_of_setup_terraform() -> None:
    assert json_document(SETUP_TERRAFORM % (PRETTY, FLAT, FLAT), KEYS, "pull") == PRETTY


def test_two_documents_are_refused() -> None:
    with pytest.raises(TerraformError, match="contains 2 documents") as shown:
        json_document(PRETTY + b"\n" + FLAT + b"\n", KEYS, "pull the state")
    assert "terraform_wrapper: false" in shown.value.hint


@pytest.mark.parametrize(
    "out",
    [
        b"Usage: something else",
        b'STDOUT terraform: {\nSTDOUT terraform:   "version": 4\nSTDOUT terraform: }\n',
        b'noise\n{"other": 1}\n',
        b"noise\n" + PRETTY[:-20],
        b"noise\n" + b"{" * 3,
    ],
)
def test_what_holds_none_is_refused(out: bytes) -> None:
    with pytest.raises(TerraformError, match="contains no document"):
        json_document(out, KEYS, "pull the state")


def test_nothing_at_all_stays_nothing() -> None:
    assert json_document(b"\n", KEYS, "pull") == b"\n"


NOISE = st.lists(st.text(st.characters(exclude_characters="\r\n")), max_size=3)


@given(NOISE, NOISE)
def test_noise_never_changes_what_is_found(before: list[str], after: list[str]) -> None:
    def lines(texts: list[str]) -> bytes:
        return b"".join(b"~" + text.encode("utf-8", "replace") + b"\n" for text in texts)

    out = lines(before) + PRETTY + b"\n" + lines(after)
    assert json_document(out, KEYS, "pull").strip() == PRETTY
