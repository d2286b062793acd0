"""What a test needs and this machine may lack."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip, or fail where the tests on the real Terraform are required."""
    if os.environ.get("TFSWAP_E2E") == "required":
        pytest.fail(f"TFSWAP_E2E=required, but {reason}", pytrace=False)
    pytest.skip(reason)
