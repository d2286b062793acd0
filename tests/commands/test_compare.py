"""``tfswap compare`` as a user types it, in a clone, against the stand-in; no Terraform needed."""

from __future__ import annotations

from typing import Any

from tests.aws.lab import make_alarm, make_table
from tests.commands.conftest import Clone, Outcome
from tests.report.documents import document
from tfswap.aws.session import Aws

OLD, NEW = "production-Lpas", "production-Lpas-20240715"


def compare(clone: Clone, *arguments: str, **more: Any) -> Outcome:
    return clone.tfswap("compare", "Lpas-20240715", "-e", "production", *arguments, **more)


def test_what_a_restore_leaves_out_and_who_puts_it_back(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD, everything=True)
    make_table(aws, NEW, restored_from=OLD)
    before = clone.everything()
    done = compare(clone)
    assert done.code == 0, done.text
    nobody, plan = done.out.split("! Not recreated")[1].split("~ The plan restores it")
    for part in ("autoscaling", "alarms", "resource policy", "replicas"):
        assert part in nobody
    for part in ("tag owner", "TTL", "point-in-time", "stream", "deletion protection"):
        assert part in plan
    assert "encryption" in done.out.split("! Nobody")[0]
    # ARNs are never cut; everything else keeps to the width.
    assert all(len(line) <= 80 or ":kms:" in line for line in done.out.splitlines())
    assert "next: tfswap prepare Lpas-20240715" in done.err
    assert clone.everything() == before


def test_a_missing_index_is_refused_and_comes_first(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW, index=False, restored_from=OLD)
    done = compare(clone)
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[2].startswith(f"✓ {NEW} was restored from {OLD} (point-in-time")
    assert next(line for line in lines if line.startswith("✗")).startswith("✗ Differs")
    assert any(
        line.split() == ["index", "UIDIndex", "UID", "(hash),", "ALL", "none"] for line in lines
    )
    assert f"Keys, types or indexes differ: tfswap run will refuse\n{NEW}." in done.err
    assert done.err.endswith("next: tfswap backups Lpas --environment production\n")


def test_a_prepared_swap_needs_no_name_and_json_is_json(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW, restored_from=OLD)
    assert clone.tfswap("prepare", "Lpas-20240715", "-e", "production").code == 0
    done = clone.tfswap("compare", "--format", "json")
    assert done.code == 0, done.text
    shown = document("compare", done.out)
    assert shown["version"] == 1
    assert shown["blocks"] is False
    (table,) = shown["tables"]
    assert (table["outgoing"]["name"], table["restored"]["name"]) == (OLD, NEW)
    assert {row["mark"] for row in table["rows"]} == {"same"}
    assert done.err.endswith("next: tfswap run\n")
    other = clone.tfswap("compare", "Sessions-20240715", "-e", "production")
    assert other.code == 2
    assert "production-Sessions does not exist" in other.err


def test_a_swap_prepared_for_another_place_is_not_taken_for_the_one_meant(
    clone: Clone, aws: Aws
) -> None:
    assert clone.tfswap("prepare", "Lpas-20240715", "-e", "production").code == 0
    for said in (("-e", "demo"), ("--region", "eu-west-2"), ("--account", "999999999999")):
        other = clone.tfswap("compare", *said)
        assert other.code == 2
        assert "prepared here is in production, account 123456789012, eu-west-1;" in other.err
    named = clone.tfswap("compare", "Lpas-20240715", "--region", "eu-west-2")
    assert "; the options name another place." in named.err
    demo = clone.tfswap("compare", "Lpas-20240715", "-e", "demo")
    assert "environment demo (from --environment)" in demo.err


def test_a_restored_table_that_is_not_there(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD)
    done = compare(clone)
    assert done.code == 2
    assert f"The restored table {NEW} does not exist (account 123456789012, eu-west-1)" in done.err
    follow = "tfswap restore Lpas --date 20240715 --environment production"
    assert f"next:  Restore it, or follow its restore: {follow}" in done.err
    assert "tfswap backups Lpas --environment production" in done.err


def test_as_typed_the_next_command_keeps_account_and_region(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW, restored_from=OLD)
    where = ("--account", "123456789012", "--region", "eu-west-1")
    done = compare(clone, *where)
    assert done.code == 0, done.text
    typed = f"--environment production {' '.join(where)}"
    assert done.err.endswith(f"next: tfswap prepare Lpas-20240715 {typed}\n")
    elsewhere = compare(clone, "--region", "eu-west-2")
    assert f"The outgoing table {OLD} does not exist (account 123456789012, eu-west-2)" in (
        elsewhere.err
    )


def test_counting_says_its_price_first_and_asks(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW, restored_from=OLD)
    dynamodb = aws.client("dynamodb")
    for number in range(7):
        key = {"PK": {"S": str(number)}, "SK": {"S": "x"}}
        dynamodb.put_item(TableName=OLD, Item=key)
        if number < 5:
            dynamodb.put_item(TableName=NEW, Item=key)
    no = compare(clone, "--scan-count", stdin="no\n")
    assert no.code == 0
    assert "items, exact" not in no.out
    yes = compare(clone, "--scan-count", "--yes")
    assert "read units" in " ".join(yes.err.split())
    assert max(map(len, yes.err.splitlines())) <= 80
    (row,) = [line.split() for line in yes.out.splitlines() if "items, exact" in line]
    assert row == ["items,", "exact", "7", "5"]
    assert "scan-count" in (clone.repo / ".tfswap" / "journal.jsonl").read_text()


def test_the_wrong_account_and_no_credentials(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD)
    done = compare(clone, AWS_ACCESS_KEY_ID="")
    assert done.code == 2
    assert "credentials" in done.err
    make_alarm(aws, "any", OLD)
    done = compare(clone, "--role", "arn:aws:iam::999999999999:role/breakglass")
    assert done.code == 2
    assert "for account 999999999999; the environment is in 123456789012" in done.err


def test_an_empty_table_of_the_same_schema_is_refused(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD, items=1)
    make_table(aws, NEW, restored_from=OLD)
    done = compare(clone)
    assert done.code == 1
    assert f"✗ {NEW} is empty; {OLD} has" in done.out
    assert done.err.endswith("next: tfswap backups Lpas --environment production\n")


def test_a_table_no_restore_made_needs_somebodys_word(clone: Clone, aws: Aws) -> None:
    make_table(aws, OLD, items=1)
    make_table(aws, NEW, items=1)
    assert clone.tfswap("prepare", "Lpas-20240715", "-e", "production").code == 0
    done = clone.tfswap("compare")
    assert done.code == 3
    assert "AWS has no restore job for it" in " ".join(done.out.split())
    assert done.err.endswith("that it is the right table: tfswap compare --accept-source\n")
    accepted = clone.tfswap("compare", "--accept-source", "--quiet")
    assert accepted.code == 0
    warned = " ".join(accepted.err.split())
    assert f"{NEW} is accepted although its source is unknown" in warned
    again = clone.tfswap("compare")
    assert again.code == 0
    assert "accepted by" in " ".join(again.out.split())
    aws.client("dynamodb").delete_table(TableName=NEW)
    make_table(aws, NEW, items=1)
    assert clone.tfswap("compare").code == 3
