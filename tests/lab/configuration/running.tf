# What runs and is told the table's name.
resource "aws_lambda_function" "this" {
  function_name = "lab"
  role          = local.role
  package_type  = "Image"
  image_uri     = local.image
  publish       = true
  environment { variables = { TABLE = local.table.name, ARN = local.table.arn, SERVICE = "lab" } }
}
resource "aws_lambda_alias" "this" {
  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}
resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn  = local.table.stream_arn
  function_name     = local.code
  starting_position = "LATEST"
}
resource "aws_lambda_permission" "this" {
  action        = "lambda:InvokeFunction"
  function_name = "lab"
  principal     = "dynamodb.amazonaws.com"
  source_arn    = local.table.arn
}
resource "aws_ecs_task_definition" "this" {
  family                   = "lab"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "app"
    image        = local.image
    essential    = true
    portMappings = [{ containerPort = 80 }]
    environment  = [{ name = "TABLE", value = local.table.name }, { name = "SERVICE", value = "lab" }]
  }])
}
resource "aws_ecs_service" "this" {
  name            = "lab"
  cluster         = "lab"
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = 1
}
resource "aws_batch_job_definition" "this" {
  name = "lab"
  type = "container"
  container_properties = jsonencode({
    image       = local.image
    command     = ["export", local.table.name]
    environment = [{ name = "TABLE", value = local.table.name }]
    resourceRequirements = [
      { type = "VCPU", value = "1" },
      { type = "MEMORY", value = "512" },
    ]
  })
}
resource "aws_apprunner_service" "this" {
  service_name = "lab"
  source_configuration {
    image_repository {
      image_identifier      = "public.ecr.aws/lab/app:v1.48.0"
      image_repository_type = "ECR_PUBLIC"
      image_configuration { runtime_environment_variables = { TABLE = local.table.name } }
    }
  }
}
resource "aws_elastic_beanstalk_environment" "this" {
  name                = "lab"
  application         = "lab"
  solution_stack_name = "64bit Amazon Linux 2023 v4.0.0 running Python 3.11"
  setting {
    namespace = "aws:elasticbeanstalk:application:environment"
    name      = "TABLE"
    value     = local.table.name
  }
}
resource "aws_elastic_beanstalk_configuration_template" "this" {
  name                = "lab"
  application         = "lab"
  solution_stack_name = "64bit Amazon Linux 2023 v4.0.0 running Python 3.11"
  setting {
    namespace = "aws:elasticbeanstalk:application:environment"
    name      = "TABLE"
    value     = local.table.name
  }
}
resource "aws_launch_template" "this" {
  name                   = "lab"
  update_default_version = true
  user_data              = base64encode("#!/bin/sh\nexport TABLE=${local.table.name}\n/opt/app/start\n")
}
resource "aws_instance" "this" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data     = "#!/bin/sh\necho TABLE=${local.table.name} > /etc/app.env\n"
}
resource "aws_codebuild_project" "this" {
  name         = "lab"
  service_role = local.role
  artifacts { type = "NO_ARTIFACTS" }
  source {
    type      = "NO_SOURCE"
    buildspec = "version: 0.2\nenv:\n  variables:\n    TABLE: ${local.table.name}\n"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
    environment_variable {
      name  = "TABLE"
      value = local.table.name
    }
  }
}
resource "aws_codepipeline" "this" {
  name     = "lab"
  role_arn = local.role
  artifact_store {
    location = "lab"
    type     = "S3"
  }
  stage {
    name = "Source"
    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "S3"
      version          = "1"
      output_artifacts = ["source"]
      configuration    = { S3Bucket = "lab", S3ObjectKey = "lab.zip" }
    }
  }
  stage {
    name = "Build"
    action {
      name            = "Build"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
      configuration = {
        ProjectName          = "lab"
        EnvironmentVariables = jsonencode([{ name = "TABLE", value = local.table.name, type = "PLAINTEXT" }])
      }
    }
  }
}
resource "aws_sagemaker_model" "this" {
  name               = "lab"
  execution_role_arn = local.role
  primary_container {
    image       = local.image
    environment = { TABLE = local.table.name }
  }
}
resource "aws_mwaa_environment" "this" {
  name                          = "lab"
  dag_s3_path                   = "dags/"
  execution_role_arn            = local.role
  source_bucket_arn             = "arn:aws:s3:::lab"
  airflow_configuration_options = { "custom.table" = local.table.name }
  network_configuration {
    security_group_ids = ["sg-0123456789abcdef0"]
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  }
}
resource "aws_amplify_app" "this" {
  name                  = "lab"
  environment_variables = { TABLE = local.table.name }
}
resource "aws_amplify_branch" "this" {
  app_id                = "d1234567890abc"
  branch_name           = "main"
  environment_variables = { TABLE = local.table.name }
}
resource "aws_lightsail_container_service_deployment_version" "this" {
  service_name = "lab"
  container {
    container_name = "app"
    image          = "lab:v1.48.0"
    environment    = { TABLE = local.table.name }
    ports          = { 80 = "HTTP" }
  }
}
resource "aws_synthetics_canary" "this" {
  name                 = "lab"
  artifact_s3_location = "s3://lab/canary"
  execution_role_arn   = local.role
  handler              = "canary.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.0"
  s3_bucket            = "lab"
  s3_key               = "canary.zip"
  schedule { expression = "rate(5 minutes)" }
  run_config {
    timeout_in_seconds    = 60
    environment_variables = { TABLE = local.table.name }
  }
}
resource "aws_kinesisanalyticsv2_application" "this" {
  name                   = "lab"
  runtime_environment    = "FLINK-1_15"
  service_execution_role = local.role
  application_configuration {
    application_code_configuration {
      code_content_type = "ZIPFILE"
      code_content {
        s3_content_location {
          bucket_arn = "arn:aws:s3:::lab"
          file_key   = "flink.zip"
        }
      }
    }
    environment_properties {
      property_group {
        property_group_id = "app"
        property_map      = { "table.name" = local.table.name }
      }
    }
  }
}
resource "aws_imagebuilder_component" "this" {
  name     = "lab"
  platform = "Linux"
  version  = "1.0.0"
  data = yamlencode({
    schemaVersion = 1.0
    phases = [{
      name  = "build"
      steps = [{ name = "env", action = "ExecuteBash", inputs = { commands = ["echo TABLE=${local.table.name} > /etc/app.env"] } }]
    }]
  })
}
