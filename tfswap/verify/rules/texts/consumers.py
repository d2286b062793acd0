"""Texts of the rules about consumers: TFS300 to TFS399."""

from __future__ import annotations

TEXTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "TFS301",
        "A consumer stays on the outgoing table",
        "After this plan the resource still names the outgoing table.",
        "It reads and writes the old data while the rest uses the restored table.",
        "Find where the name is written out, and refer to the table instead.",
        "Design, decision 7",
    ),
    (
        "TFS302",
        "A consumer is half updated",
        "After this plan the resource names the outgoing and the restored table.",
        "One half of it works on the old data.",
        "Find where the old name is written out, and refer to the table instead.",
        "Design, decision 7",
    ),
    (
        "TFS303",
        "A wildcard leaves the restored table out",
        "A pattern of table names covers the outgoing table but not the restored one.",
        "Whoever depends on it loses access with the swap.",
        "Widen the pattern, or refer to the table's ARN.",
        "IAM User Guide: wildcards in resource ARNs",
    ),
    (
        "TFS304",
        "A wildcard covers both tables",
        "A pattern of table names covers the outgoing and the restored table.",
        "Nothing has to change, and access to the outgoing table remains.",
        "Nothing for the swap.",
        "IAM User Guide: wildcards in resource ARNs",
    ),
    (
        "TFS305",
        "The ingestion pipeline is not recreated",
        "An OSIS pipeline that reads the table is not deleted and made anew.",
        "Changed in place it keeps its place in the old table's stream.",
        "Run: terraform taint ADDRESS (tfswap run does it), then plan again.",
        "Runbook: tell Terraform to recreate the opensearch ingestion pipeline",
    ),
    (
        "TFS306",
        "A value cannot be told",
        "A value is known only after apply, and nothing in the plan accounts for it.",
        "It may be anything, the outgoing table included.",
        "Look at what it refers to; mostly a depends_on on a module defers it.",
        "Design, decision 8",
    ),
    (
        "TFS307",
        "A policy changes in meaning",
        "Apart from the table's name, a policy allows or denies something else than before.",
        "A swap changes no rights.",
        "Undo the other change, or bring it in on its own, before or after.",
        "Design, decision 6",
    ),
    (
        "TFS308",
        "A service or an alias stays on an old version",
        "An ECS service keeps its task definition although that is replaced, or runs a revision "
        "that is not in the state; or a Lambda alias points to a version published earlier.",
        "What runs keeps the environment it was made with, and the outgoing table's name in it.",
        "Take task_definition or function_version out of ignore_changes, or bring the version in "
        "the state into service; then plan again.",
        "Runbook: ECS Services and Task Definition updates for app",
    ),
    (
        "TFS309",
        "A consumer found by reference does not follow",
        "The configuration leads from the table to this value, the plan does not change it, and "
        "it shows no table's name: it is packed, a digest, or the value another resource had.",
        "ignore_changes and packed values hide a consumer that stays on the outgoing table.",
        "Follow the path given as evidence; look for ignore_changes on the resource.",
        "Design, decision 7",
    ),
    (
        "TFS310",
        "A prepared consumer is not in the plan",
        "The swap was prepared from code with this consumer; the plan was made from code without.",
        "The code changed in between, or the plan is of another branch or folder.",
        "Check out the branch of the swap, run tfswap prepare again, and plan there.",
        "Design, decision 7",
    ),
)
