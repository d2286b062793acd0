"""Finding a table and what is around it, with no swap prepared."""

from __future__ import annotations

from datetime import date

import pytest

from tests.discovery.conftest import ROOT, Make
from tfswap.config import Config, Setting
from tfswap.demo.fixture import find_fixture
from tfswap.discovery.locate import LocatedTable, locate, pipelines
from tfswap.discovery.related_resources import Encryption
from tfswap.errors import AmbiguousError, RepoError

ALIAS = 'data "aws_kms_alias" "key" {\n  name = "alias/${local.environment_name}_encryption"\n}\n'
DATA = "data.aws_kms_alias.key.target_key_arn"


@pytest.fixture
def found() -> LocatedTable:
    return locate(find_fixture(), "Lpas", Config())


def test_the_fixture_tells_table_vault_and_key(found: LocatedTable) -> None:
    assert (found.name, found.base) == ("production-Lpas", "Lpas")
    assert (found.region, found.account, found.partition) == ("eu-west-1", "123456789012", "aws")
    assert [vault.name for vault in found.vaults] == ["eu-west-1-production-backup-vault"]
    assert found.key == (Encryption.CUSTOMER, "alias/opg-modernising-lpa_dynamodb_encryption")


@pytest.mark.parametrize(
    "name", ["Lpas", "Lpas-20240715", "production-Lpas", "production-Lpas-20240715"]
)
def test_any_of_the_tables_names_will_do(found: LocatedTable, name: str) -> None:
    assert locate(find_fixture(), name, Config()) == found


def test_a_restored_table_is_named_after_its_day(found: LocatedTable) -> None:
    assert found.dated_name(date(2024, 7, 15)) == "production-Lpas-20240715"


@pytest.mark.parametrize(
    ("physical", "relative"),
    [
        ("production-Lpas", True),
        ("production-Lpas-20240715", True),
        ("production-Lpas-202407151", False),
        ("preproduction-Lpas", False),
        ("production-LpasX20240715", False),
        ("production-Lpas-20240715-x", False),
    ],
)
def test_relatives_are_the_same_table_under_another_date(
    found: LocatedTable, physical: str, relative: bool
) -> None:
    assert found.is_relative(physical) is relative


def test_another_environment_has_another_vault() -> None:
    config = Config(environment=Setting("default", "--environment"), workspace="default")
    vaults = locate(find_fixture(), "Lpas", config).vaults
    assert [vault.name for vault in vaults] != ["eu-west-1-production-backup-vault"]


def test_a_table_that_is_not_there_is_refused_with_what_there_is() -> None:
    with pytest.raises(RepoError, match="no table is named 'Nope'") as shown:
        locate(find_fixture(), "Nope", Config())
    assert any("production-Lpas" in line for line in shown.value.details)


def test_the_pipelines_of_the_environment() -> None:
    found = pipelines(find_fixture(), Config())
    assert [(p.name, p.address) for p in found.found] == [
        ("lpas-production-stream", "aws_osis_pipeline.lpas_stream[0]")
    ]
    assert found.account == "123456789012"


def test_an_environment_that_is_not_there_is_refused() -> None:
    with pytest.raises(RepoError, match="no environment 'prod'"):
        pipelines(find_fixture(), Config(environment=Setting("prod", "--environment")))


@pytest.mark.parametrize(
    ("block", "more", "kind", "name"),
    [
        ("", "", Encryption.OWNED, ""),
        ("enabled = false", "", Encryption.OWNED, ""),
        ("enabled = true", "", Encryption.MANAGED, ""),
        ("enabled = var.nobody_knows", "", Encryption.UNKNOWN, ""),
        (f"enabled = true\n kms_key_arn = {DATA}", ALIAS, Encryption.CUSTOMER, "alias/…"),
        ("enabled = true\n kms_key_arn = local.key", ALIAS, Encryption.CUSTOMER, "alias/…"),
        (
            'enabled = true\n kms_key_arn = "arn:aws:kms:x"',
            "",
            Encryption.CUSTOMER,
            "arn:aws:kms:x",
        ),
        ("enabled = true\n kms_key_arn = aws_kms_key.mine.arn", "", Encryption.UNKNOWN, ""),
        ("enabled = true\n kms_key_arn = local.loop", "", Encryption.UNKNOWN, ""),
    ],
)
def test_the_key_is_followed_to_its_alias(
    make: Make, block: str, more: str, kind: Encryption, name: str
) -> None:
    sse = f"  server_side_encryption {{\n    {block}\n  }}\n" if block else ""
    table = (
        'resource "aws_dynamodb_table" "lpas_table" {\n'
        '  name = "${local.environment_name}-${local.environment.dynamodb.lpas_table_name}"\n'
        f"  provider = aws.eu_west_1\n{sse}}}\n"
    )
    more += f"locals {{\n  key = {DATA}\n  loop = local.loop\n}}\n"
    repo = make({f"{ROOT}/dynamodb.tf": table, f"{ROOT}/keys.tf": more})
    key = locate(repo, "Lpas", Config()).key
    assert key == (kind, name.replace("…", "production_encryption"))


def test_several_tables_of_the_name_are_ambiguous(make: Make) -> None:
    twice = "".join(
        f'resource "aws_dynamodb_table" "{label}" {{\n'
        '  name = "${local.environment_name}-${local.environment.dynamodb.lpas_table_name}"\n}\n'
        for label in ("one", "two")
    )
    with pytest.raises(AmbiguousError, match="is the name of several tables"):
        locate(make({f"{ROOT}/dynamodb.tf": twice}), "Lpas", Config())
