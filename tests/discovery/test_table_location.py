"""Partitions, and what the provider says when it assumes its role."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.session import get_session

from tfswap.config import Config
from tfswap.demo import fixture
from tfswap.discovery.locate import locate
from tfswap.discovery.table_location import partition_of


@pytest.mark.parametrize("partition", get_session().get_available_partitions())
def test_every_region_botocore_knows_is_in_its_partition(partition: str) -> None:
    session = get_session()
    regions = session.get_available_regions("dynamodb", partition)
    assert {partition_of(region) for region in regions} <= {partition}
    endpoints = session.get_component("endpoint_resolver")._endpoint_data["partitions"]
    known = next(each for each in endpoints if each["partition"] == partition)
    assert {partition_of(region) for region in known["regions"]} <= {partition}


def test_every_partition_has_a_region_here() -> None:
    session = get_session()
    named = {"eusc-de-east-1": "aws-eusc", "us-isob-east-1": "aws-iso-b", "cn-north-1": "aws-cn"}
    for region, partition in named.items():
        assert session.get_partition_for_region(region) == partition == partition_of(region)


def test_what_the_provider_says_when_it_assumes_its_role(tmp_path: Path) -> None:
    repo = fixture.make_repo(tmp_path / "repo", tmp_path / "origin.git")
    config = Config()
    assert locate(repo, "Lpas", config).assume.keys() <= {"session_name"}
    for path in (repo / "terraform/environment").glob("*.tf"):
        text = path.read_text()
        extra = '\n    external_id = "x-${terraform.workspace}"\n    duration = "1h30m"\n'
        tags = '    tags = { team = "lpa" }\n'
        path.write_text(text.replace("assume_role {", f"assume_role {{{extra}{tags}"))
    shown = locate(repo, "Lpas", config).assume
    assert shown["external_id"] == "x-production"
    assert (shown["duration"], shown["tag:team"]) == ("1h30m", "lpa")
