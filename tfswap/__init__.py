"""tfswap: bring a restored DynamoDB table into service with Terraform, and prove the plan."""

__version__ = "0.2.0"
