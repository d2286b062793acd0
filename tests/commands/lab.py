"""A clone of the fixture and a stand-in AWS with its table, pipeline and backups; no Terraform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.commands.conftest import Clone, Outcome
from tests.journal_events import entries
from tfswap.config import Overrides
from tfswap.console import Console
from tfswap.context.command_context import CommandContext, open_context
from tfswap.demo import server, tables
from tfswap.demo.demo_env import child_env, client_factory
from tfswap.demo.seed import seed_account

OUTGOING, PIPELINE = "production-Lpas", "lpas-production-stream"
VAULT = "eu-west-1-production-backup-vault"
ACCOUNT = "123456789012"
ALIAS = "alias/opg-modernising-lpa_dynamodb_encryption"

_BODY = """version: "2"
dynamodb-pipeline:
  source:
    dynamodb:
      tables:
        - table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/production-Lpas"
  sink:
    - opensearch:
        hosts: ["https://search.example"]
        aws: {region: eu-west-1}
"""


@dataclass(frozen=True)
class Lab:
    """A clone, and the stand-in it talks to."""

    clone: Clone
    endpoint: str

    def client(self, service: str) -> Any:
        return client_factory(self.endpoint)(service)

    @property
    def env(self) -> dict[str, str]:
        shown = child_env(self.endpoint)
        return {k: v for k, v in shown.items() if k.startswith(("AWS_", "NO_PROXY", "TF_VAR_"))}

    def tfswap(self, *arguments: str, stdin: str = "", **more: str) -> Outcome:
        """Run tfswap as it is typed, in this process."""
        return self.clone.tfswap(*arguments, stdin=stdin, **{**self.env, **more})

    def process(self, *arguments: str, stdin: str = "", **more: str) -> Outcome:
        """Run it in a process of its own."""
        return self.clone.process(*arguments, stdin=stdin, **{**self.env, **more})

    def context(self, **settings: Any) -> CommandContext:
        """The surroundings of a command run in this process."""
        return open_context(self.clone.repo, Overrides(**settings), Console())

    def back_up(self, created: datetime, table: str = OUTGOING, **tags: str) -> str:
        """Make a recovery point and return its ARN; tags are the stand-in's."""
        shown = {f"standin:{name}": value for name, value in tags.items()}
        made = self.client("backup").start_backup_job(
            BackupVaultName=VAULT,
            ResourceArn=f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{table}",
            IamRoleArn=f"arn:aws:iam::{ACCOUNT}:role/aws-backup-role",
            Lifecycle={"DeleteAfterDays": 90},
            RecoveryPointTags={"standin:created": created.astimezone(UTC).isoformat(), **shown},
        )
        return str(made["RecoveryPointArn"])

    def jobs(self) -> list[dict[str, Any]]:
        """Every restore job there is."""
        return list(self.client("backup").list_restore_jobs()["RestoreJobs"])

    def journal(self) -> list[dict[str, Any]]:
        """The journal's entries."""
        return entries(self.context().journal.path)

    def status(self, table: str) -> str:
        """A table's status."""
        return str(self.client("dynamodb").describe_table(TableName=table)["Table"]["TableStatus"])


def outfit(endpoint: str) -> None:
    """Make what the fixture takes for granted, its table and its pipeline."""
    client = client_factory(endpoint)
    seed_account(client)
    key = client("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
    make_table(client("dynamodb"), OUTGOING, key)
    client("osis").create_pipeline(
        PipelineName=PIPELINE, MinUnits=1, MaxUnits=1, PipelineConfigurationBody=_BODY
    )


def make_table(dynamodb: Any, name: str, key: str, restored_from: str = "") -> None:
    """Make a table with three items in it; AWS says what it was restored from, if anything."""
    names = ("PK", "SK")
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=[
            {"AttributeName": n, "KeyType": kind}
            for n, kind in zip(names, ("HASH", "RANGE"), strict=True)
        ],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        Tags=[{"Key": "standin:restored-from", "Value": restored_from}] if restored_from else [],
    )
    tables.fill(dynamodb, name, 3)


def fork(running: server.Server, clone: Clone) -> tuple[Lab, server.Server]:
    """Return a lab on a copy of an outfitted stand-in, and the copy."""
    copied = running.fork()
    return Lab(clone, copied.endpoint), copied


def start(empty: server.Server) -> server.Server:
    """Outfit a copy of a stand-in."""
    running = empty.fork()
    outfit(running.endpoint)
    return running
