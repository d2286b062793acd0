"""The phases of a night, in the order of the runbook, and what must hold before the first."""

from __future__ import annotations

from tfswap.night.phase import Night, Phase, Precondition, Words
from tfswap.night.words import environment_words, given_words, reach_words

_HOOK = (
    "Mend the hook in tfswap.toml and run the command below; or do by hand what it does, and add "
    "--skip {name} to that command."
)


def preconditions(night: Night) -> tuple[Precondition, ...]:
    """Return what is asked first (runbook, "Before Proceeding")."""
    role = f"the role {night.role}" if night.role else "the role this job needs (breakglass)"
    who = f" ({night.pair})" if night.pair else ""
    maintenance = (
        "Nobody enters data that will be lost: maintenance mode is on, or its hook comes next."
        if "maintenance_on" in night.hooks and "maintenance-on" not in night.skip
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
            "The change freeze is announced: no run of the path to live until the PR is there.",
            "A pipeline with the old configuration plans to replace the restored table.",
        ),
        Precondition(
            "image",
            f"The image tag deployed in {night.environment} is known and set (TF_VAR_… or "
            "[variables] in tfswap.toml).",
            "Without it the plan moves every container to another image; it would be refused.",
        ),
        Precondition(
            "role",
            f"You can assume {role} in the environment's account.",
            "Without it the swap stops half way up.",
        ),
    )


def course(night: Night) -> tuple[Phase, ...]:
    """Return the phases; those a night has no use for are left out."""
    before = [_doctor(night), *_points(night), *_begin(night)]
    return (*before, *_restore(night), *_swap(night), *_end(night))


def _doctor(night: Night) -> Phase:
    return Phase(
        "doctor",
        "look at everything first",
        "Reads only: Terraform, backend, credentials, variables, git.",
        ("doctor", *reach_words(night)),
        asks=False,
        by_hand="Before Proceeding",
    )


def _points(night: Night) -> list[Phase]:
    """Return what looks for the backups: a pipeline must not stand still for one that is not."""
    return [
        Phase(
            f"recovery-point {name}",
            f"look for the backup that becomes {name}",
            "Reads only: recovery point, key, role and the new name, before anything is stopped.",
            (*_restore_words(night, name), "--dry-run"),
            asks=False,
            ahead_of=f"restore {name}",
            otherwise="Another backup is chosen with --restore, another vault with --vault; add "
            "it to the command below.",
            by_hand="Restore a table from a backup",
        )
        for name in (night.names if night.restore else ())
    ]


def _restore_words(night: Night, name: str) -> Words:
    base, _, date = name.rpartition("-")
    return (
        *("restore", base, "--at", night.restore, "--date", date),
        *environment_words(night),
        *given_words(night, "restore"),
        *reach_words(night),
    )


def _begin(night: Night) -> list[Phase]:
    phases = []
    if hook := night.hooks.get("maintenance_on"):
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
    if night.has_pipelines:
        phases.append(
            Phase(
                "pipeline",
                "stop the OpenSearch ingestion pipeline",
                "So that the index does not follow the outgoing table while you work. The swap "
                "makes the pipeline anew in the end.",
                (
                    *("pipeline", "stop"),
                    *environment_words(night),
                    *given_words(night, "pipeline"),
                    *reach_words(night),
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


def _restore(night: Night) -> list[Phase]:
    if not night.restore:
        return []
    return [
        Phase(
            f"restore {name}",
            f"restore {name.rpartition('-')[0]} from its backup, as {name}",
            "Starts a restore job and waits for the new table; the outgoing one is not touched. It "
            "can take hours: when it is interrupted the job goes on, and the same command finds it "
            "again.",
            _restore_words(night, name),
            events=("restored",),
            by_hand="Restore a table from a backup",
        )
        for name in night.names
    ]


def _swap(night: Night) -> list[Phase]:
    return [
        Phase(
            "prepare",
            "make the branch, edit the tfvars",
            "Finds everything by reading the repository. Neither state nor AWS is changed.",
            (
                *("prepare", *night.names),
                *environment_words(night),
                *given_words(night, "prepare"),
                *reach_words(night),
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


def _end(night: Night) -> list[Phase]:
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
    if hook := night.hooks.get("maintenance_off"):
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


def afterwards(night: Night) -> tuple[str, ...]:
    """Return what is left for later, one thing a line."""
    lines = []
    if "maintenance_off" not in night.hooks or "maintenance-off" in night.skip:
        lines.append("Look at the service, then end maintenance mode.")
    if night.has_pipelines:
        lines.append(
            "The new ingestion pipeline starts at the stream's latest record: rebuild the search "
            "index, or it stays without what was written before."
        )
    lines += [
        "Once the PR is merged and has reached production, end the change freeze.",
        "A day or more later, delete the outgoing table: tfswap retire --dry-run",
    ]
    return tuple(lines)
