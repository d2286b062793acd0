"""Ask a provider itself: its schema through Terraform, and what it plans for an empty block.

The schema does not say which *blocks* a provider computes where none is written (version 2 of the
plugin SDK writes a block that is optional and computed like any other). The provider shows it when
it plans: so each type is planned with nothing set at all, over Terraform's plugin protocol
(https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol, version 5, gRPC). curl
speaks HTTP/2 over a socket, and messages this small need no library.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

_COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
_CONFIGURATION = 'provider "aws" {}\nresource "terraform_data" "any" {}\n'
_OFFLINE = {
    "access_key": "x",
    "secret_key": "x",
    "region": "eu-west-1",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": "true",
    "skip_requesting_account_id": True,
}
UNKNOWN = msgspec.msgpack.Ext(0, b"\x00")
"""How the protocol writes a value that is known only after apply."""


class CannotPlanError(Exception):
    """The provider refuses to plan the type with what was given; ``legacy`` as ``plan`` says it."""

    def __init__(self, kind: str, why: object, *, legacy: bool = False) -> None:
        super().__init__(f"{kind}: {why}")
        self.legacy = legacy


def schemas(folder: Path, plugins: Path | None) -> dict[str, Any]:
    """Return ``provider_schemas`` of the AWS provider and Terraform's own, by source address.

    Args:
        folder: An empty folder to work in.
        plugins: From ``find_plugin_dir``; None to let Terraform fetch the provider.
    """
    (folder / "main.tf").write_text(_CONFIGURATION)
    where = [f"-plugin-dir={plugins}"] if plugins else []
    _terraform(folder, "init", "-input=false", *where)
    return dict(json.loads(_terraform(folder, "providers", "schema", "-json"))["provider_schemas"])


def _terraform(folder: Path, *words: str) -> bytes:
    argv = ["terraform", *words]
    done = subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    return done.stdout


class Provider:
    """A running provider; use it as a context."""

    def __init__(self, folder: Path, schema: dict[str, Any]) -> None:
        """Start the provider that ``terraform init`` put into ``folder``."""
        providers = folder / ".terraform" / "providers" / "registry.terraform.io"
        (self._program,) = providers.glob("hashicorp/aws/*/*/terraform-provider-aws_*")
        self.version = self._program.parents[1].name
        self._schema = schema
        self._start()

    def _start(self) -> None:
        shown = {"TF_PLUGIN_MAGIC_COOKIE": _COOKIE, "PLUGIN_PROTOCOL_VERSIONS": "5"}
        self._process = subprocess.Popen(
            [self._program],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **shown},
        )
        assert self._process.stdout is not None
        self._socket = self._process.stdout.readline().decode().split("|")[3]
        block = self._schema["provider"]["block"]
        configuration = {**empty(block), **_OFFLINE}
        self._call("Configure", _field(1, b"1.11.4") + _field(2, _value(configuration)))

    def __enter__(self) -> Provider:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def plan(self, kind: str, written: Any, proposed: Any) -> tuple[Any, bool]:
        """Return what is planned for a new object, and whether by version 2 of the plugin SDK.

        Args:
            kind: Resource type.
            written: The configuration.
            proposed: The same, with unknown values for what is computed and not written.

        Raises:
            CannotPlanError: It refuses, or breaks down over it.
        """
        ask = _field(1, kind.encode()) + _field(2, _value(None))
        ask += _field(3, _value(proposed)) + _field(4, _value(written))
        try:
            answer = list(_fields(self._call("PlanResourceChange", ask)))
        except OSError as error:
            self.__exit__()
            self._start()
            raise CannotPlanError(kind, "the provider broke down") from error
        found = dict(answer)
        legacy = found.get(5) == 1
        if 4 in found:
            raise CannotPlanError(kind, found[4][:200], legacy=legacy)
        planned = dict(_fields(found[1]))[1]
        return msgspec.msgpack.decode(planned), legacy

    def _call(self, method: str, message: bytes) -> bytes:
        argv = ["curl", "--silent", "--http2-prior-knowledge", "--max-time", "60"]
        argv += ["--unix-socket", self._socket, "--header", "content-type: application/grpc"]
        argv += ["--header", "te: trailers", "--data-binary", "@-"]
        framed = b"\x00" + struct.pack(">I", len(message)) + message
        url = f"http://localhost/tfplugin5.Provider/{method}"
        done = subprocess.run([*argv, url], input=framed, capture_output=True, check=False)
        if done.returncode or len(done.stdout) < 5:
            raise ConnectionError(f"{method}: curl ended with {done.returncode}")
        return done.stdout[5:]


def empty(block: dict[str, Any]) -> dict[str, Any]:
    """Return a block in which nothing is written."""
    inner = block.get("block_types", {})
    nothing = dict.fromkeys(block.get("attributes", {}))
    return nothing | {key: [] if _many(kind) else None for key, kind in inner.items()}


def one_of_each(block: dict[str, Any], depth: int) -> dict[str, Any]:
    """Return a block with each inner block written once, empty but for inner blocks again."""
    found = empty(block)
    for key, kind in block.get("block_types", {}).items() if depth else ():
        inner = one_of_each(kind["block"], depth - 1)
        found[key] = [inner] if _many(kind) else inner
    return found


def proposed(block: dict[str, Any], written: Any) -> Any:
    """Return what Terraform proposes for a new object: what is computed is unknown."""
    found = dict(written)
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("computed") and found[name] is None:
            found[name] = UNKNOWN
    for key, kind in block.get("block_types", {}).items():
        inner = found[key]
        if isinstance(inner, list):
            found[key] = [proposed(kind["block"], item) for item in inner]
        elif inner is not None:
            found[key] = proposed(kind["block"], inner)
    return found


def _many(kind: dict[str, Any]) -> bool:
    return kind["nesting_mode"] in ("list", "set")


def _value(value: Any) -> bytes:
    return _field(1, msgspec.msgpack.encode(value))


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    place = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        tag = number()
        value = number()
        if tag & 7 == 2:
            yield tag >> 3, data[place : place + value]
            place += value
        else:
            yield tag >> 3, value
