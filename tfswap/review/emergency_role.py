"""Lines of a committed ``.envrc`` that leave Terraform's providers with the emergency role.

Runbook: "Edit the terraform/environment/.envrc file to set the TF_VAR_default_role to breakglass".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROLE = "breakglass"


def breakglass_lines(data: bytes, variable: str = "default_role") -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that sets ``TF_VAR_<variable>`` to the emergency role.

    Args:
        data: The file.
        variable: Terraform's variable for the role.
    """
    setting = re.compile(
        rf"\bTF_VAR_{re.escape(variable)}\b[\"']?\s*(?::?=|:-)[^#]*(?<!\w)(?<!\w-){_ROLE}(?![\w-])",
        re.IGNORECASE,
    )
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), 1):
        if not line.lstrip().startswith("#") and setting.search(line):
            yield number, line.strip()
