"""Where the tables live and whose role Terraform's provider takes for them, read from the HCL."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tfswap.discovery.root_module import tables
from tfswap.discovery.table_location import (
    assume_settings,
    assumed_role,
    partition_of,
    table_location,
)
from tfswap.doctor.context import DoctorContext, NotCheckedError, fact
from tfswap.hcl.instances import Instance, without_keys
from tfswap.hcl.values import Unknown

if TYPE_CHECKING:
    from tfswap.aws.session import Aws
    from tfswap.aws.table_facts import TableFacts


class ProviderLocation(NamedTuple):
    """One table's home; empty where it is not known."""

    region: str
    account: str
    role: str
    """The whole ARN; empty where the provider assumes none, or it is not known."""
    doubt: str = ""
    """Why the role is not known."""
    assume: tuple[tuple[str, str], ...] = ()
    """What the provider says beside the role's ARN when it assumes that (``Swap.assume``)."""


@fact
def provider_location(context: DoctorContext) -> ProviderLocation:
    """Return where the swap's first table lives, or the configuration's first before ``prepare``.

    Raises:
        RepoError: The configuration cannot be read.
    """
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
    told = tuple(swap.assume.items()) if swap else ()
    if instance is None:
        unknown = ProviderLocation(region, account, "", "its table was not found", told)
        return _with_role(context, unknown)
    own = table_location(context.evaluator(), instance)
    region, account = region or own.region, account or own.account
    if not swap:
        told = tuple(assume_settings(context.evaluator(), instance).items())
    role = assumed_role(context.evaluator(), instance)
    if isinstance(role, Unknown):
        return _with_role(context, ProviderLocation(region, account, "", str(role), told))
    return _with_role(context, ProviderLocation(region, account, role or "", assume=told))


def _with_role(context: DoctorContext, known: ProviderLocation) -> ProviderLocation:
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


@fact
def described(context: DoctorContext, region: str, name: str) -> TableFacts:
    """Return a table as AWS knows it, asked for as Terraform's provider would.

    Raises:
        NotCheckedError: Its role is not known, or the credentials are another account's.
        AwsError: AWS does not answer.
    """
    from tfswap.aws.table_facts import describe

    return describe(working_aws(context, region), name)


def working_aws(context: DoctorContext, region: str) -> Aws:
    """Return the door to the tables' account, with the role that Terraform's provider takes.

    Raises:
        NotCheckedError: Its role is not known, or the credentials are another account's.
    """
    here = provider_location(context)
    if here.doubt:
        raise NotCheckedError("The tables were not checked: the provider's role is unknown.")
    aws = context.aws(region, here.role, here.assume)
    if here.account and aws.caller.account != here.account:
        raise NotCheckedError("The tables were not checked: these are another account's keys.")
    return aws
