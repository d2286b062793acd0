"""Which steps are due is read from the state, whatever stage it is at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.steps.conftest import PIPELINE, REPLICA
from tfswap.errors import TerraformError
from tfswap.steps.swap_steps import steps_of, touched
from tfswap.swap import Swap
from tfswap.terraform.state_file import parse

Resources = dict[str, dict[str, Any]]
MakeState = Callable[..., bytes]
LPAS = "aws_dynamodb_table.lpas_table"


def due(swap: Swap, state: bytes) -> list[str]:
    return [" ".join(step.words()) for step in steps_of(swap) if step.due(parse(state))]


def test_before_anything_all_but_the_imports_are_due(
    swap: Swap, before: Resources, make_state: MakeState
) -> None:
    # An import becomes due once the outgoing table is forgotten; it counts as due until then too.
    assert due(swap, make_state(before)) == [
        f"state rm {LPAS}",
        f"import {LPAS} production-Lpas-20240715",
        "state rm aws_dynamodb_table.sessions_table",
        "import aws_dynamodb_table.sessions_table production-Sessions-20240715",
        f"state rm {REPLICA}",
        f"taint {PIPELINE}",
    ]


def test_the_import_names_the_table_never_its_arn(swap: Swap) -> None:
    imports = [step.words() for step in steps_of(swap) if step.words()[0] == "import"]
    assert all(not words[-1].startswith("arn:") for words in imports)


def test_afterwards_nothing_is_due(swap: Swap, before: Resources, make_state: MakeState) -> None:
    for base in ("Lpas", "Sessions"):
        name = f"production-{base}-20240715"
        before[f"aws_dynamodb_table.{base.lower()}_table"] = {"id": name, "name": name}
    before[PIPELINE]["tainted"] = True
    del before[REPLICA]
    assert due(swap, make_state(before)) == []


def test_a_pipeline_that_was_recreated_is_not_tainted_again(
    swap: Swap, before: Resources, make_state: MakeState
) -> None:
    before[PIPELINE]["pipeline_configuration_body"] = "arn: table/production-Lpas-20240715"
    assert f"taint {PIPELINE}" not in due(swap, make_state(before))


def test_a_new_replica_of_the_restored_table_is_not_released(
    swap: Swap, before: Resources, make_state: MakeState
) -> None:
    before[REPLICA]["global_table_arn"] += "-20240715"
    assert f"state rm {REPLICA}" not in due(swap, make_state(before))


def test_an_import_by_arn_is_done_again_by_name(
    swap: Swap, before: Resources, make_state: MakeState
) -> None:
    name = "production-Lpas-20240715"
    before[LPAS] = {"id": f"arn:aws:dynamodb:eu-west-1:1:table/{name}", "name": name}
    assert f"state rm {LPAS}" in due(swap, make_state(before))


def test_another_table_at_the_address_stops_everything(
    swap: Swap, before: Resources, make_state: MakeState
) -> None:
    before[LPAS] = {"id": "staging-Lpas", "name": "staging-Lpas"}
    with pytest.raises(TerraformError, match="has the table 'staging-Lpas'"):
        due(swap, make_state(before))


def test_only_the_swaps_own_addresses_may_change(swap: Swap) -> None:
    assert touched(swap) == {LPAS, "aws_dynamodb_table.sessions_table", REPLICA, PIPELINE}
