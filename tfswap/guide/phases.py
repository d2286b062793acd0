"""The phases of a night, in the order of the runbook, and what must hold before the first."""

from __future__ import annotations

from tfswap.guide.flags import access_flags, environment_flags, passed_flags
from tfswap.guide.model import GuidedRun, Phase, Precondition, Words

_HOOK = (
    "Mend the hook in tfswap.toml and run the command below; or do by hand what it does, and add "
    "--skip {name} to that command."
)


def preconditions(guided_run: GuidedRun) -> tuple[Precondition, ...]:
    """Return what is asked first (runbook, "Before Proceeding")."""
    role = (
        f"the role {guided_run.role}" if guided_run.role else "the role this job needs (breakglass)"
    )
    who = f" ({guided_run.pair})" if guided_run.pair else ""
    maintenance = (
        "Nobody enters data that will be lost: maintenance mode is on, or its hook comes next."
        if "maintenance_on" in guided_run.hooks and "maintenance-on" not in guided_run.skip
        else "The service is in maintenance mode: nobody enters data that will be lost."
    )
    return (
        Precondition(
            "pairing",
            f"Two people follow this{who}.",
            "A second pair of eyes validates each step.",
        ),
        Precondition(
            "maintenance",
            maintenance,
            "What is entered after the backup is lost when the restored table takes over.",
        ),
        Precondition(
            "freeze",
            "The change freeze is announced: no run of the path to live until the PR is merged "
            "and has reached production.",
            "A pipeline with the old configuration plans to replace the restored table.",
        ),
        Precondition(
            "image",
            f"The image tag deployed in {guided_run.environment} is known and set (TF_VAR_… or "
            "[variables] in tfswap.toml).",
            "Without it the plan moves every container to another image; it would be refused.",
        ),
        Precondition(
            "role",
            f"You can assume {role} in the environment's account.",
            "Without it the swap stops half way up.",
        ),
    )


def phases_of(guided_run: GuidedRun) -> tuple[Phase, ...]:
    """Return the phases; those a night has no use for are left out."""
    before = [_doctor(guided_run), *_points(guided_run), *_begin(guided_run)]
    return (*before, *_restore(guided_run), *_swap(guided_run), *_end(guided_run))


def _doctor(guided_run: GuidedRun) -> Phase:
    return Phase(
        "doctor",
        "look at everything first",
        "Reads only: Terraform, backend, credentials, variables, git.",
        ("doctor", *access_flags(guided_run)),
        asks=False,
        by_hand="Before Proceeding",
    )


def _points(guided_run: GuidedRun) -> list[Phase]:
    """Return what looks for the backups: a pipeline must not stand still for one that is not."""
    return [
        Phase(
            f"recovery-point {name}",
            f"look for the backup that becomes {name}",
            "Reads only: recovery point, key, role and the new name, before anything is stopped.",
            (*_restore_words(guided_run, name), "--dry-run"),
            asks=False,
            ahead_of=f"restore {name}",
            otherwise="Another backup is chosen with --restore, another vault with --vault; add "
            "it to the command below.",
            by_hand="Restore a table from a backup",
        )
        for name in (guided_run.names if guided_run.restore else ())
    ]


def _restore_words(guided_run: GuidedRun, name: str) -> Words:
    base, _, date = name.rpartition("-")
    return (
        *("restore", base, "--at", guided_run.restore, "--date", date),
        *environment_flags(guided_run),
        *passed_flags(guided_run, "restore"),
        *access_flags(guided_run),
    )


def _begin(guided_run: GuidedRun) -> list[Phase]:
    phases = []
    if hook := guided_run.hooks.get("maintenance_on"):
        phases.append(
            Phase(
                "maintenance-on",
                "switch maintenance mode on",
                "Your own command, from tfswap.toml.",
                (),
                foreign=hook,
                asks=False,
                otherwise=_HOOK.format(name="maintenance-on"),
                by_hand="Before Proceeding",
            )
        )
    if guided_run.has_pipelines:
        phases.append(
            Phase(
                "pipeline",
                "stop the OpenSearch ingestion pipeline",
                "So that the index does not follow the outgoing table while you work. The swap "
                "makes the pipeline anew in the end.",
                (
                    *("pipeline", "stop"),
                    *environment_flags(guided_run),
                    *passed_flags(guided_run, "pipeline"),
                    *access_flags(guided_run),
                ),
                events=("pipeline-stopped",),
                otherwise="A pipeline that could not be created or started (CREATE_FAILED, "
                "START_FAILED) takes nothing in: nothing needs stopping, and the swap makes it "
                "anew. Only then go on without this phase: add --skip pipeline to the command "
                "below.",
                by_hand="Turn off the Opensearch ingestion pipeline",
            )
        )
    return phases


def _restore(guided_run: GuidedRun) -> list[Phase]:
    if not guided_run.restore:
        return []
    return [
        Phase(
            f"restore {name}",
            f"restore {name.rpartition('-')[0]} from its backup, as {name}",
            "Starts a restore job and waits for the new table; the outgoing one is not touched. It "
            "can take hours: when it is interrupted the job goes on, and the same command finds it "
            "again.",
            _restore_words(guided_run, name),
            events=("restored",),
            by_hand="Restore a table from a backup",
        )
        for name in guided_run.names
    ]


def _swap(guided_run: GuidedRun) -> list[Phase]:
    return [
        Phase(
            "prepare",
            "make the branch, edit the tfvars",
            "Finds everything by reading the repository. Neither state nor AWS is changed.",
            (
                *("prepare", *guided_run.names),
                *environment_flags(guided_run),
                *passed_flags(guided_run, "prepare"),
                *access_flags(guided_run),
            ),
            events=("prepared",),
            asks=False,
            by_hand="Bring restored table into service",
        ),
        Phase(
            "compare",
            "hold the restored table against the outgoing one",
            "Reads only. Keys, types and indexes must be the same.",
            ("compare",),
            asks=False,
            by_hand="Bring restored table into service",
        ),
        Phase(
            "run",
            "rehearse on a copy, then write the state once",
            "Forget, import, taint and plan run on a scratch copy; only a plan that is READY "
            "leads to the question whether to write.",
            ("run",),
            events=("pushed",),
            by_hand="Bring restored table into service",
        ),
        Phase(
            "verify",
            "plan for real, and prove the plan",
            "Changes nothing. The plan it saves is the only one that can be applied.",
            ("verify-plan",),
            asks=False,
            by_hand='"Things to check for"',
        ),
        Phase(
            "apply",
            "apply exactly that plan",
            "Policies, backup selection, ingestion pipeline, ECS and Lambda follow to the "
            "restored table. The outgoing table stays.",
            ("apply",),
            events=("applied",),
            by_hand='"Once happy with the plan, apply the changes"',
        ),
    ]


def _end(guided_run: GuidedRun) -> list[Phase]:
    phases = [
        Phase(
            "finish",
            "commit the edit, push the branch, raise the PR",
            "Exactly the tfvars edit. The change freeze holds until this is in production.",
            ("finish",),
            events=("finished",),
            by_hand='"Commit our changes … and raise a PR"',
        )
    ]
    if hook := guided_run.hooks.get("maintenance_off"):
        phases.append(
            Phase(
                "maintenance-off",
                "switch maintenance mode off",
                "Your own command, from tfswap.toml. Look at the service first.",
                (),
                foreign=hook,
                asks=False,
                otherwise=_HOOK.format(name="maintenance-off"),
                by_hand="Before Proceeding",
            )
        )
    return phases


def afterwards(guided_run: GuidedRun) -> tuple[str, ...]:
    """Return what is left for later, one thing a line."""
    lines = []
    if "maintenance_off" not in guided_run.hooks or "maintenance-off" in guided_run.skip:
        lines.append("Look at the service, then end maintenance mode.")
    if guided_run.has_pipelines:
        lines.append(
            "The new ingestion pipeline starts at the stream's latest record: rebuild the search "
            "index, or it stays without what was written before."
        )
    lines += [
        "Once the PR is merged and has reached production, end the change freeze.",
        "A day or more later, delete the outgoing table: tfswap retire --dry-run",
    ]
    return tuple(lines)
