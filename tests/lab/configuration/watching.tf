# Alarms, dashboards, scaling, trails and rules.
resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = "${local.table.name}-throttles"
  namespace           = "AWS/DynamoDB"
  metric_name         = "ReadThrottleEvents"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  dimensions          = { TableName = local.table.name }
}
resource "aws_cloudwatch_composite_alarm" "this" {
  alarm_name = "lab-any"
  alarm_rule = "ALARM(${aws_cloudwatch_metric_alarm.this.alarm_name})"
}
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "lab"
  dashboard_body = jsonencode({
    widgets = [{
      type = "metric", x = 0, y = 0, width = 12, height = 6
      properties = {
        region  = "eu-west-1"
        title   = "Reads of ${local.table.name}"
        metrics = [["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", local.table.name]]
      }
    }]
  })
}
resource "aws_cloudwatch_log_metric_filter" "this" {
  name           = "lab"
  log_group_name = "lab"
  pattern        = "{ $.table = \"${local.table.name}\" }"
  metric_transformation {
    name      = "Errors"
    namespace = "Lab"
    value     = "1"
  }
}
resource "aws_cloudwatch_query_definition" "this" {
  name         = "lab"
  query_string = "fields @timestamp | filter table = '${local.table.name}'"
}
resource "aws_cloudwatch_log_subscription_filter" "this" {
  name            = "lab"
  log_group_name  = "lab"
  destination_arn = local.code
  filter_pattern  = "\"${local.table.name}\""
}
resource "aws_appautoscaling_target" "this" {
  min_capacity       = 1
  max_capacity       = 10
  resource_id        = "table/${local.table.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  service_namespace  = "dynamodb"
}
resource "aws_appautoscaling_policy" "this" {
  name               = "DynamoDBReadCapacityUtilization:${aws_appautoscaling_target.this.resource_id}"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  target_tracking_scaling_policy_configuration {
    target_value = 70
    predefined_metric_specification { predefined_metric_type = "DynamoDBReadCapacityUtilization" }
  }
}
resource "aws_appautoscaling_scheduled_action" "this" {
  name               = "lab"
  service_namespace  = "dynamodb"
  resource_id        = "table/${local.table.name}/index/OwnerIndex"
  scalable_dimension = "dynamodb:index:ReadCapacityUnits"
  schedule           = "at(2030-01-01T00:00:00)"
  scalable_target_action {
    min_capacity = 1
    max_capacity = 2
  }
}
resource "aws_cloudtrail" "this" {
  name           = "lab"
  s3_bucket_name = "lab"
  event_selector {
    data_resource {
      type   = "AWS::DynamoDB::Table"
      values = [local.table.arn]
    }
  }
}
resource "aws_cloudwatch_event_rule" "this" {
  name          = "lab"
  event_pattern = jsonencode({ source = ["aws.backup"], detail = { resourceArn = [local.table.arn] } })
}
resource "aws_cloudwatch_event_target" "this" {
  rule  = "lab"
  arn   = local.code
  input = jsonencode({ table = local.table.name, action = "export" })
}
resource "aws_scheduler_schedule" "this" {
  name                = "lab"
  schedule_expression = "rate(1 day)"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime"
    role_arn = local.role
    input    = jsonencode({ TableArn = local.table.arn, S3Bucket = "lab" })
  }
}
resource "aws_config_config_rule" "this" {
  name             = "lab"
  input_parameters = jsonencode({ table = local.table.name })
  scope {
    compliance_resource_id    = local.table.name
    compliance_resource_types = ["AWS::DynamoDB::Table"]
  }
  source {
    owner             = "AWS"
    source_identifier = "DYNAMODB_PITR_ENABLED"
  }
}
resource "aws_budgets_budget" "this" {
  name         = "lab"
  budget_type  = "COST"
  limit_amount = "10.0"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  cost_filter {
    name   = "TagKeyValue"
    values = [join("$", ["user:table", local.table.name]), "user:table$x-${local.table.name}"]
  }
}
resource "aws_dynamodb_contributor_insights" "this" { table_name = local.table.name }
resource "aws_fis_experiment_template" "this" {
  description = "lab"
  role_arn    = local.role
  stop_condition { source = "none" }
  action {
    name      = "pause"
    action_id = "aws:dynamodb:global-table-pause-replication"
    target {
      key   = "Tables"
      value = "tables"
    }
    parameter {
      key   = "duration"
      value = "PT5M"
    }
  }
  target {
    name           = "tables"
    resource_type  = "aws:dynamodb:global-table"
    selection_mode = "ALL"
    resource_arns  = [local.table.arn]
  }
}
resource "aws_resourcegroups_resource" "this" {
  group_arn    = "arn:aws:resource-groups:${local.here}:group/lab"
  resource_arn = local.table.arn
}
resource "aws_ram_resource_association" "this" {
  resource_share_arn = "arn:aws:ram:${local.here}:resource-share/11111111-2222-3333-4444-555555555555"
  resource_arn       = local.table.arn
}
resource "aws_ssmincidents_response_plan" "this" {
  name = "lab"
  incident_template {
    title   = "The table ${local.table.name} is away"
    impact  = 1
    summary = "Restore it"
  }
}
resource "aws_devopsguru_resource_collection" "this" {
  type = "AWS_TAGS"
  tags {
    app_boundary_key = "DevOps-Guru-lab"
    tag_values       = [local.table.name]
  }
}
