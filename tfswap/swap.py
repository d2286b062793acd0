"""The swap: what is to be done, as frozen data that can be written to disk and read again.

Made by ``discovery.discover`` from the user's repository, kept in ``.tfswap/swap.json``, read by
every
later command. Paths are POSIX paths relative to the repository's root.
"""

from __future__ import annotations

import msgspec

from tfswap.errors import RepoError, UsageError
from tfswap.names import Family, Rename, parse_dated, split_at_date

VERSION = 1
"""Version of the on-disk form; another one is refused."""


class NameSource(msgspec.Struct, frozen=True):
    """A string of the repository that may hold a table's name: a name source."""

    file: str
    """Tfvars, Terraform code, or YAML or JSON that the configuration decodes."""
    pointer: str
    """RFC 6901 pointer, e.g. ``/environments/production/dynamodb/lpas_table_name``; into code as
    Terraform's JSON syntax would have it, e.g. ``/variable/table_name/default``."""
    line: int
    """Line of the value, from 1."""
    column: int
    """Column of the value's opening quote, from 1, in characters."""
    value: str
    """What stands there before the swap."""


class Consumer(msgspec.Struct, frozen=True):
    """A block that refers to the table, directly or through others.

    Addresses are configuration addresses: module path without instance keys, then the block, e.g.
    ``module.eu_west_1.module.app.aws_iam_role_policy.task``; ``local.x``, ``var.x`` and
    ``output.x`` likewise with their module path.
    """

    address: str
    kind: str
    """``resource``, ``data``, ``output``, ``local``, ``variable`` (a module's input),
    or ``module``."""
    parent: str
    """Address of what it refers to, one reference nearer to the table (the table's own address for
    direct ones); following parents is a shortest path."""
    file: str
    line: int
    ignored: tuple[str, ...] = ()
    """Arguments that hold the name, and that ``ignore_changes`` keeps as they are."""
    references: tuple[str, ...] = ()
    """Of a local: everything it refers to, as plan JSON writes references; it leaves locals out."""


class TableSwap(msgspec.Struct, frozen=True):
    """One table of the swap."""

    address: str
    """Resource address in Terraform's state, e.g. ``aws_dynamodb_table.lpas_table``; it carries an
    instance key where the configuration does."""
    base: str
    """Base name: ``Lpas``."""
    leaf: NameSource
    """Where the tfvars name it; ``leaf.value`` is the outgoing name there."""
    new_value: str
    """The value the leaf gets: ``Lpas-20240715``."""
    old_name: str
    """Physical name of the outgoing table."""
    new_name: str
    """Physical name of the restored table."""
    region: str
    consumers: tuple[Consumer, ...] = ()
    pipelines: tuple[str, ...] = ()
    """State addresses of the OSIS pipelines that read this table and must be recreated."""
    sets_region: bool = False
    """Whether the resource has a ``region`` of its own (provider 6): the import names it."""

    @property
    def input_pointer(self) -> str:
        """RFC 6901 pointer of the name in the root module's variables, as a plan tells them.

        Empty where the name is in code or in a file that it decodes: no input holds it.
        """
        is_input = self.leaf.file.endswith((".tfvars", ".tfvars.json"))
        return self.leaf.pointer if is_input and "/#" not in self.leaf.pointer else ""

    @property
    def import_id(self) -> str:
        """What ``terraform import`` takes: the name, and the region where the resource sets it.

        AWS provider 6, "Enhanced Region Support": ``NAME@REGION``.
        """
        return f"{self.new_name}@{self.region}" if self.sets_region else self.new_name

    @property
    def rename(self) -> Rename:
        """The physical names, old and new."""
        return Rename(self.old_name, self.new_name)

    @property
    def family(self) -> Family:
        """The names the restored table may have been restored from."""
        days = [_day(value) for value in (self.new_value, self.leaf.value)]
        for name, day in zip((self.new_name, self.old_name), days, strict=True):
            if day and (around := split_at_date(name, day)):
                return Family(self.old_name, self.new_name, *around, days[0])
        # Neither has a date in its name: no other table is known to be this one.
        return Family(self.old_name, self.new_name, f"{self.old_name} ", "", "")


def _day(value: str) -> str:
    """Return the date in a name; empty where it has none, or one that does not exist."""
    try:
        day = parse_dated(value).date
    except UsageError:
        return ""
    return f"{day:%Y%m%d}" if day else ""


class Swap(msgspec.Struct, frozen=True):
    """The whole undertaking: one or more tables in one environment."""

    environment: str
    """Key under ``environments`` in the tfvars."""
    environment_origin: str
    """Where that choice came from, in words: ``--environment``, ``the selected workspace``…"""
    workspace: str
    """Terraform workspace."""
    root_module: str
    """Folder Terraform runs in."""
    account: str
    """Twelve-digit AWS account id; empty when neither repo nor state tells."""
    partition: str
    branch: str
    """Git branch that carries the tfvars edit."""
    tables: tuple[TableSwap, ...]
    release: tuple[str, ...] = ()
    """Further addresses to be removed from the state, left alone in AWS (replicas)."""
    prefix: tuple[str, ...] = ()
    """Words before terraform, as ``prepare`` was told; later commands go on with them."""
    terraform_bin: str = ""
    """The terraform ``prepare`` was told to use; empty when it was not told."""
    role: str = ""
    """The role ``prepare`` was told, when by a flag or ``TFSWAP_ROLE``."""
    var_files: tuple[str, ...] = ()
    """Tfvars files that Terraform reads only when told, relative to the root module."""
    assume: dict[str, str] = {}
    """What the provider says beside the role's ARN when it assumes that: ``external_id``…"""
    version: int = VERSION

    @property
    def renames(self) -> tuple[Rename, ...]:
        """Physical names before and after, table by table."""
        return tuple(table.rename for table in self.tables)

    @property
    def pipelines(self) -> tuple[str, ...]:
        """Every OSIS pipeline to recreate, once each, in order."""
        return tuple(dict.fromkeys(p for table in self.tables for p in table.pipelines))

    def arn(self, table: TableSwap, *, new: bool = True) -> str:
        """ARN of the restored (or outgoing) table; needs ``account``."""
        name = table.new_name if new else table.old_name
        return f"arn:{self.partition}:dynamodb:{table.region}:{self.account}:table/{name}"


def encode(swap: Swap) -> bytes:
    """Return the swap as indented JSON, newline at the end."""
    return msgspec.json.format(msgspec.json.encode(swap), indent=2) + b"\n"


def decode(data: bytes, *, where: str = ".tfswap/swap.json") -> Swap:
    """Read a swap back, validating every field.

    Raises:
        RepoError: The bytes are no swap of this version.
    """
    hint = "Run tfswap prepare again; it rewrites the file."
    try:
        swap = msgspec.json.decode(data, type=Swap)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RepoError(
            f"{where} is not a swap file written by tfswap: {error}.", hint=hint
        ) from error
    if swap.version != VERSION:
        raise RepoError(
            f"{where} has version {swap.version}; this tfswap reads version {VERSION}.",
            hint=hint,
        )
    return swap
