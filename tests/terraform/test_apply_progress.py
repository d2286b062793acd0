"""An apply told line by line: from a real Terraform, and from messages as it writes them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tfswap.errors import TerraformError
from tfswap.terraform import arguments
from tfswap.terraform.apply_progress import ApplyProgress, End, apply_report, shortened
from tfswap.terraform.client import Terraform
from tfswap.terraform.messages import parse, readable

LONG = (
    "module.eu_west_1[0].module.event_received.module.event_received.aws_lambda_function.function"
)


def hook(kind: str, address: str, action: str, took: int | None = None, **more: Any) -> str:
    body = {"resource": {"addr": address}, "action": action, **more}
    if took is not None:
        body["elapsed_seconds"] = took
    return json.dumps({"@level": "info", "@message": "…", "type": kind, "hook": body})


def planned(address: str, action: str) -> str:
    change = {"resource": {"addr": address}, "action": action}
    return json.dumps({"@message": "…", "type": "planned_change", "change": change})


def shown(*lines: str, width: int = 74) -> tuple[list[str], ApplyProgress]:
    said: list[str] = []
    progress = ApplyProgress(said.append, width)
    for line in lines:
        progress.line(line)
    return said, progress


MORE = """\
resource "terraform_data" "first" {
  input            = "new"
  triggers_replace = "new"
}
resource "terraform_data" "second" {
  input = terraform_data.first.id
  provisioner "local-exec" {
    command = "exit 7"
  }
}
resource "terraform_data" "third" {
  input = terraform_data.second.id
}
output "hidden" {
  value     = "s3cr3t"
  sensitive = true
}
output "plain" {
  value = "0utput"
}
"""


def test_a_real_apply_that_fails_midway(applied: Callable[..., Terraform], tmp_path: Path) -> None:
    terraform = applied()
    (terraform.root / "more.tf").write_text('resource "terraform_data" "first" {}\n')
    terraform.run(("apply", "-auto-approve"), "apply")
    (terraform.root / "more.tf").write_text(MORE)
    plan, log = tmp_path / "plan", tmp_path / "apply.log"
    terraform.run(arguments.plan(str(plan)), "plan")
    said: list[str] = []
    progress = ApplyProgress(said.append, 74)
    with pytest.raises(TerraformError, match="failed to apply") as caught:
        terraform.run(
            arguments.apply(str(plan), messages=True), "apply", on_line=progress.line, into=log
        )
    ends = {work.address: work.end for work in progress.works}
    assert ends == {
        "terraform_data.first": End.DONE,
        "terraform_data.second": End.FAILED,
        "terraform_data.third": End.NOT_BEGUN,
    }
    assert progress.began
    assert any("✓ " in line and "created terraform_data.first" in line for line in said)
    assert "✗ failed: terraform_data.second" in said
    assert any("local-exec provisioner error" in line for line in said)
    assert any("exit status 7" in line for line in caught.value.details)
    assert not any("{" in line for line in (*said, *caught.value.details))
    assert "apply_errored" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert apply_report(progress.works, 80) == [
        "failed    terraform_data.second  (to be created)",
        "not started terraform_data.third  (to be created)",
        "done      terraform_data.first  (deleted and created)",
    ]


def test_no_value_is_told(applied: Callable[..., Terraform], tmp_path: Path) -> None:
    terraform = applied()
    (terraform.root / "more.tf").write_text(MORE.replace("exit 7", "true"))
    plan = tmp_path / "plan"
    terraform.run(arguments.plan(str(plan)), "plan")
    said: list[str] = []
    progress = ApplyProgress(said.append, 74)
    words = arguments.apply(str(plan), messages=True)
    terraform.run(words, "apply", on_line=progress.line, into=tmp_path / "log")
    assert {work.end for work in progress.works} == {End.DONE}
    held = terraform.pull().decode()
    ids = [each for each in held.split('"') if each.count("-") == 4]
    assert ids
    for value in ("s3cr3t", "0utput", *ids):
        assert not any(value in line for line in said)
    assert "s3cr3t" not in (tmp_path / "log").read_text()


def test_a_replacement_cut_in_half_is_told_as_such() -> None:
    _, progress = shown(
        planned("a.b", "replace"),
        planned("a.c", "update"),
        planned("data.x.y", "read"),
        hook("apply_start", "a.b", "delete"),
        hook("apply_complete", "a.b", "delete", 3),
        hook("apply_start", "a.c", "update"),
    )
    assert apply_report(progress.works, 80) == [
        "cut off   a.c  (to be updated)",
        "half done a.b  (deleted, not yet created)",
    ]


def test_what_takes_long_is_told_now_and_then() -> None:
    said, _ = shown(*(hook("apply_progress", "a.b", "create", n) for n in range(10, 100, 10)))
    assert said == [f"still creating a.b ({n} s)" for n in (30, 60, 90)]


def test_completions_are_counted_over_all_parts() -> None:
    said, _ = shown(
        planned("a.b", "replace"),
        planned("a.c", "update"),
        hook("apply_complete", "a.b", "delete", 0),
        hook("apply_complete", "a.c", "update", 5),
    )
    assert said == ["✓ 1/3 deleted a.b", "✓ 2/3 updated a.c (5 s)"]


@pytest.mark.parametrize("width", [40, 60, 74, 200])
def test_every_line_fits(width: int) -> None:
    detail = {"severity": "error", "summary": "creating " + "x" * 300, "detail": "arn:aws:" * 60}
    said, progress = shown(
        planned(LONG, "update"),
        hook("apply_start", LONG, "update"),
        hook("apply_progress", LONG, "update", 30),
        hook("apply_complete", LONG, "update", 1234),
        json.dumps({"@message": "…", "type": "diagnostic", "diagnostic": detail}),
        width=width,
    )
    assert len(said) >= 4
    assert all(len(line) <= width for line in said)
    assert all(len(line) <= max(width, 60) for line in apply_report(progress.works, width))


def test_an_address_keeps_its_end_when_it_is_shortened() -> None:
    assert shortened("aws_x.y", 40) == "aws_x.y"
    short = shortened(LONG, 50)
    assert len(short) == 50
    assert short.endswith("aws_lambda_function.function")
    assert "…" in short
    assert short.startswith("module.")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "time=now level=info msg=wrapped",
        "{",
        "[1]",
        '{"type": "apply_start"}',
        '{"@message": "x", "type": "apply_start"}',
        '{"@message": "x", "type": "apply_start", "hook": []}',
        '{"@message": "x", "type": "planned_change", "change": 3}',
        '{"@message": "x", "type": "diagnostic"}',
        '{"@message": "x", "type": "diagnostic", "diagnostic": {"severity": "error"}}',
        '{"@message": "x", "type": 7}',
        "{" * 5000,
    ],
)
def test_what_is_no_message_breaks_nothing(line: str) -> None:
    _, progress = shown(line, planned("a.b", "create"))
    assert [work.address for work in progress.works] == ["a.b"]


@pytest.mark.parametrize(
    ("kind", "level", "reported"),
    [
        ("log", "info", ["words"]),
        ("log", "warn", ["words"]),
        ("log", "error", ["words"]),
        ("log", "debug", []),
        ("log", "trace", []),
        ("version", "info", []),
        ("a_new_kind", "info", []),
    ],
)
def test_what_terraform_logs_is_shown_and_its_details_are_not(
    kind: str, level: str, reported: list[str]
) -> None:
    said, _ = shown(json.dumps({"@level": level, "@message": "words", "type": kind}))
    assert [line.strip() for line in said] == reported


def test_errors_are_made_readable_and_quoted_values_left_out() -> None:
    diagnostic = {
        "severity": "error",
        "summary": "creating Pipeline",
        "detail": "AccessDenied:\nnot today",
        "address": "aws_osis_pipeline.x[0]",
        "range": {"filename": "osis.tf", "start": {"line": 12}},
        "snippet": {"code": "password = s3cr3t", "values": [{"statement": "is s3cr3t"}]},
    }
    warning = {"severity": "warning", "summary": "Old", "detail": ""}
    text = "\n".join(
        (
            json.dumps({"@message": "W", "type": "diagnostic", "diagnostic": warning}),
            "wrapper says hello",
            json.dumps({"@message": "s3cr3t", "type": "outputs", "outputs": {}}),
            json.dumps({"@message": "E", "type": "diagnostic", "diagnostic": diagnostic}),
        )
    )
    assert readable(text).splitlines() == [
        "wrapper says hello",
        "",
        "Error: creating Pipeline",
        "  with aws_osis_pipeline.x[0]",
        "  on osis.tf line 12",
        "",
        "AccessDenied:",
        "not today",
        "",
        "Warning: Old",
    ]


def test_other_json_of_a_wrapper_is_no_message() -> None:
    assert parse('{"level": "info", "msg": "x"}') is None
    assert readable('{"level": "info"}') == '{"level": "info"}'


def test_a_wrapper_in_between(
    applied: Callable[..., Terraform], tmp_path: Path, terraform_binary: str
) -> None:
    """Lines of its own on both streams, before and after."""
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(
        '#!/bin/sh\necho hello\necho noise >&2\n"$@"\ncode=$?\necho bye\nexit $code\n'
    )
    wrapper.chmod(0o755)
    terraform = applied()
    (terraform.root / "more.tf").write_text(MORE.replace("exit 7", "true"))
    plan = tmp_path / "plan"
    terraform.run(arguments.plan(str(plan)), "plan")
    wrapped = Terraform(
        arguments.Binary(terraform_binary, (str(wrapper),)),
        terraform.runner,
        terraform.root,
        terraform.workspace,
    )
    _, progress = shown()
    words = arguments.apply(str(plan), messages=True)
    wrapped.run(words, "apply", on_line=progress.line, into=tmp_path / "log")
    assert [work.end for work in progress.works] == [End.DONE] * 3
    assert set(progress.others) >= {"hello", "noise", "bye"}
    assert os.stat(tmp_path / "log").st_mode & 0o077 == 0


def test_the_end_counts_as_the_question_did() -> None:
    """``Plan: 2 to add, 1 to change, 1 to destroy`` was agreed to; reading is no change."""
    lines = [planned("a.new", "create"), planned("a.old", "replace"), planned("a.same", "update")]
    lines += [
        hook("apply_complete", address, action)
        for address, action in [
            *(("a.new", "create"), ("a.old", "delete"), ("a.old", "create")),
            *(("data.a.read", "read"), ("a.same", "update")),
        ]
    ]
    said, progress = shown(*lines)
    assert progress.totals == "Apply complete: 2 added, 1 changed, 1 destroyed"
    assert said[-1].startswith("✓ 4/4 ")
