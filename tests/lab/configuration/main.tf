# A table and many kinds of consumers of it, each following it in the way people write it.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  default_tags { tags = { service = "lab" } }
}

variable "table_name" {
  type = string
}

resource "aws_dynamodb_table" "this" {
  name                        = var.table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "PK"
  range_key                   = "SK"
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = true
  attribute {
    name = "PK"
    type = "S"
  }
  attribute {
    name = "SK"
    type = "S"
  }
  attribute {
    name = "Owner"
    type = "S"
  }
  global_secondary_index {
    name            = "OwnerIndex"
    hash_key        = "Owner"
    projection_type = "ALL"
  }
  point_in_time_recovery { enabled = true }
  ttl {
    attribute_name = "Expires"
    enabled        = true
  }
}

locals {
  account = "123456789012"
  here    = "eu-west-1:123456789012"
  role    = "arn:aws:iam::123456789012:role/lab"
  image   = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/lab:v1.48.0"
  code    = "arn:aws:lambda:eu-west-1:123456789012:function:lab"
  table   = aws_dynamodb_table.this
  read = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:Query"]
      Resource = [aws_dynamodb_table.this.arn, "${aws_dynamodb_table.this.arn}/index/*"]
    }]
  })
  guard = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Resource  = "*"
      Condition = { ArnLike = { "aws:SourceArn" = aws_dynamodb_table.this.arn } }
    }]
  })
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["dynamodb:GetItem"]
    resources = [aws_dynamodb_table.this.arn, "${aws_dynamodb_table.this.arn}/index/*"]
  }
  statement {
    actions   = ["dynamodb:GetRecords"]
    resources = ["${aws_dynamodb_table.this.arn}/stream/*"]
  }
}

module "inner" {
  source = "./inner"
  table  = { name = aws_dynamodb_table.this.name, arn = aws_dynamodb_table.this.arn }
}

output "table_name" { value = aws_dynamodb_table.this.name }
output "table" { value = { arn = aws_dynamodb_table.this.arn, names = [var.table_name] } }
output "stream" { value = aws_dynamodb_table.this.stream_arn }
output "function" { value = module.inner.function }
