"""Texts of the rules about everything else: TFS400 to TFS499."""

from __future__ import annotations

TEXTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "TFS401",
        "A value changes that the swap does not explain",
        "Something else rides along in this plan.",
        "It would be applied at night together with the swap, and nobody meant it to.",
        "Check variables that are not set and merges since the last apply; plan again.",
        "Design promise 2",
    ),
    (
        "TFS402",
        "A container image moves",
        "The plan brings another image into service than the one running.",
        "A release rides along with the restore; which of them failed will be hard to tell.",
        "Set the container version to the image in service (TF_VAR_...) and plan again.",
        "Runbook: you will need the image tag currently deployed",
    ),
    (
        "TFS403",
        "Something new is created",
        "The plan creates a resource that the swap does not need.",
        "It rides along unchecked.",
        "Bring it in on its own, before or after the swap.",
        "Design promise 2",
    ),
    (
        "TFS404",
        "Something is deleted",
        "The plan deletes a resource that the swap does not touch.",
        "An input that is not set often closes something, such as public access.",
        "Check that every TF_VAR_... of the pipeline is set, and plan again.",
        "facts.md: variables left unset ride along without a word",
    ),
    (
        "TFS405",
        "A replacement the swap does not explain",
        "A resource is deleted and made anew for a reason that is not the table's name.",
        "It is away for a while, and what it held is gone.",
        "Look at the attribute that forces it; untaint what was tainted by mistake.",
        "Terraform, JSON Output Format: replace_paths, action_reason",
    ),
    (
        "TFS406",
        "A resource moves",
        "The plan moves a resource to another address in the state. Where nothing else changes of "
        "it, that is told and does no harm.",
        "It belongs to a change of the code, not to the swap.",
        "Apply the move on its own, before or after.",
        "Terraform, JSON Output Format: previous_address",
    ),
    (
        "TFS407",
        "A resource is forgotten",
        "The plan takes a resource out of the state and leaves it in AWS.",
        "It would be nobody's from then on.",
        "Apply removed blocks on their own, before or after.",
        "Terraform, removed blocks",
    ),
    (
        "TFS408",
        "A deposed object is in the way",
        "An earlier apply left an object half replaced, and this plan deals with it.",
        "Something from an earlier night is unfinished.",
        "Finish the earlier replacement first, with a plan of its own.",
        "Terraform, JSON Output Format: deposed",
    ),
    (
        "TFS409",
        "Something else is imported",
        "The plan imports a resource that is no table of the swap.",
        "It rides along unchecked.",
        "Apply import blocks on their own, before or after.",
        "Terraform, JSON Output Format: importing",
    ),
    (
        "TFS410",
        "A change that cannot be told",
        "The plan says that a resource changes, but not what, or not why.",
        "What is not shown cannot be checked.",
        "Look at that resource in Terraform's own output.",
        "Design, decision 8",
    ),
    (
        "TFS411",
        "The apply runs something",
        "A provisioner, an invocation, an action or a program runs when the plan is applied.",
        "No planned value shows what it does: it may delete a table.",
        "Read what it runs. If it may run in the swap, allow it in tfswap.toml by the attribute "
        "provisioner, invocation or action.",
        "Terraform, Provisioners; Actions; facts.md, An apply does more than its values show",
    ),
)
