"""Which resource types hold data or keys: deleting such an object loses what no plan brings back.

Types of the AWS provider are listed, each one of its schema looked at: databases, buckets, keys,
vaults, file systems, search collections, queues and streams, registries, logs, secrets, stacks (for
what they hold), directories, and what people made by hand. Of types of other providers the name
tells some; of the rest nobody here knows.
"""

from __future__ import annotations

import re
from functools import cache

from tfswap.verify.model.provider_schema import type_schema

STATEFUL = frozenset(
    {
        "aws_acmpca_certificate_authority",
        "aws_ami",
        "aws_ami_copy",
        "aws_ami_from_instance",
        "aws_athena_database",
        "aws_auditmanager_assessment",
        "aws_auditmanager_assessment_report",
        "aws_backup_logically_air_gapped_vault",
        "aws_backup_vault",
        "aws_bedrock_custom_model",
        "aws_bedrockagent_data_source",
        "aws_bedrockagent_knowledge_base",
        "aws_chimesdkvoice_voice_profile_domain",
        "aws_cloud9_environment_ec2",
        "aws_cloudcontrolapi_resource",
        "aws_cloudformation_stack",
        "aws_cloudformation_stack_instances",
        "aws_cloudformation_stack_set",
        "aws_cloudformation_stack_set_instance",
        "aws_cloudfront_key_value_store",
        "aws_cloudfrontkeyvaluestore_key",
        "aws_cloudfrontkeyvaluestore_keys_exclusive",
        "aws_cloudhsm_v2_cluster",
        "aws_cloudhsm_v2_hsm",
        "aws_cloudsearch_domain",
        "aws_cloudtrail_event_data_store",
        "aws_cloudwatch_event_archive",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_stream",
        "aws_codeartifact_domain",
        "aws_codeartifact_repository",
        "aws_codebuild_report_group",
        "aws_codecatalyst_dev_environment",
        "aws_codecatalyst_project",
        "aws_codecatalyst_source_repository",
        "aws_codecommit_repository",
        "aws_cognito_identity_pool",
        "aws_cognito_user",
        "aws_cognito_user_pool",
        "aws_comprehend_document_classifier",
        "aws_comprehend_entity_recognizer",
        "aws_connect_instance",
        "aws_connect_phone_number",
        "aws_connect_user",
        "aws_customerprofiles_domain",
        "aws_customerprofiles_profile",
        "aws_dataexchange_data_set",
        "aws_dataexchange_revision",
        "aws_dataexchange_revision_assets",
        "aws_datazone_domain",
        "aws_datazone_environment",
        "aws_datazone_project",
        "aws_dax_cluster",
        "aws_db_cluster_snapshot",
        "aws_db_instance",
        "aws_db_instance_automated_backups_replication",
        "aws_db_snapshot",
        "aws_db_snapshot_copy",
        "aws_detective_graph",
        "aws_devicefarm_project",
        "aws_devicefarm_upload",
        "aws_directory_service_directory",
        "aws_directory_service_region",
        "aws_dms_replication_config",
        "aws_dms_replication_task",
        "aws_docdb_cluster",
        "aws_docdb_cluster_instance",
        "aws_docdb_cluster_snapshot",
        "aws_docdb_global_cluster",
        "aws_docdbelastic_cluster",
        "aws_dsql_cluster",
        "aws_dynamodb_global_secondary_index",
        "aws_dynamodb_global_table",
        "aws_dynamodb_table",
        "aws_dynamodb_table_export",
        "aws_dynamodb_table_item",
        "aws_dynamodb_table_replica",
        "aws_ebs_snapshot",
        "aws_ebs_snapshot_copy",
        "aws_ebs_snapshot_import",
        "aws_ebs_volume",
        "aws_ecr_repository",
        "aws_ecrpublic_repository",
        "aws_efs_file_system",
        "aws_eks_cluster",
        "aws_elastic_beanstalk_environment",
        "aws_elasticache_cluster",
        "aws_elasticache_global_replication_group",
        "aws_elasticache_replication_group",
        "aws_elasticache_serverless_cache",
        "aws_elasticsearch_domain",
        "aws_emr_cluster",
        "aws_finspace_kx_cluster",
        "aws_finspace_kx_database",
        "aws_finspace_kx_environment",
        "aws_finspace_kx_volume",
        "aws_fsx_backup",
        "aws_fsx_file_cache",
        "aws_fsx_lustre_file_system",
        "aws_fsx_ontap_file_system",
        "aws_fsx_ontap_storage_virtual_machine",
        "aws_fsx_ontap_volume",
        "aws_fsx_openzfs_file_system",
        "aws_fsx_openzfs_snapshot",
        "aws_fsx_openzfs_volume",
        "aws_fsx_windows_file_system",
        "aws_gamelift_build",
        "aws_glacier_vault",
        "aws_glue_catalog_database",
        "aws_glue_catalog_table",
        "aws_glue_ml_transform",
        "aws_glue_partition",
        "aws_glue_registry",
        "aws_glue_schema",
        "aws_grafana_workspace",
        "aws_guardduty_detector",
        "aws_iam_access_key",
        "aws_iam_service_specific_credential",
        "aws_iam_user",
        "aws_iam_user_login_profile",
        "aws_iam_virtual_mfa_device",
        "aws_identitystore_user",
        "aws_imagebuilder_image",
        "aws_instance",
        "aws_iot_certificate",
        "aws_kendra_data_source",
        "aws_kendra_index",
        "aws_keyspaces_keyspace",
        "aws_keyspaces_table",
        "aws_kinesis_analytics_application",
        "aws_kinesis_stream",
        "aws_kinesis_video_stream",
        "aws_kinesisanalyticsv2_application",
        "aws_kinesisanalyticsv2_application_snapshot",
        "aws_kms_custom_key_store",
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_replica_external_key",
        "aws_kms_replica_key",
        "aws_lightsail_bucket",
        "aws_lightsail_database",
        "aws_lightsail_disk",
        "aws_lightsail_instance",
        "aws_location_geofence_collection",
        "aws_location_tracker",
        "aws_m2_environment",
        "aws_macie2_account",
        "aws_media_store_container",
        "aws_memorydb_cluster",
        "aws_memorydb_multi_region_cluster",
        "aws_memorydb_snapshot",
        "aws_mq_broker",
        "aws_msk_cluster",
        "aws_msk_serverless_cluster",
        "aws_mwaa_environment",
        "aws_neptune_cluster",
        "aws_neptune_cluster_instance",
        "aws_neptune_cluster_snapshot",
        "aws_neptune_global_cluster",
        "aws_neptunegraph_graph",
        "aws_opensearch_domain",
        "aws_opensearchserverless_collection",
        "aws_organizations_account",
        "aws_organizations_organization",
        "aws_paymentcryptography_key",
        "aws_pinpoint_app",
        "aws_pinpointsmsvoicev2_opt_out_list",
        "aws_pinpointsmsvoicev2_phone_number",
        "aws_prometheus_workspace",
        "aws_qbusiness_application",
        "aws_qldb_ledger",
        "aws_quicksight_namespace",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_rds_cluster_snapshot_copy",
        "aws_rds_custom_db_engine_version",
        "aws_rds_global_cluster",
        "aws_rds_shard_group",
        "aws_redshift_cluster",
        "aws_redshift_cluster_snapshot",
        "aws_redshiftserverless_namespace",
        "aws_redshiftserverless_snapshot",
        "aws_rekognition_collection",
        "aws_rekognition_project",
        "aws_route53_zone",
        "aws_route53domains_domain",
        "aws_route53domains_registered_domain",
        "aws_s3_bucket",
        "aws_s3_bucket_object",
        "aws_s3_directory_bucket",
        "aws_s3_object",
        "aws_s3_object_copy",
        "aws_s3control_bucket",
        "aws_s3tables_namespace",
        "aws_s3tables_table",
        "aws_s3tables_table_bucket",
        "aws_sagemaker_domain",
        "aws_sagemaker_feature_group",
        "aws_sagemaker_mlflow_tracking_server",
        "aws_sagemaker_model_package_group",
        "aws_sagemaker_notebook_instance",
        "aws_sagemaker_space",
        "aws_sagemaker_user_profile",
        "aws_schemas_registry",
        "aws_schemas_schema",
        "aws_secretsmanager_secret",
        "aws_secretsmanager_secret_version",
        "aws_securityhub_account",
        "aws_securitylake_data_lake",
        "aws_serverlessapplicationrepository_cloudformation_stack",
        "aws_servicecatalog_provisioned_product",
        "aws_sesv2_contact_list",
        "aws_simpledb_domain",
        "aws_spot_instance_request",
        "aws_sqs_queue",
        "aws_ssm_parameter",
        "aws_ssmincidents_replication_set",
        "aws_storagegateway_cached_iscsi_volume",
        "aws_storagegateway_gateway",
        "aws_storagegateway_stored_iscsi_volume",
        "aws_storagegateway_tape_pool",
        "aws_swf_domain",
        "aws_timestreaminfluxdb_db_instance",
        "aws_timestreamwrite_database",
        "aws_timestreamwrite_table",
        "aws_transcribe_language_model",
        "aws_verifiedpermissions_policy_store",
        "aws_workspaces_directory",
        "aws_workspaces_workspace",
    }
)
"""Those of hashicorp/aws 5.100, and indexes of version 6."""

_WRITTEN_AGAIN = frozenset({"aws_secretsmanager_secret_version", "aws_ssm_parameter"})
"""What they hold is an argument of the configuration: a new one holds it again, or the difference
shows. Another version of a secret leaves the one before where it is."""

_HOLDS = re.compile(
    r"(?:^|_)(?:archive|backup|bigquery|bigtable|blob|bucket|cache|cassandra|claim|cluster|cosmosdb"
    r"|database|dataset|datastore|db|directory|disk|documentdb|dynamodb|elasticsearch|file_?share"
    r"|file_?system|firestore|index|instance|kafka|key|key_?pair|key_?ring|mongodb(?:atlas)?|mssql"
    r"|mysql|opensearch|password|persistent|postgres(?:ql)?|private_key|queue|redis|registry"
    r"|repository|secret|snapshot|spanner|sql|stack|stateful_set|storage|stream|table|topic|user"
    r"|vault|volume|warehouse|zone)(?:_v[0-9]\w*)?(?:_|$)|^random_|^tls_|^awscc_"
)
"""Words in the names of other providers' types: what they name holds data, or is a secret."""

_HOLDS_NOTHING = re.compile(
    r"(?:null|time|datadog|newrelic|opsgenie|pagerduty)_\w+|local_file"
    r"|kubernetes_(?:config_map|deployment|service|service_account)(?:_v[0-9]\w*)?"
)
"""Types of other providers that hold nothing the configuration does not write again."""


@cache
def holds_data(kind: str) -> bool | None:
    """Return whether objects of a type hold data or keys; None when nobody here knows."""
    if kind in STATEFUL:
        return True
    if type_schema(kind) is not None or _HOLDS_NOTHING.fullmatch(kind):
        return False
    return True if _HOLDS.search(kind) else None


def lost(kind: str, *, replaced: bool) -> bool:
    """Return whether deleting an object of a type loses data.

    Args:
        kind: Resource type.
        replaced: Whether a new object takes its place.
    """
    return holds_data(kind) is True and not (replaced and kind in _WRITTEN_AGAIN)
