"""The generated file of what the provider's types are made of, and its reader."""

from __future__ import annotations

from tfswap.verify.model.provider_schema import type_schema


def test_a_type_is_read_by_its_whole_name() -> None:
    assert type_schema("aws_dynamodb") is None
    assert type_schema("dynamodb_table") is None
    assert type_schema("google_storage_bucket") is None
    table = type_schema("aws_dynamodb_table")
    assert table is not None and table.sdk
    assert {"arn", "stream_arn", "replica.arn"} <= table.computed
    assert {"global_secondary_index", "replica", "attribute"} <= table.sets
    assert "ttl" in table.blocks
    assert "name" not in table.computed | table.optional_computed


def test_blocks_that_a_provider_computes_are_known() -> None:
    """The schema itself does not tell them apart; the provider was asked for a plan."""
    mapping = type_schema("aws_lambda_event_source_mapping")
    target = type_schema("aws_appautoscaling_target")
    selection = type_schema("aws_backup_selection")
    assert mapping and target and selection
    assert "self_managed_kafka_event_source_config" in mapping.optional_computed
    assert "destination_config" not in mapping.optional_computed
    assert "suspended_state" in target.optional_computed
    assert {"condition", "not_resources"} <= selection.optional_computed


def test_write_only_arguments_and_other_kinds_of_providers_are_known() -> None:
    parameter, data = type_schema("aws_ssm_parameter"), type_schema("terraform_data")
    framework = type_schema("aws_osis_pipeline")
    assert parameter and data and framework
    assert parameter.write_only == {"value_wo"}
    assert data.computed == {"id", "output"}
    assert not framework.sdk and parameter.sdk
