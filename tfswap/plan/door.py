"""What is checked before bytes count as a plan: the common wrong files get a message of their own.

A binary plan, a state, the log of ``terraform plan -json`` and PowerShell's UTF-16 redirect are
what people really hand in.
"""

from __future__ import annotations

import codecs

import msgspec

from tfswap.errors import PlanError
from tfswap.plan.values import check_keys

_AGAIN = "Write it with: terraform show -json PLAN > plan.json"
_MAJORS = ("0", "1")
"""Major versions of ``format_version`` that are understood; another one may mean other things."""


def open_document(data: bytes) -> dict[str, msgspec.Raw]:
    """Return the plan's top-level values, still undecoded.

    Raises:
        PlanError: The bytes are no plan JSON of a version that is understood.
    """
    _check_encoding(data)
    _check_start(data)
    fields = _decode(data)
    _check_kind(fields)
    check_keys(data.strip(), fields, where="its top level")
    _check_version(fields)
    return fields


def _check_encoding(data: bytes) -> None:
    if not data.strip():
        raise PlanError("The plan is empty.", hint=_AGAIN)
    if data.startswith(b"PK\x03\x04"):
        raise PlanError(
            "This is a saved plan in Terraform's binary form, not its JSON.",
            hint="Turn it into JSON with: terraform show -json PLAN > plan.json",
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in data[:4]:
        raise PlanError(
            "The plan is encoded as UTF-16, as PowerShell's redirect writes it.",
            hint="In PowerShell: terraform show -json PLAN | Out-File -Encoding ascii plan.json",
        )
    if data.startswith(codecs.BOM_UTF8):
        raise PlanError(
            "The plan begins with a byte order mark, which JSON does not have.",
            hint="In PowerShell: terraform show -json PLAN | Out-File -Encoding ascii plan.json",
        )


def _check_start(data: bytes) -> None:
    if not data.lstrip().startswith(b"{"):
        raise PlanError(
            "This is not plan JSON: it does not begin with '{'.",
            hint=_AGAIN,
        )


def _decode(data: bytes) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if _is_log(data):
            raise PlanError(
                "This is the log of terraform plan -json, not a plan.",
                hint="Save the plan with -out=PLAN, then: terraform show -json PLAN > plan.json",
            ) from error
        cut = "truncated" in str(error)
        what = "is cut short" if cut else "is not JSON"
        raise PlanError(f"The plan {what}: {error}.", hint=_AGAIN) from error


def _is_log(data: bytes) -> bool:
    first = data.lstrip().split(b"\n", 1)[0]
    return b'"@level"' in first and b'"@message"' in first


def _check_kind(fields: dict[str, msgspec.Raw]) -> None:
    if "@level" in fields and "@message" in fields:
        raise PlanError(
            "This is the log of terraform plan -json, not a plan.",
            hint="Save the plan with -out=PLAN, then: terraform show -json PLAN > plan.json",
        )
    if "lineage" in fields or ("values" in fields and "resource_changes" not in fields):
        raise PlanError("This is a Terraform state, not a plan.", hint=_AGAIN)
    if "format_version" not in fields:
        raise PlanError("This is not plan JSON: it has no format_version.", hint=_AGAIN)


def _check_version(fields: dict[str, msgspec.Raw]) -> None:
    try:
        version = msgspec.json.decode(fields["format_version"], type=str)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PlanError(
            "This is not plan JSON: its format_version is no text.", hint=_AGAIN
        ) from error
    if version.split(".")[0] not in _MAJORS:
        raise PlanError(
            f"The plan's format_version is {version!r}; this tfswap reads 0.x and 1.x.",
            hint="Use a newer tfswap, or the Terraform version the runbook was tried with.",
        )
