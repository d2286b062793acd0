"""Where the tables live and whose role Terraform's provider takes for them, read from the HCL."""

from __future__ import annotations

from typing import NamedTuple

from tfswap.doctor.scene import Scene
from tfswap.repo.account import assumed_role, home, partition_of
from tfswap.repo.instances import Instance, without_keys
from tfswap.repo.rootmodule import tables
from tfswap.repo.values import Unknown


class Place(NamedTuple):
    """One table's home; empty where it is not known."""

    region: str
    account: str
    role: str
    """The whole ARN; empty where the provider assumes none, or it is not known."""
    doubt: str = ""
    """Why the role is not known."""


def place(scene: Scene) -> Place:
    """Return where the swap's first table lives, or the configuration's first before ``prepare``.

    Raises:
        RepoError: The configuration cannot be read.
    """
    answers = scene.answers
    if ("place",) not in answers:
        answers["place",] = _place(scene), None
    found: Place = answers["place",][0]
    return found


def working_role(scene: Scene) -> str:
    """Return the role to look at tables with: what the provider assumes, or what was told."""
    return place(scene).role


def _place(scene: Scene) -> Place:
    swap = scene.swap
    wanted = without_keys(swap.tables[0].address) if swap else None
    found = (
        Instance(module, placed.block, None)
        for module, placed in tables(scene.tree())
        if wanted in (None, f"{module.prefix}{'.'.join(placed.block.labels)}")
    )
    instance = next(found, None)
    region = swap.tables[0].region if swap else ""
    account = swap.account if swap else ""
    if instance is None:
        return _told(scene, Place(region, account, "", "its table was not found"))
    own = home(scene.evaluator(), instance)
    region, account = region or own.region, account or own.account
    role = assumed_role(scene.evaluator(), instance)
    if isinstance(role, Unknown):
        return _told(scene, Place(region, account, "", str(role)))
    return _told(scene, Place(region, account, role or ""))


def _told(scene: Scene, known: Place) -> Place:
    """Fill in the role that was told, where the configuration does not tell one."""
    role = scene.config.role
    if known.role or role is None or not known.doubt:
        return known
    if role.value.startswith("arn:"):
        return known._replace(role=role.value, doubt="")
    if not known.account:
        return known
    arn = f"arn:{partition_of(known.region)}:iam::{known.account}:role/{role.value}"
    return known._replace(role=arn, doubt="")
