"""Whether somebody holds the state's lock: read where the backend keeps it, never taken.

Terraform source, internal/backend/remote-state/s3 (``.tflock`` beside the state; ``LockID`` in a
DynamoDB table) and internal/states/statemgr/filesystem.go (``.NAME.lock.info``).
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.init_state import initialised_backend
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.errors import AwsError

if TYPE_CHECKING:
    from tfswap.aws.session import Aws

_WAIT = (
    "Wait, or ask the owner of the lock. Never force-unlock a lock you do not know. "
    "Then run tfswap doctor again."
)
_UNDERSTOOD = frozenset(
    {
        *("bucket", "key", "region", "encrypt", "use_lockfile", "dynamodb_table", "profile"),
        *("workspace_key_prefix", "assume_role", "kms_key_id", "acl", "max_retries"),
        *("skip_credentials_validation", "skip_metadata_api_check", "skip_region_validation"),
        *("skip_requesting_account_id", "use_path_style", "skip_s3_checksum", "retry_mode"),
    }
)
"""Arguments of the S3 backend that are honoured here, or say nothing about where the lock is."""


def check_lock(context: DoctorContext) -> Iterator[CheckResult]:
    """Say whether the state is locked, and by whom."""
    kind, config = initialised_backend(context)
    if kind == "local":
        yield from _local(context, config)
    elif kind == "s3":
        try:
            yield from _s3(context, config)
        except AwsError as error:
            hint = "" if error in context.reported else error.hint
            yield warning(f"the lock status is unknown: {error.message}", hint)
    else:
        yield warning(f"the lock status is unknown: tfswap cannot read {kind} locks")


def _local(context: DoctorContext, config: Mapping[str, Any]) -> Iterator[CheckResult]:
    name = config.get("path") or "terraform.tfstate"
    path = context.root / str(name)
    if context.workspace != "default":
        folder = str(config.get("workspace_dir") or "terraform.tfstate.d")
        path = context.root / folder / context.workspace / "terraform.tfstate"
    info = path.with_name(f".{path.name}.lock.info")
    if not info.is_file():
        yield ok("the state is not locked")
    elif _is_held(path):
        yield _locked(info.read_text("utf-8"))
    else:
        yield warning(
            f"{info.name} is a leftover file; the state is not locked",
            "Terraform ignores it. Nothing to do.",
        )


def _is_held(path: Path) -> bool:
    """Say whether another process holds the file's lock; a shared one is tried for a moment."""
    try:
        with path.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _s3(context: DoctorContext, config: Mapping[str, Any]) -> Iterator[CheckResult]:
    odd = sorted(name for name, value in config.items() if value and name not in _UNDERSTOOD)
    bucket, key, region = (str(config.get(name) or "") for name in ("bucket", "key", "region"))
    region = (
        region or context.environ.get("AWS_REGION") or context.environ.get("AWS_DEFAULT_REGION", "")
    )
    if odd or not (bucket and key and region):
        why = f"the backend sets {', '.join(odd)}" if odd else "its bucket is unknown"
        yield warning(f"the lock status is unknown: {why}")
        return
    if context.workspace != "default":
        prefix = str(config.get("workspace_key_prefix") or "env:")
        key = str(PurePosixPath(prefix) / context.workspace / key)
    aws = _aws_at(context, config, region)
    asked: list[Callable[[], str]] = []
    if config.get("use_lockfile"):
        asked.append(lambda: _lock_file(aws, bucket, f"{key}.tflock"))
    if table := config.get("dynamodb_table"):
        asked.append(lambda: _lock_item(aws, str(table), f"{bucket}/{key}"))
    held = [info for info in (ask() for ask in asked) if info]
    if held:
        yield _locked(held[0])
    elif asked:
        yield ok("the state is not locked")
    else:
        yield warning(
            "the backend has no locking: simultaneous applies can lose changes",
            "Set use_lockfile = true in the backend block.",
        )


def _aws_at(context: DoctorContext, config: Mapping[str, Any], region: str) -> Aws:
    """Return the door to AWS as the backend opens it: its own role and profile."""
    from dataclasses import replace

    given = config.get("assume_role")
    listed = given if isinstance(given, list) else [given]
    role = next((str(one.get("role_arn") or "") for one in listed if isinstance(one, dict)), "")
    plain = context.open_aws(region)
    environ = dict(plain.environ)
    if config.get("profile"):
        environ = {"AWS_PROFILE": str(config["profile"])}
    else:
        _ = context.identity(region)
    return replace(plain, account="", role=role, environ=environ)


def _lock_file(aws: Aws, bucket: str, key: str) -> str:
    """Return what the lock file says; empty where there is none."""
    from tfswap.aws.calls import calling
    from tfswap.aws.errors import code_of

    client = aws.client("s3")
    with calling(f"read the lock s3://{bucket}/{key}"):
        try:
            data: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except Exception as error:
            if code_of(error) in ("NoSuchKey", "404"):
                return ""
            raise
    return data.decode("utf-8", "replace") or "{}"


def _lock_item(aws: Aws, table: str, lock_id: str) -> str:
    """Return what the lock table says; empty where there is no such lock."""
    from tfswap.aws.calls import calling

    with calling(f"read the lock {lock_id} in {table}"):
        answer = aws.client("dynamodb").get_item(
            TableName=table, Key={"LockID": {"S": lock_id}}, ConsistentRead=True
        )
    item = answer.get("Item")
    return str(item.get("Info", {}).get("S") or "{}") if item else ""


def _locked(text: str) -> CheckResult:
    """Say who holds it, as Terraform wrote it down."""
    try:
        info = json.loads(text)
        who, since, what = (str(info.get(k) or "?") for k in ("Who", "Created", "Operation"))
        owner = f"by {who} since {since[:19]}Z ({what}, ID {info.get('ID', '?')})"
    except (ValueError, AttributeError):
        owner = "by an unknown owner"
    return stop(f"the state is locked {owner}", _WAIT)
