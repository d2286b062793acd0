"""Doctor as it is typed, offline: no Terraform is needed for it to say what it can."""

from __future__ import annotations

from tests.commands.conftest import Clone
from tests.report.documents import document


def test_without_terraform_it_says_so_and_goes_on(clone: Clone) -> None:
    done = clone.tfswap("doctor", "--offline", "--terraform-bin", "/nowhere/terraform")
    assert done.code == 2
    assert "/nowhere/terraform is not on the PATH" in done.out
    assert "ok       working tree" in done.out
    assert "is not initialised" in done.out
    assert "not checked (--offline)" in " ".join(done.out.split())
    assert "next: fix the blockers above" in done.err


def test_a_damaged_swap_hides_nothing(clone: Clone) -> None:
    (clone.repo / ".tfswap").mkdir(0o700)
    (clone.repo / ".tfswap/swap.json").write_text("{")
    done = clone.tfswap("doctor", "--offline", "--format", "json")
    assert done.code == 2
    lines = document("doctor", done.out)["lines"]
    assert lines[0]["level"] == "stop"
    assert "not a swap file written by tfswap" in lines[0]["text"]
    assert {line["check"] for line in lines} >= {"working tree", "disk", "variables"}


def test_it_writes_nothing(clone: Clone) -> None:
    before = clone.everything()
    clone.tfswap("doctor", "--offline")
    assert clone.everything() == before


def test_a_missing_variable_names_what_to_type(clone: Clone) -> None:
    main = clone.repo / "terraform/environment/variables.tf"
    main.write_text('variable "release" {}\n' + main.read_text())
    clone.commit()
    done = clone.tfswap("doctor", "--offline")
    assert done.code == 2
    assert "export TF_VAR_release=…" in done.out
    assert clone.tfswap("doctor", "--offline", TF_VAR_release="1").out.count("release") == 0
