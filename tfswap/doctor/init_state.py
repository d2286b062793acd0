"""Whether ``terraform init`` was run here, for this backend and these providers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.errors import RepoError
from tfswap.hcl import parser
from tfswap.hcl.syntax import Block, Lit

_LOCK = ".terraform.lock.hcl"


def check_init(context: DoctorContext) -> Iterator[CheckResult]:
    """Look at the data directory, the backend it was made for, and the locked providers."""
    again = f"Initialise it: {context.terraform.init_line}"
    there = (context.data_dir / "providers").is_dir() or _backend_file(context).is_file()
    if not there:
        yield stop(f"{context.root_module} is not initialised", again)
        return
    said = [*_backend(context, again), *_providers(context, again)]
    if given := context.environ.get("TF_DATA_DIR"):
        yield ok(f"TF_DATA_DIR is {given}")
    yield from said


def initialised_backend(context: DoctorContext) -> tuple[str, Mapping[str, Any]]:
    """Return type and configuration of the backend that init has set up, ``local`` without one.

    Raises:
        RepoError: The file that tells cannot be read.
    """
    path = _backend_file(context)
    if not path.is_file():
        return "local", {}
    try:
        backend = json.loads(path.read_bytes()).get("backend") or {}
        return str(backend.get("type", "local")), dict(backend.get("config") or {})
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise RepoError(
            f"{path} cannot be read: {error}.", hint=f"Run: {context.terraform.init_line}"
        ) from error


def _backend_file(context: DoctorContext) -> Any:
    return context.data_dir / "terraform.tfstate"


def _backend(context: DoctorContext, again: str) -> Iterator[CheckResult]:
    """Compare what init has set up with what the configuration says in so many words."""
    kind, config = initialised_backend(context)
    blocks = [
        inner
        for block, _ in context.tree().root.folder.blocks("terraform")
        for inner in block.blocks
        if inner.type in ("backend", "cloud")
    ]
    if not blocks:
        yield ok(f"initialised; backend {kind}")
        return
    block = blocks[-1]
    wanted = block.labels[0] if block.labels else block.type
    changed = _changed(block, config) if wanted == kind else ["its type"]
    if changed:
        yield stop(f"the backend changed since init: {', '.join(changed)}", again)
    else:
        yield ok(f"initialised; backend {kind}")


def _changed(block: Block, config: Mapping[str, Any]) -> list[str]:
    """Return the arguments that are literals and differ; the rest may come from the outside."""
    return [
        name
        for name, given in block.attributes.items()
        if isinstance(given.value, Lit)
        and given.value.value is not None
        and config.get(name) != given.value.value
    ]


def _providers(context: DoctorContext, again: str) -> Iterator[CheckResult]:
    lock = context.root / _LOCK
    if not lock.is_file():
        yield warning(
            f"there is no {_LOCK}: provider versions are not locked",
            "Commit the lock file, so that everyone uses the same provider versions.",
        )
        return
    locked = parser.parse(lock.read_text("utf-8"), _LOCK)
    missing = [name for name in map(_locked, locked) if name and not _installed(context, name)]
    if missing:
        yield stop(f"providers are not installed: {', '.join(missing)}", again)
    else:
        yield ok(f"{len(locked)} locked provider{'s' * (len(locked) != 1)} installed")


def _locked(block: Block) -> str:
    """Return ``registry/namespace/type/version``, which is a provider's folder."""
    version = block.get("version")
    if block.type != "provider" or not block.labels or not isinstance(version, Lit):
        return ""
    return f"{block.labels[0]}/{version.value}"


def _installed(context: DoctorContext, name: str) -> bool:
    folder = context.data_dir / "providers" / name
    return folder.is_dir() and any(folder.iterdir())
