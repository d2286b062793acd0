"""Which Terraform or OpenTofu runs, and whether the configuration takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.doctor.version_constraint import satisfies
from tfswap.hcl.syntax import Expr, Lit
from tfswap.terraform.diagnostics import plain

_PRODUCT = re.compile(r"^(Terraform|OpenTofu) v\S+", re.MULTILINE)


def check_binary(context: DoctorContext) -> Iterator[CheckResult]:
    """Compare the binary with ``required_version`` of every module that is used."""
    version = context.version()
    product = _product(context)
    name = f"{product or context.terraform.binary.name} {version}"
    wanted = list(_required(context))
    unfit = False
    for where, expr in wanted:
        text = str(expr.value) if isinstance(expr, Lit) else ""
        try:
            fits = satisfies(version, text)
        except ValueError as error:
            unfit = True
            yield warning(f"{where}: required_version cannot be read: {error}")
            continue
        if not fits:
            unfit = True
            yield stop(
                f"{name}, but {where} requires {text}",
                "Switch to a matching version, or set another binary with --terraform-bin.",
            )
    if not unfit:
        asked = ", ".join(dict.fromkeys(str(e.value) for _, e in wanted if isinstance(e, Lit)))
        yield ok(
            f"{name}; required_version is {asked}" if asked else f"{name}; any version is allowed"
        )
    if product != "OpenTofu" and _is_for_tofu(context):
        yield warning(
            f"the root module has .tofu files, which {product or name} does not read",
            "Use the OpenTofu binary: --terraform-bin tofu",
        )


def _product(context: DoctorContext) -> str:
    """Return Terraform or OpenTofu, as the binary says itself; empty where it says neither."""
    terraform = context.terraform_in(context.root_module, None)
    out = terraform.run(("version",), "print its version").out.decode("utf-8", "replace")
    match = _PRODUCT.search(plain(out))
    return match[1] if match else ""


def _required(context: DoctorContext) -> Iterator[tuple[str, Expr]]:
    """Yield each ``required_version`` and where it stands."""
    for folder in context.tree().reachable():
        for block, file in folder.blocks("terraform"):
            attribute = block.attributes.get("required_version")
            if attribute is not None:
                yield f"{file}:{attribute.line}", attribute.value


def _is_for_tofu(context: DoctorContext) -> bool:
    return any(context.root.glob("*.tofu")) or any(context.root.glob("*.tofu.json"))
