"""The list of checks: none hides another, none passes on what it did not understand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from tests.doctor.conftest import swap
from tfswap.doctor import checks
from tfswap.doctor.checks import CHECKS, Check, Examination, Needs, examine
from tfswap.doctor.context import DoctorContext, NotCheckedError, fact
from tfswap.doctor.output import as_json, as_text
from tfswap.doctor.result import CheckResult, Level, ok, stop, warning
from tfswap.errors import RepoError, TerraformError

Make = Callable[..., DoctorContext]


@fact
def broken(context: DoctorContext) -> str:
    raise TerraformError("The backend is gone.", hint="Bring it back.")


def uses(context: DoctorContext) -> Iterator[CheckResult]:
    yield ok(broken(context))


def fails(context: DoctorContext) -> Iterator[CheckResult]:
    yield ok("half way")
    raise ZeroDivisionError("a slip")


def unread(context: DoctorContext) -> Iterator[CheckResult]:
    yield ok(str(_json(context)))


def _json(context: DoctorContext) -> str:
    raise RepoError("x.tf.json is not read.")


def lines(found: Examination, name: str) -> list[tuple[Level, str]]:
    return [(line.level, line.text) for check, line in found.lines if check == name]


def test_one_that_fails_hides_none_of_the_others(
    context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = (Check("a", uses), Check("b", fails), Check("c", uses), Check("d", unread))
    monkeypatch.setattr(checks, "CHECKS", (*listed, Check("e", lambda s: iter([ok("fine")]))))
    found = examine(context(prepared=swap()))
    assert lines(found, "a") == [(Level.STOP, "The backend is gone")]
    assert lines(found, "b")[0] == (Level.OK, "half way")
    assert lines(found, "b")[1][0] is Level.WARNING
    assert "ZeroDivisionError" in lines(found, "b")[1][1]
    assert lines(found, "c") == []
    assert lines(found, "not checked") == [(Level.WARNING, "c: The backend is gone")]
    assert lines(found, "d") == [(Level.WARNING, "x.tf.json is not read")]
    assert lines(found, "e") == [(Level.OK, "fine")]


def test_offline_asks_nobody_and_says_what_was_left_out(context: Make) -> None:
    made = context(binary="/nowhere/terraform", offline=True)
    found = examine(made)
    asked = {name for name, _ in found.lines}
    assert not asked & {check.name for check in CHECKS if Needs.NETWORK in check.needs}
    assert "lock" in lines(found, "offline")[0][1]
    assert "restored table" in lines(found, "prepare")[0][1]
    with pytest.raises(NotCheckedError):
        made.workspaces()
    with pytest.raises(NotCheckedError):
        made.identity("eu-west-1")


def test_every_check_has_a_name_of_its_own() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)


FOUND = Examination(
    (
        ("lock", stop("the lock is held", "Wait for them, or ask them, before you do a thing.")),
        ("lock", ok("and more")),
        ("variables", warning("one is not set " * 6, "export it")),
    )
)


@pytest.mark.parametrize("width", [40, 80])
def test_text_fits_the_terminal(width: int) -> None:
    text = as_text(FOUND, width=width, colour=False)
    assert max(map(len, text.splitlines())) <= width
    assert text.startswith("blocker  lock")
    assert text.endswith("1 blocker, 1 warning, 1 ok")
    assert "\x1b" not in text
    assert "\x1b[31mblocker" in as_text(FOUND, width=width, colour=True)


def test_a_command_stays_on_one_line() -> None:
    hint = "Initialise it: cd /a/long/way/to/terraform/environment && terraform init"
    found = Examination((("init", stop("not initialised", hint)),))
    assert hint.partition(": ")[2] in as_text(found, width=60, colour=False)


HEADING = {"environment": "", "root_module": ""}


def test_json_has_every_line() -> None:
    document = json.loads(as_json(FOUND, {**HEADING, "workspace": "production"}, 2))
    assert document["exit_code"] == 2
    assert document["workspace"] == "production"
    assert [line["level"] for line in document["lines"]] == ["stop", "ok", "warning"]
    assert document["lines"][0]["hint"].startswith("Wait")
