"""Write `tfswap/verify/model/provider_schema.txt` anew: `python -m tests.schema`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.schema.compact import line
from tests.schema.provider import Provider, schemas
from tfswap.demo.provider_plugins import find_plugin_dir
from tfswap.files import write_atomically
from tfswap.verify.model import provider_schema

_AWS = "registry.terraform.io/hashicorp/aws"
_OWN = "terraform.io/builtin/terraform"
TARGET = Path(provider_schema.__file__).with_suffix(".txt")


def main() -> int:
    """Ask the provider this machine has, or Terraform fetches, and write the file."""
    with tempfile.TemporaryDirectory(prefix="tfswap-schema-") as name:
        shown = schemas(Path(name), find_plugin_dir())
        own = shown[_OWN]["resource_schemas"]
        with Provider(Path(name), shown[_AWS]) as provider:
            head = f"# {provider_schema.FORMAT} hashicorp/aws {provider.version}"
            lines = [line(kind, own[kind], None) for kind in sorted(own)]
            every = shown[_AWS]["resource_schemas"]
            lines += [line(kind, every[kind], provider) for kind in sorted(every)]
    text = "\n".join([head, *lines]) + "\n"
    write_atomically(TARGET, text.encode(), 0o644)
    print(f"{TARGET.name}: {len(lines)} types, {len(text)} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
