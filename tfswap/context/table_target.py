"""Which table, account and region a command of the AWS half is about, prepared or not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tfswap.aws import encryption_keys, recovery_points
from tfswap.aws.calls import candidates
from tfswap.aws.encryption_keys import EncryptionKey
from tfswap.aws.session import Aws
from tfswap.aws.table_status import find_table
from tfswap.config import Config, Setting
from tfswap.context.command_context import CommandContext
from tfswap.context.credentials import open_aws
from tfswap.context.input_checks import plain
from tfswap.context.terraform_facts import selected_workspace, state_reader, terraform_variables
from tfswap.discovery.locate import LocatedTable, locate
from tfswap.discovery.related_resources import Encryption
from tfswap.errors import AmbiguousError, AwsError, RepoError, UsageError
from tfswap.names import TableArn
from tfswap.swap import Swap


@dataclass(frozen=True)
class TableTarget:
    """A table of one environment, and the door to its account."""

    located: LocatedTable
    outgoing: str
    """Physical name of the table in service."""
    aws: Aws

    def arn(self, name: str) -> TableArn:
        """Return the ARN of a table in the same place."""
        place = self.located
        return TableArn(place.partition, place.region, self.aws.account, name)

    @property
    def place(self) -> str:
        """Where it lives, for questions."""
        where = self.located
        return f"account {self.aws.account}, {where.region}, environment {where.environment}"


def target_of(context: CommandContext, table: str) -> TableTarget:
    """Find a table as ``prepare`` does, or as it was prepared, and say what was found.

    Args:
        context: The command's surroundings.
        table: Base, dated or physical name, or an ARN.

    Raises:
        RepoError: No such table, or several.
        UsageError: Neither repository nor flags tell account or region.
    """
    swap = prepared_swap(context)
    config = as_prepared(context.config, swap) if swap else context.config
    found = locate(
        context.git.root,
        plain(table),
        config,
        selected_workspace=selected_workspace(context),
        state=state_reader(context),
        variables=terraform_variables(context),
    )
    account = known_place(found.account or (swap.account if swap else ""), found.region)
    saved = context.remembering(swap) if swap else context
    say_location(saved, found.environment, found.origin)
    aws = open_aws(
        saved,
        region=found.region,
        account=account,
        partition=found.partition,
        assume=found.assume,
    )
    return TableTarget(found, _in_service(context, swap, found), aws)


def say_location(context: CommandContext, environment: str, origin: str) -> None:
    """Say which environment was chosen and why, and with which role."""
    context.console.say(f"environment {environment} (from {origin})")
    role = context.config.role
    if role is not None:
        context.console.say(f"role {role.value or 'none'} (from {role.origin})")


def known_place(account: str, region: str) -> str:
    """Return the account once it is known, and the region too.

    Raises:
        UsageError: One of them is not.
    """
    for what, value, flag in (("account", account, "--account"), ("region", region, "--region")):
        if not value:
            raise UsageError(
                f"The {what} is neither in the repository nor in the state.", hint=f"Set it: {flag}"
            )
    return account


def prepared_swap(context: CommandContext) -> Swap | None:
    """Return the swap prepared here, unless flags ask for another environment."""
    try:
        swap = context.directory.find()
    except RepoError as error:
        context.console.warn(error.message)
        return None
    chosen = context.config.environment
    if swap is None or (chosen is not None and chosen.value != swap.environment):
        return None
    return swap


def as_prepared(config: Config, swap: Swap) -> Config:
    """Return the settings with what the swap was prepared with where nothing is set now."""
    return replace(
        config,
        environment=config.environment or Setting(swap.environment, "the prepared swap"),
        workspace=config.workspace or swap.workspace,
        root_module=config.root_module or swap.root_module,
        env_var_files=tuple(dict.fromkeys((*config.env_var_files, *swap.var_files))),
    )


def _in_service(context: CommandContext, swap: Swap | None, found: LocatedTable) -> str:
    """Return the table in service: what the tfvars name, unless that is only prepared."""
    if swap is not None and not context.journal.progress().applies.applied:
        for table in swap.tables:
            if table.address == found.address and table.new_name == found.name:
                return table.old_name
    return found.name


def vault_of(
    context: CommandContext, client: object, target: TableTarget, saved: str | None
) -> str:
    """Return the backup vault: as told, as the repository names it, or where the backups are.

    Raises:
        UsageError: The vault told of is in another region or account.
        AmbiguousError: There are several, or none is to be found.
        AwsError: AWS cannot be asked.
    """
    if saved:
        return _vault_name(target, saved)
    named = {vault.name: vault for vault in target.located.vaults}
    if len(named) == 1:
        vault = next(iter(named.values()))
        context.console.say(f"vault {vault.name} (from {vault.file}:{vault.line})")
        return vault.name
    found = sorted(named) or recovery_points.vaults_of(client, target.arn(target.outgoing))
    if len(found) == 1:
        context.console.say(f"vault {found[0]} (from the table's recovery points)")
        return found[0]
    every = tuple(found) or candidates(lambda: recovery_points.vault_names(client))
    raise AmbiguousError(
        f"The backup vault of {target.outgoing} cannot be determined.",
        hint="Choose it with --vault.",
        details=every or ("the account has no vault in this region",),
    )


def _vault_name(target: TableTarget, saved: str) -> str:
    """Return a vault's name; AWS Backup takes no ARN for it, and people copy ARNs.

    ``arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME`` (Service Authorization Reference).
    """
    parts = saved.split(":")
    if parts[0] != "arn" or len(parts) != len(("arn", "aws", "backup", "r", "a", "kind", "name")):
        return saved
    there, here = tuple(parts[3:5]), (target.located.region, target.aws.account)
    if there != here:
        raise UsageError(
            f"The vault {saved} is in {there[0]}, account {there[1]}; the table is in {here[0]}, "
            f"account {here[1]}.",
            hint="Choose a vault of the table's account and region with --vault, or omit --vault.",
        )
    return parts[-1]


def key_of(target: TableTarget, saved: str | None) -> EncryptionKey:
    """Return the key the restored table shall have: as told, as configured, or as it has now.

    Raises:
        AwsError: The key does not exist or cannot be used, or nothing tells which it is.
    """
    kms = target.aws.client("kms")
    if saved:
        return encryption_keys.resolve_key(kms, saved)
    request = target.located.key
    if request.kind is Encryption.CUSTOMER:
        return encryption_keys.resolve_key(kms, request.name)
    if request.kind is Encryption.OWNED:
        return encryption_keys.OWNED
    if request.kind is Encryption.MANAGED:
        return encryption_keys.MANAGED
    now = find_table(target.aws.client("dynamodb"), target.outgoing)
    if now is not None:
        return (
            EncryptionKey("KMS", now.key_arn, "as the table in service")
            if now.key_arn
            else encryption_keys.OWNED
        )
    raise AwsError(
        f"The encryption key of {target.outgoing} is neither in the configuration nor "
        "reported by AWS.",
        hint="Set it with --key alias/… or its ARN.",
        details=candidates(lambda: encryption_keys.aliases(kms)),
    )
