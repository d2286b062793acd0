"""Terraform's commands as argv, built here and run elsewhere.

Each function returns the words after the binary; ``Binary.argv`` puts the prefix and the binary
before them. ``prepare``'s script, ``run``'s rehearsal and ``run --direct`` use the same functions,
so that what a person reads is what is run.
"""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True)
class Binary:
    """Which terraform, and what stands before it."""

    name: str = "terraform"
    prefix: Words = ()
    """For example ``aws-vault exec identity --``."""

    def argv(self, words: Words) -> Words:
        """Return the whole command line for ``words``."""
        return (*self.prefix, self.name, *words)


def version() -> Words:
    """``terraform version -json``."""
    return ("version", "-json")


def init() -> Words:
    """``terraform init`` of the real root module, as the runbook has it."""
    return ("init",)


def init_scratch(plugin_dir: str | None) -> Words:
    """``terraform init`` of a scratch folder.

    Providers come from ``plugin_dir`` (a folder in the layout of a filesystem mirror, which
    ``.terraform/providers`` is); modules lie there already.
    """
    plugins = (f"-plugin-dir={plugin_dir}",) if plugin_dir else ()
    return ("init", "-no-color", "-get=false", *plugins)


def workspace_select(workspace: str) -> Words:
    """``terraform workspace select``."""
    return ("workspace", "select", workspace)


def workspace_list() -> Words:
    """``terraform workspace list``: one name a line, the selected one behind a star."""
    return ("workspace", "list")


def state_pull() -> Words:
    """``terraform state pull``: the state as JSON on standard output."""
    return ("state", "pull")


def state_push(file: str) -> Words:
    """``terraform state push``: refused by Terraform when serial or lineage do not fit."""
    return ("state", "push", file)


def state_rm(address: str) -> Words:
    """``terraform state rm``: forget the object, leave it alone in AWS."""
    return ("state", "rm", address)


def _variables(var_files: Words) -> Words:
    return tuple(f"-var-file={file}" for file in var_files)


def import_(address: str, identifier: str, var_files: Words = ()) -> Words:
    """``terraform import``; a table's identifier is its *name*: an ARN would become the id.

    ``-input=false`` is not needed: ``TF_INPUT=0`` stands in the environment.
    """
    return ("import", *_variables(var_files), address, identifier)


def taint(address: str) -> Words:
    """``terraform taint``: recreate on the next apply."""
    return ("taint", address)


def plan(out: str | None = None, var_files: Words = ()) -> Words:
    """``terraform plan``, saved to ``out`` where given."""
    return ("plan", *_variables(var_files), *((f"-out={out}",) if out else ()))


def show_json(plan_file: str) -> Words:
    """``terraform show -json`` of a saved plan."""
    return ("show", "-json", plan_file)


def apply(plan_file: str, *, messages: bool = False) -> Words:
    """``terraform apply`` of exactly one saved plan, which asks nothing.

    Args:
        plan_file: The plan.
        messages: Tell in machine-readable messages instead of words.
    """
    return ("apply", *(("-json",) if messages else ("-no-color",)), plan_file)


def force_unlock() -> Words:
    """``terraform force-unlock``, to which the lock's id is added; for a person to type."""
    return ("force-unlock",)


def locks(words: Words) -> str:
    """Return what a command is to do where it takes the state's lock, else the empty text."""
    if words[:1] == ("state",):
        return " ".join(words[:2]) if words[1:2] in (("rm",), ("push",), ("mv",)) else ""
    return words[0] if words[0] in ("plan", "apply", "import", "taint", "untaint") else ""
