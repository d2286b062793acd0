"""Where the tables live and whose role Terraform's provider takes for them, read from the HCL."""

from __future__ import annotations

from typing import NamedTuple

from tfswap.discovery.root_module import tables
from tfswap.discovery.table_location import assumed_role, partition_of, table_location
from tfswap.doctor.context import DoctorContext
from tfswap.hcl.instances import Instance, without_keys
from tfswap.hcl.values import Unknown


class ProviderLocation(NamedTuple):
    """One table's home; empty where it is not known."""

    region: str
    account: str
    role: str
    """The whole ARN; empty where the provider assumes none, or it is not known."""
    doubt: str = ""
    """Why the role is not known."""


def provider_location(context: DoctorContext) -> ProviderLocation:
    """Return where the swap's first table lives, or the configuration's first before ``prepare``.

    Raises:
        RepoError: The configuration cannot be read.
    """
    answers = context.answers
    if ("place",) not in answers:
        answers["place",] = _place(context), None
    found: ProviderLocation = answers["place",][0]
    return found


def working_role(context: DoctorContext) -> str:
    """Return the role to look at tables with: what the provider assumes, or what was told."""
    return provider_location(context).role


def _place(context: DoctorContext) -> ProviderLocation:
    swap = context.swap
    wanted = without_keys(swap.tables[0].address) if swap else None
    found = (
        Instance(module, placed.block, None)
        for module, placed in tables(context.tree())
        if wanted in (None, f"{module.prefix}{'.'.join(placed.block.labels)}")
    )
    instance = next(found, None)
    region = swap.tables[0].region if swap else ""
    account = swap.account if swap else ""
    if instance is None:
        return _told(context, ProviderLocation(region, account, "", "its table was not found"))
    own = table_location(context.evaluator(), instance)
    region, account = region or own.region, account or own.account
    role = assumed_role(context.evaluator(), instance)
    if isinstance(role, Unknown):
        return _told(context, ProviderLocation(region, account, "", str(role)))
    return _told(context, ProviderLocation(region, account, role or ""))


def _told(context: DoctorContext, known: ProviderLocation) -> ProviderLocation:
    """Fill in the role that was told, where the configuration does not tell one."""
    role = context.config.role
    if known.role or role is None or not known.doubt:
        return known
    if role.value.startswith("arn:"):
        return known._replace(role=role.value, doubt="")
    if not known.account:
        return known
    arn = f"arn:{partition_of(known.region)}:iam::{known.account}:role/{role.value}"
    return known._replace(role=arn, doubt="")
