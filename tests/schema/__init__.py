"""Write what the AWS provider says of its resource types: `make schema`."""
