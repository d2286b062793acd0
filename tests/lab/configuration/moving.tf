# Data that moves into and out of the table, and what is written for people and programs to read.
resource "aws_backup_selection" "this" {
  name         = "lab"
  plan_id      = "11111111-2222-3333-4444-555555555555"
  iam_role_arn = local.role
  resources    = [local.table.arn]
}
resource "aws_osis_pipeline" "this" {
  pipeline_name               = "lab"
  min_units                   = 1
  max_units                   = 1
  pipeline_configuration_body = <<-BODY
    version: "2"
    dynamodb-pipeline:
      source:
        dynamodb:
          tables:
            - table_arn: "${local.table.arn}"
              stream: { start_position: "LATEST" }
          aws: { region: "eu-west-1", sts_role_arn: "${local.role}" }
      sink:
        - opensearch: { hosts: ["https://lab.eu-west-1.aoss.amazonaws.com"], index: "lab" }
  BODY
}
resource "aws_pipes_pipe" "this" {
  name     = "lab"
  role_arn = local.role
  source   = local.table.stream_arn
  target   = local.code
  source_parameters {
    dynamodb_stream_parameters { starting_position = "LATEST" }
  }
}
resource "aws_dynamodb_kinesis_streaming_destination" "this" {
  stream_arn = "arn:aws:kinesis:${local.here}:stream/lab"
  table_name = local.table.name
}
resource "aws_sfn_state_machine" "this" {
  name     = "lab"
  role_arn = local.role
  definition = jsonencode({
    StartAt = "Get"
    States = {
      Get = {
        Type       = "Task"
        Resource   = "arn:aws:states:::dynamodb:getItem"
        Parameters = { TableName = local.table.name, Key = { PK = { "S.$" = "$.id" } } }
        End        = true
      }
    }
  })
}
resource "aws_glue_crawler" "this" {
  name          = "lab"
  role          = local.role
  database_name = "lab"
  dynamodb_target { path = local.table.name }
}
resource "aws_glue_job" "this" {
  name              = "lab"
  role_arn          = local.role
  default_arguments = { "--table" = local.table.name, "--out" = "s3://lab/${local.table.name}/" }
  command { script_location = "s3://lab/job.py" }
}
resource "aws_glue_workflow" "this" {
  name                   = "lab"
  default_run_properties = { table = local.table.name }
}
resource "aws_glue_trigger" "this" {
  name = "lab"
  type = "ON_DEMAND"
  actions {
    job_name  = "lab"
    arguments = { "--table" = local.table.name }
  }
}
resource "aws_athena_named_query" "this" {
  name     = "lab"
  database = "lab"
  query    = "SELECT * FROM \"dynamo\".\"${local.table.name}\" LIMIT 10"
}
resource "aws_appsync_datasource" "this" {
  api_id           = "lab"
  name             = "lab"
  type             = "AMAZON_DYNAMODB"
  service_role_arn = local.role
  dynamodb_config { table_name = local.table.name }
}
resource "aws_appsync_resolver" "this" {
  api_id           = "lab"
  type             = "Query"
  field            = "get"
  data_source      = "lab"
  request_template = "{\"operation\": \"BatchGetItem\", \"tables\": {\"${local.table.name}\": []}}"
}
resource "aws_api_gateway_integration" "this" {
  rest_api_id             = "abcdef1234"
  resource_id             = "abcdef"
  http_method             = "GET"
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:dynamodb:action/GetItem"
  request_templates       = { "application/json" = "{\"TableName\": \"${local.table.name}\", \"Key\": {\"PK\": {\"S\": \"$input.params('id')\"}}}" }
}
resource "aws_api_gateway_rest_api" "this" {
  name = "lab"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "lab", version = "1" }
    paths = { "/" = { get = { "x-amazon-apigateway-integration" = {
      type             = "aws", httpMethod = "POST", uri = "arn:aws:apigateway:eu-west-1:dynamodb:action/Scan"
      requestTemplates = { "application/json" = jsonencode({ TableName = local.table.name }) }
    } } } }
  })
}
resource "aws_api_gateway_stage" "this" {
  rest_api_id   = "abcdef1234"
  deployment_id = "abcdef"
  stage_name    = "live"
  variables     = { table = local.table.name }
}
resource "aws_apigatewayv2_integration" "this" {
  api_id              = "abcdef1234"
  integration_type    = "AWS_PROXY"
  integration_subtype = "StepFunctions-StartExecution"
  credentials_arn     = local.role
  request_parameters  = { Input = jsonencode({ table = local.table.name }), StateMachineArn = "arn:aws:states:${local.here}:stateMachine:lab" }
}
resource "aws_apigatewayv2_stage" "this" {
  api_id          = "abcdef1234"
  name            = "live"
  stage_variables = { table = local.table.name }
}
resource "aws_ssm_parameter" "this" {
  name  = "/lab/table"
  type  = "String"
  value = jsonencode({ name = local.table.name, arn = local.table.arn })
}
resource "aws_ssm_document" "this" {
  name          = "lab"
  document_type = "Command"
  content = jsonencode({
    schemaVersion = "2.2"
    description   = "Counts the rows"
    mainSteps     = [{ action = "aws:runShellScript", name = "count", inputs = { runCommand = ["aws dynamodb scan --table-name ${local.table.name} --select COUNT"] } }]
  })
}
resource "aws_ssm_maintenance_window_task" "this" {
  window_id = "mw-0123456789abcdef0"
  task_type = "AUTOMATION"
  task_arn  = "AWS-CreateDynamoDbBackup"
  max_concurrency = "1"
  max_errors      = "1"
  targets {
    key    = "WindowTargetIds"
    values = ["11111111-2222-3333-4444-555555555555"]
  }
  task_invocation_parameters {
    automation_parameters {
      parameter {
        name   = "TableName"
        values = [local.table.name]
      }
    }
  }
}
resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = "arn:aws:secretsmanager:${local.here}:secret:lab-AbCdEf"
  secret_string = jsonencode({ table = local.table.name, region = "eu-west-1" })
}
resource "aws_s3_object" "this" {
  bucket  = "lab"
  key     = "config.json"
  content = jsonencode({ table = local.table.name })
}
resource "aws_appconfig_hosted_configuration_version" "this" {
  application_id           = "abcdef1"
  configuration_profile_id = "abcdef2"
  content_type             = "application/json"
  content                  = jsonencode({ table = local.table.name })
}
resource "aws_cloudformation_stack" "this" {
  name          = "lab"
  parameters    = { Table = local.table.name }
  template_body = jsonencode({ Parameters = { Table = { Type = "String" } }, Resources = { Wait = { Type = "AWS::CloudFormation::WaitConditionHandle" } } })
}
resource "aws_iot_topic_rule" "this" {
  name        = "lab"
  enabled     = true
  sql         = "SELECT * FROM 'lab'"
  sql_version = "2016-03-23"
  dynamodbv2 {
    role_arn = local.role
    put_item { table_name = local.table.name }
  }
}
resource "aws_kinesis_firehose_delivery_stream" "this" {
  name        = "lab"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn   = local.role
    bucket_arn = "arn:aws:s3:::lab"
    prefix     = "changes/${local.table.name}/"
  }
}
resource "aws_route53_record" "this" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "table.lab.example.com"
  type    = "TXT"
  ttl     = 60
  records = [local.table.name]
}
resource "aws_service_discovery_instance" "this" {
  instance_id = "table"
  service_id  = "srv-0123456789abcdef"
  attributes  = { AWS_INSTANCE_IPV4 = "10.0.0.1", table = local.table.name }
}
resource "aws_connect_contact_flow" "this" {
  instance_id = "11111111-2222-3333-4444-555555555555"
  name        = "lab"
  content     = jsonencode({ Version = "2019-10-30", StartAction = "a", Actions = [{ Identifier = "a", Type = "DisconnectParticipant", Parameters = { table = local.table.name }, Transitions = {} }] })
}
resource "aws_ses_template" "this" {
  name    = "lab"
  subject = "Restored"
  text    = "The table in service is ${local.table.name}."
}
resource "aws_cloudfront_function" "this" {
  name    = "lab"
  runtime = "cloudfront-js-2.0"
  code    = "const TABLE = '${local.table.name}';\nfunction handler(event) { return event.request; }\n"
}
resource "aws_lb_listener_rule" "this" {
  listener_arn = "arn:aws:elasticloadbalancing:${local.here}:listener/app/lab/0123456789abcdef/0123456789abcdef"
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "The table is ${local.table.name}."
    }
  }
  condition {
    path_pattern { values = ["/table"] }
  }
}
resource "aws_datapipeline_pipeline_definition" "this" {
  pipeline_id = "df-0123456789ABCDEF"
  pipeline_object {
    id   = "Default"
    name = "Default"
    field {
      key          = "myTable"
      string_value = local.table.name
    }
  }
}
resource "aws_transfer_workflow" "this" {
  steps {
    type = "CUSTOM"
    custom_step_details {
      name   = "record"
      target = "${local.code}:${replace(local.table.name, "/[^A-Za-z0-9]/", "_")}"
    }
  }
}
resource "aws_glue_catalog_table" "this" {
  name          = "lab"
  database_name = "lab"
  parameters    = { classification = "dynamodb", source = local.table.name }
}
resource "aws_quicksight_folder" "this" {
  folder_id = "lab"
  name      = "Reports of ${local.table.name}"
}
resource "terraform_data" "this" {
  input = { table = local.table.name, arn = local.table.arn }
}
