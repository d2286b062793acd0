"""Texts of the rules about the swapped table: TFS200 to TFS299."""

from __future__ import annotations

TEXTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "TFS201",
        "The state still holds the outgoing table",
        "At the table's address the state has the outgoing table.",
        "With the new name in the configuration, Terraform replaces the table it holds.",
        "Run tfswap run: it removes the outgoing table from the state and imports the other.",
        "Runbook: remove the table from the state",
    ),
    (
        "TFS202",
        "Another table was imported",
        "At the table's address the state has a table that is neither old nor new.",
        "The service would be brought up on the wrong data.",
        "Look at the date and the name; state rm, then import the right table by name.",
        "Runbook: next import the restored table using the new name",
    ),
    (
        "TFS203",
        "The table was imported by ARN",
        "The table's id in the state is an ARN instead of its name.",
        "It works tonight, but whatever reads the id gets an ARN for as long as it stays.",
        "When there is time: state rm, then import the table by its name.",
        "facts.md, Swapping in state; hashicorp/terraform-provider-aws#39635",
    ),
    (
        "TFS204",
        "The table is not in the plan",
        "The plan has no table at the address, or by the names, of the swap.",
        "It may be a plan of another folder or workspace.",
        "Plan in the swap's root module and workspace; check --from and --to.",
        "Design, decision 4",
    ),
    (
        "TFS205",
        "Account, region or partition differ",
        "The table in the plan is in another place than the swap.",
        "The same name exists in other accounts and regions.",
        "Check the workspace and the role, then plan again.",
        "Issue 3, cross-checks",
    ),
    (
        "TFS206",
        "The inputs carry another name",
        "The plan was made with other tfvars than the swap prepared.",
        "An edit in another environment, or another branch, plans another table.",
        "Plan on the prepared branch, with the tfvars that tfswap prepare edited.",
        "Issue 3, cross-checks",
    ),
    (
        "TFS207",
        "The configuration names another table",
        "The table's planned name is not the restored table's.",
        "The tfvars are not edited, or edited otherwise than the import.",
        "Edit the table's name in the tfvars, as tfswap prepare does, and plan again.",
        "Runbook: update the name of the new table in terraform.tfvars.json",
    ),
    (
        "TFS208",
        "A protection does not come back",
        "A tag, point-in-time recovery, stream, TTL or deletion protection is not put on.",
        "A restore brings none of them back, so the table would be in service without it.",
        "Compare the table's block in the configuration with the outgoing table.",
        "Runbook: things to check for; facts.md, What a restore does not bring back",
    ),
    (
        "TFS209",
        "Another table changes",
        "A table that is not part of the swap would change.",
        "Somebody else's swap, or an edit of the tfvars, rides along.",
        "Undo the other edit, or prepare both tables together: tfswap prepare A B.",
        "Issue 3, cross-checks: two tables at once",
    ),
)
