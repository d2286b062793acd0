# Policies that name the table.
resource "aws_iam_policy" "this" {
  name   = "lab"
  policy = local.read
}
resource "aws_iam_role_policy" "this" {
  name   = "lab"
  role   = "lab"
  policy = data.aws_iam_policy_document.read.json
}
resource "aws_iam_user_policy" "this" {
  name   = "lab"
  user   = "lab"
  policy = local.read
}
resource "aws_iam_group_policy" "this" {
  name   = "lab"
  group  = "lab"
  policy = local.read
}
resource "aws_iam_role" "this" {
  name = "lab"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "osis-pipelines.amazonaws.com" }
      Condition = { StringEquals = { "aws:ResourceTag/table" = local.table.name } }
    }]
  })
}
resource "aws_kms_key" "this" { policy = local.guard }
resource "aws_kms_key_policy" "this" {
  key_id = "11111111-2222-3333-4444-555555555555"
  policy = local.guard
}
resource "aws_kms_grant" "this" {
  key_id            = "11111111-2222-3333-4444-555555555555"
  grantee_principal = local.role
  operations        = ["Decrypt"]
  constraints { encryption_context_equals = { "aws:dynamodb:tableName" = local.table.name } }
}
resource "aws_s3_bucket_policy" "this" {
  bucket = "lab"
  policy = local.guard
}
resource "aws_sns_topic_policy" "this" {
  arn    = "arn:aws:sns:${local.here}:lab"
  policy = local.guard
}
resource "aws_sqs_queue_policy" "this" {
  queue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/lab"
  policy    = local.guard
}
resource "aws_secretsmanager_secret_policy" "this" {
  secret_arn = "arn:aws:secretsmanager:${local.here}:secret:lab-AbCdEf"
  policy     = local.guard
}
resource "aws_vpc_endpoint" "this" {
  vpc_id       = "vpc-0123456789abcdef0"
  service_name = "com.amazonaws.eu-west-1.dynamodb"
  policy       = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Principal = "*", Resource = local.table.arn }] })
}
resource "aws_vpc_endpoint_policy" "this" {
  vpc_endpoint_id = "vpce-0123456789abcdef0"
  policy          = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Principal = "*", Resource = local.table.arn }] })
}
resource "aws_organizations_policy" "this" {
  name    = "lab"
  content = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Deny", Action = "dynamodb:DeleteTable", Resource = local.table.arn } })
}
resource "aws_ssoadmin_permission_set_inline_policy" "this" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
  permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
  inline_policy      = data.aws_iam_policy_document.read.json
}
resource "aws_backup_vault_policy" "this" {
  backup_vault_name = "lab"
  policy            = local.guard
}
resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = "lab"
  policy_document = local.guard
}
resource "aws_cloudwatch_event_bus_policy" "this" { policy = local.guard }
resource "aws_opensearch_domain_policy" "this" {
  domain_name     = "lab"
  access_policies = local.guard
}
resource "aws_ecr_repository_policy" "this" {
  repository = "lab"
  policy     = local.guard
}
resource "aws_vpclattice_auth_policy" "this" {
  resource_identifier = "arn:aws:vpc-lattice:${local.here}:service/svc-0123456789abcdef0"
  policy              = local.guard
}
resource "aws_dynamodb_resource_policy" "this" {
  resource_arn = local.table.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "dynamodb:GetItem", Principal = { AWS = local.role }, Resource = local.table.arn }]
  })
}
resource "aws_api_gateway_rest_api_policy" "this" {
  rest_api_id = "abcdef1234"
  policy      = local.guard
}
