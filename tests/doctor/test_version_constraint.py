"""Version constraints as Terraform takes them."""

from __future__ import annotations

import pytest

from tfswap.doctor.version_constraint import satisfies


@pytest.mark.parametrize(
    ("version", "constraint", "fits"),
    [
        ("1.11.4", ">= 1.10.0", True),
        ("1.11.4", ">= 1.5, < 1.11", False),
        ("1.11.4", "1.11.4", True),
        ("1.11.4", "= v1.11.4", True),
        ("1.11.4", "!= 1.11.4", False),
        ("1.11.0", "1.11", True),
        ("1.11.4", "~> 1.5", True),
        ("2.0.0", "~> 1.5", False),
        ("1.11.4", "~> 1.11.2", True),
        ("1.12.0", "~> 1.11.2", False),
        ("1.11.1", "~> 1.11.2", False),
        # hashicorp/go-version takes one part as "at least".
        ("2.1.0", "~> 1", True),
        ("1.9.10", "> 1.9.9", True),
        ("1.10.0", "> 1.9", True),
        ("1.6.0", "<= 1.6", True),
        ("1.12.0-beta1", ">= 1.5", False),
        ("1.12.0-beta2", ">= 1.12.0-beta1", True),
        ("1.12.0-beta10", "> 1.12.0-beta.2", True),
        ("1.12.0", ">= 1.12.0-rc1", True),
        ("1.12.0-rc1", "= 1.12.0-rc1", True),
        ("1.12.0+ent", "= 1.12.0", True),
    ],
)
def test_a_version_fits_or_not(version: str, constraint: str, fits: bool) -> None:
    assert satisfies(version, constraint) is fits


@pytest.mark.parametrize("constraint", ["", "latest", ">= x", "=> 1.5", ">= 1.5,", "1.5 2.0"])
def test_what_is_no_constraint_passes_nothing(constraint: str) -> None:
    with pytest.raises(ValueError, match=r"not a version"):
        satisfies("1.5.0", constraint)


@pytest.mark.parametrize("version", ["1.12.0-nightly", "1.5.0-2023", "1!2.0"])
def test_what_only_python_takes_for_a_version_passes_nothing(version: str) -> None:
    with pytest.raises(ValueError, match=r"not a version"):
        satisfies(version, ">= 1.0")
