"""The emergency role in `.envrc`."""

from __future__ import annotations

import pytest

from tfswap.review.emergency_role import breakglass_lines


@pytest.mark.parametrize(
    "line",
    [
        "export TF_VAR_default_role=breakglass",
        'TF_VAR_default_role="breakglass"',
        "export TF_VAR_default_role='breakglass' # for tonight",
        "export TF_VAR_default_role=${ROLE:-breakglass}",
        'export "TF_VAR_default_role=breakglass"',
        ": ${TF_VAR_default_role:=breakglass}",
        "\texport TF_VAR_default_role=Breakglass\r",
    ],
)
def test_it_is_seen(line: str) -> None:
    text = f"#!/usr/bin/env bash\n\n{line}\n"
    assert [number for number, _ in breakglass_lines(text.encode())] == [3]


@pytest.mark.parametrize(
    "line",
    [
        "export TF_VAR_default_role=operator",
        "# export TF_VAR_default_role=breakglass",
        "export TF_VAR_default_role=operator # not breakglass",
        "export TF_VAR_default_role_name=breakglass",
        "export TF_VAR_default_role=no-breakglass",
        "echo breakglass",
    ],
)
def test_it_is_not_seen_where_it_is_not(line: str) -> None:
    assert not list(breakglass_lines(line.encode()))


def test_another_variable_may_hold_the_role() -> None:
    line = b"export TF_VAR_role=breakglass"
    assert not list(breakglass_lines(line))
    assert list(breakglass_lines(line, "role"))
