"""Reading the user's repository: HCL, references, tfvars, git, and from them the swap."""
