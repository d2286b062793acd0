"""Texts of the rules about what holds data: TFS100 to TFS199."""

from __future__ import annotations

TEXTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "TFS101",
        "A table would be deleted",
        "The plan deletes or replaces a DynamoDB table. A replacement is a deletion too.",
        "The data in it is lost. Only a backup brings it back, hours later.",
        "Do not apply. tfswap run does state rm and import of the restored table first.",
        "Design promise 1; facts.md, A replaced table shows as create+delete",
    ),
    (
        "TFS102",
        "Something that holds data would be deleted",
        "The plan deletes or replaces a resource whose content no plan can bring back.",
        "A swap never needs that.",
        "Do not apply. For a replica: tfswap prepare --release ADDRESS leaves the old copy alone.",
        "facts.md, Swapping in state: what state rm leaves behind",
    ),
    (
        "TFS103",
        "The restored table would be created",
        "The plan makes a new table instead of adopting the restored one.",
        "The new table would be empty, or the apply fails because the name is taken.",
        "Import the restored table by its name first: tfswap run.",
        "Runbook: next import the restored table",
    ),
    (
        "TFS104",
        "The table's schema differs",
        "Keys, attributes or indexes of the restored table differ from the configuration.",
        "An index is rebuilt for hours; a changed key replaces the table.",
        "Restore the table with all its indexes, from a backup of the same schema.",
        "facts.md: a restore without its indexes plans additions",
    ),
    (
        "TFS105",
        "The table's encryption differs",
        "The restored table is encrypted with another key than the configuration names.",
        "It was restored under the wrong key; roles without that key cannot read it.",
        "Restore again and choose the table's own KMS key.",
        "Runbook: under Encryption Key",
    ),
    (
        "TFS106",
        "Something that holds data would leave Terraform",
        "The plan forgets a table, or another resource that holds data: it stays in AWS, and no "
        "configuration looks after it any more.",
        "Nothing is deleted, but nobody plans its protection, backups or policies from then on, "
        "and the same block written again makes a new, empty one. In a swap it rides along: the "
        "swap's own state rm is followed by an import.",
        "In a swap: take the removed block out and plan again. Outside of one: make sure that it "
        "is meant, and that the root module which takes the resource over has imported it.",
        "Design promise 2; Terraform, removed blocks",
    ),
)
