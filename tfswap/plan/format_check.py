"""What is checked before bytes count as a plan: the common wrong files get a message of their own.

A binary plan, a state, the log of ``terraform plan -json`` and PowerShell's UTF-16 redirect are
what people really hand in.
"""

from __future__ import annotations

import codecs
import re

import msgspec

from tfswap.errors import PlanError
from tfswap.plan.duplicate_keys import Buffer, object_parts
from tfswap.plan.fast_reader import fields_of, read_fast
from tfswap.plan.json_types import RawPlan

_AGAIN = "Write it with: terraform show -json PLAN > plan.json"
_POWERSHELL = (
    'Write it without PowerShell\'s redirect: cmd /c "terraform show -json PLAN > plan.json"'
)
"""Not ``Out-File -Encoding``: PowerShell has decoded the text by then, and ASCII loses letters."""
_WRAPPER = (b"[command]", b"::debug::", b"::set-output", b"::error::", b"##[")
"""What hashicorp/setup-terraform's wrapper writes around Terraform's output (its README)."""
_MAJORS = ("0", "1")
"""Major versions of ``format_version`` that are understood; another one may mean other things."""
_BLANKS = re.compile(rb"[ \t\r\n\f\v]*")
_HEAD = 4096
"""How far into the file its kind can be told."""


def open_document(data: Buffer) -> tuple[dict[str, msgspec.Raw], RawPlan | None]:
    """Return the plan's top-level values, still undecoded: slices of ``data``, which must stay.

    Where the plan is written as Terraform does, the great ones are in the skeleton instead.

    Raises:
        PlanError: The bytes are no plan JSON of a version that is understood.
    """
    inner = _trimmed(memoryview(data))
    _check_encoding(inner)
    _check_start(inner)
    skeleton = read_fast(inner)
    if skeleton is not None and skeleton.resource_changes is not msgspec.UNSET:
        fields = fields_of(skeleton)
    else:
        skeleton, fields = None, _open(inner)
        _check_kind(fields)
    if "format_version" not in fields:
        raise PlanError("This is not plan JSON: it has no format_version.", hint=_AGAIN)
    _check_version(fields)
    return fields, skeleton


def _trimmed(data: memoryview) -> memoryview:
    match = _BLANKS.match(data)
    start, end = match.end() if match else 0, len(data)
    while end > start and data[end - 1] in b" \t\r\n\f\v":
        end -= 1
    return data[start:end]


def _check_encoding(data: memoryview) -> None:
    head = bytes(data[:4])
    if not head:
        raise PlanError("The plan is empty.", hint=_AGAIN)
    if head == b"PK\x03\x04":
        raise PlanError(
            "This is a saved plan in Terraform's binary form, not its JSON.",
            hint="Convert it to JSON: terraform show -json PLAN > plan.json",
        )
    if head.startswith(b"\x1f\x8b"):
        raise PlanError(
            "The plan is compressed with gzip.", hint="Unpack it first: gunzip plan.json.gz"
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in head:
        raise PlanError(
            "The plan is encoded as UTF-16, as PowerShell's redirect writes it.",
            hint=_POWERSHELL,
        )
    if head.startswith(codecs.BOM_UTF8):
        raise PlanError(
            "The plan begins with a byte order mark, which is not allowed in JSON.",
            hint=_POWERSHELL,
        )


def _check_start(data: memoryview) -> None:
    if _is_wrapped(bytes(data[:_HEAD]), bytes(data[-_HEAD:])):
        raise PlanError(
            "The wrapper of setup-terraform added lines to the plan.",
            hint="Set terraform_wrapper: false for hashicorp/setup-terraform, and write the "
            "plan again: terraform show -json PLAN > plan.json",
        )
    if data[0] != ord("{"):
        raise PlanError(
            "This is not plan JSON: it does not begin with '{'.",
            hint=_AGAIN,
        )


def _is_wrapped(head: bytes, tail: bytes) -> bool:
    """Whether the first line, or one of the last, is a workflow command rather than JSON."""
    last = tail.rpartition(b"\n}")[2].splitlines()
    return head.startswith(_WRAPPER) or any(line.lstrip().startswith(_WRAPPER) for line in last)


def _open(data: memoryview) -> dict[str, msgspec.Raw]:
    try:
        return object_parts(data, "its top level")
    except PlanError as error:
        if not isinstance(error.__cause__, msgspec.DecodeError | UnicodeDecodeError):
            raise
        if _is_log(bytes(data[:_HEAD])):
            raise _log() from error
        cut = "truncated" in str(error.__cause__)
        what = "is cut short" if cut else "is not JSON"
        raise PlanError(f"The plan {what}: {error.__cause__}.", hint=_AGAIN) from error


def _is_log(head: bytes) -> bool:
    first = head.split(b"\n", 1)[0]
    return b'"@level"' in first and b'"@message"' in first


def _log() -> PlanError:
    return PlanError(
        "This is the log of terraform plan -json, not a plan.",
        hint="Save the plan with -out=PLAN, then: terraform show -json PLAN > plan.json",
    )


def _check_kind(fields: dict[str, msgspec.Raw]) -> None:
    if "@level" in fields and "@message" in fields:
        raise _log()
    if "lineage" in fields or ("values" in fields and "resource_changes" not in fields):
        raise PlanError("This is a Terraform state, not a plan.", hint=_AGAIN)


def _check_version(fields: dict[str, msgspec.Raw]) -> None:
    try:
        version = msgspec.json.decode(fields["format_version"], type=str)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PlanError(
            "This is not plan JSON: its format_version is not a string.", hint=_AGAIN
        ) from error
    if version.split(".")[0] not in _MAJORS:
        raise PlanError(
            f"The plan's format_version is {version!r}; this tfswap reads 0.x and 1.x.",
            hint="Use a newer tfswap or an older Terraform.",
        )
