# Consumers behind a module's input.
variable "table" {
  type = object({ name = string, arn = string })
}

resource "aws_lambda_function" "reader" {
  function_name = "reader"
  role          = "arn:aws:iam::123456789012:role/lab"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/reader:v1.48.0"
  environment { variables = { TABLE = var.table.name, SERVICE = "reader" } }
}

data "aws_iam_policy_document" "reader" {
  statement {
    actions   = ["dynamodb:*"]
    resources = [var.table.arn]
  }
}

resource "aws_iam_role_policy" "reader" {
  name   = "reader"
  role   = "lab"
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_cloudwatch_metric_alarm" "each" {
  for_each            = toset(["ReadThrottleEvents", "WriteThrottleEvents"])
  alarm_name          = "${var.table.name}-${each.key}"
  namespace           = "AWS/DynamoDB"
  metric_name         = each.key
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  dimensions          = { TableName = var.table.name }
}

output "function" { value = aws_lambda_function.reader.environment[0].variables.TABLE }
