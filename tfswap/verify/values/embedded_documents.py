"""Open strings that hold a document: JSON anywhere, YAML where the provider takes it.

YAML is composed into nodes, never constructed: a scalar keeps its resolved tag and its text, so
that ``010`` and ``8``, or ``"1"`` and ``1``, stay different. Repeated keys and aliases are not
opened; such a string is then compared as text, which is stricter.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from tfswap.plan.values import Path, leaves, strict_loads

_YAML_ATTRIBUTES = {
    ("aws_osis_pipeline", "pipeline_configuration_body"),
    ("aws_cloudformation_stack", "template_body"),
    ("aws_ssm_document", "content"),
}
_CORE = "tag:yaml.org,2002:"
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_MIN_BASE64 = 12
_MIN_PACKED = 64
_MAX_INFLATED = 1 << 20
_DIGEST = re.compile(
    r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}"
    r"|[0-9a-fA-F]{128}|[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}=="
)
"""Lengths of MD5, SHA-1 and the SHA-2 family, in hexadecimal or base64."""


def open_json(text: str) -> Any | None:
    """Return the object or array that ``text`` holds; None when it holds none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = strict_loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def readings(text: str) -> Iterator[str]:
    r"""Yield the text, and every way in which it may hold another: as JSON, or percent-encoded.

    A name behind ``\n`` or ``%2F`` is not at a name boundary until these are read.
    """
    yield text
    if "%" in text and (plain := unquote(text)) != text:
        yield from readings(plain)
    if "\\" in text and (document := open_json(text)) is not None:
        for leaf in leaves(document):
            if isinstance(leaf.value, str):
                yield from readings(leaf.value)


def open_text(kind: str, path: Path, text: str) -> Any | None:
    """Return the document an attribute's string holds; None when it is to be compared as text."""
    value = open_json(text)
    if value is None and path and (kind, path[0]) in _YAML_ATTRIBUTES:
        return _open_yaml(text)
    return value


def _open_yaml(text: str) -> Any | None:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                return None
        node = yaml.compose(text, Loader=loader)
        value = _plain(node) if node is not None else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _plain(node: Any) -> Any:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        tag = node.tag.removeprefix(_CORE)
        # A text that looks like a tagged scalar is told from one.
        plain = tag == "str" and not node.value.startswith("!!")
        return node.value if plain else f"!!{tag} {node.value}"
    if node.tag not in (f"{_CORE}map", f"{_CORE}seq"):
        raise ValueError("a tag with unknown meaning")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _plain(key_node)
        if not isinstance(key, str) or key in found:
            raise ValueError("a duplicate key, or a key that is not a scalar")
        found[key] = _plain(value_node)
    return found


def open_base64(text: str) -> str | None:
    """Return the readable text that base64 holds; None when it holds none.

    ``user_data`` of instances and launch templates is written so. Beneath may be gzip, and the text
    may be UTF-16, as PowerShell's ``-EncodedCommand`` takes it.
    """
    packed = "".join(text.split())
    if len(packed) < _MIN_BASE64 or len(packed) % 4 or not _BASE64.fullmatch(packed):
        return None
    try:
        data = base64.b64decode(packed, validate=True)
        if data.startswith(b"\x1f\x8b"):
            data = zlib.decompressobj(wbits=31).decompress(data, _MAX_INFLATED)
        plain = data.decode(_encoding(data))
    except (ValueError, zlib.error):
        return None
    return plain if plain and all(char.isprintable() or char.isspace() for char in plain) else None


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" not in data:
        return "utf-8-sig"
    return "utf-16-be" if data[:1] == b"\x00" else "utf-16-le"


def unpacked(text: str) -> Iterator[str]:
    """Yield the text beneath base64, the one beneath that, and so on."""
    inner = open_base64(text)
    while inner is not None:
        yield inner
        inner = open_base64(inner)


def is_opaque(text: str) -> bool:
    """Return whether a text may stand for another without showing it: a digest, or packed bytes."""
    plain = text.strip()
    if _DIGEST.fullmatch(plain):
        return True
    packed = len(plain) >= _MIN_PACKED and len(plain) % 4 == 0
    return packed and _BASE64.fullmatch(plain) is not None and open_base64(plain) is None
