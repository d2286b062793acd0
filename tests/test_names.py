"""Names: taken apart, checked, found in texts, renamed."""

from __future__ import annotations

import re
import string
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tfswap.errors import UsageError
from tfswap.names import (
    DatedName,
    Rename,
    TableArn,
    check_physical,
    mentions,
    parse_arn,
    parse_dated,
    rename,
)

ALPHABET = string.ascii_letters + string.digits + "_.-"
# A name that ends in a full stop cannot be told from the end of a sentence.
NAME = st.text(ALPHABET, min_size=3, max_size=20).filter(lambda name: not name.endswith("."))
BASE = st.text(ALPHABET, min_size=1, max_size=20).filter(
    lambda name: not re.fullmatch(r".+-\d{8}", name)
)
DAY = st.dates(min_value=date(1000, 1, 1))
BETWEEN = st.text(" \n\"'/:,;{}()*=", min_size=1, max_size=3)


@given(BASE, DAY)
def test_a_dated_name_reads_back(base: str, day: date) -> None:
    name = f"{base}-{day:%Y%m%d}"
    assert parse_dated(name) == DatedName(base, day)
    assert str(parse_dated(name)) == name


@given(BASE)
def test_a_name_without_date_is_all_base(base: str) -> None:
    assert parse_dated(base) == DatedName(base, None)
    assert str(parse_dated(base)) == base


@pytest.mark.parametrize("name", ["Lpas-20241301", "Lpas-20240230", "Lpas-00000000"])
def test_a_date_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        parse_dated(name)


@pytest.mark.parametrize("name", ["", " ", "\n"])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        parse_dated(name)


@given(st.text(ALPHABET, min_size=3, max_size=255))
def test_dynamodb_takes_its_alphabet(name: str) -> None:
    assert check_physical(name) == name


@given(st.text(max_size=300))
def test_a_physical_name_is_taken_or_refused_as_dynamodb_does(name: str) -> None:
    fits = 3 <= len(name) <= 255 and set(name) <= set(ALPHABET)
    if fits:
        assert check_physical(name) == name
    else:
        with pytest.raises(UsageError, match="is not a valid DynamoDB table name"):
            check_physical(name)


@given(
    st.sampled_from(["aws", "aws-cn", "aws-us-gov"]),
    st.sampled_from(["eu-west-1", "cn-north-1"]),
    st.text(string.digits, min_size=12, max_size=12),
    st.text(ALPHABET, min_size=3, max_size=20),
)
def test_an_arn_reads_back(partition: str, region: str, account: str, name: str) -> None:
    arn = TableArn(partition, region, account, name)
    assert parse_arn(str(arn)) == arn
    assert parse_arn(f"{arn}/index/x") is None
    assert parse_arn(f" {arn}") is None


@given(NAME, BETWEEN, BETWEEN)
def test_a_name_is_mentioned_between_other_characters(name: str, left: str, right: str) -> None:
    assert mentions(left + name + right, name) == [(len(left), len(left) + len(name))]


@given(NAME, st.sampled_from(sorted(set(ALPHABET) - {"."})))
def test_part_of_a_longer_name_is_no_mention(name: str, char: str) -> None:
    assert mentions(f"x {name}{char} x", name) == []
    assert mentions(f"x {char}{name} x", name) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("production-Lpas", 1),
        ("production-Lpas-20240715", 0),
        ("preproduction-Lpas", 0),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/production-Lpas/index/*", 1),
        ("The table is production-Lpas.", 1),
        ("production-Lpas.old", 0),
        ('["production-Lpas","production-Lpas"]', 2),
        ("production_Lpas", 0),
        ("productionXLpas", 0),
    ],
)
def test_mentions_by_example(text: str, count: int) -> None:
    assert len(mentions(text, "production-Lpas")) == count


@given(NAME, NAME, st.lists(BETWEEN, min_size=2, max_size=6))
def test_renaming_leaves_no_old_name_and_goes_back(old: str, new: str, gaps: list[str]) -> None:
    assume(old != new)
    text = old.join(gaps)
    renamed = rename(text, [Rename(old, new)])
    assert renamed == new.join(gaps)
    assert not mentions(renamed, old)
    assert rename(renamed, [Rename(new, old)]) == text


@given(NAME, NAME, BETWEEN)
def test_two_tables_may_exchange_their_names(one: str, other: str, gap: str) -> None:
    assume(one != other)
    swap = [Rename(one, other), Rename(other, one)]
    text = f"{gap}{one}{gap}{other}{gap}"
    assert rename(text, swap) == f"{gap}{other}{gap}{one}{gap}"
    assert rename(rename(text, swap), swap) == text


@given(st.text())
def test_without_renames_nothing_changes(text: str) -> None:
    assert rename(text, []) == text
