"""The phases of a guided run, in the order of the runbook, and what must hold before the first."""

from __future__ import annotations

from tfswap.guide.flags import access_flags, environment_flags, passed_flags
from tfswap.guide.model import GuidedRun, Phase, Precondition, Words

_HOOK = (
    "Fix the hook in tfswap.toml and run the command below. Or do its work by hand and "
    "add --skip {name} to that command."
)


def preconditions(guided_run: GuidedRun) -> tuple[Precondition, ...]:
    """Return what is asked first (runbook, "Before Proceeding")."""
    role = (
        f"the role {guided_run.role}" if guided_run.role else "the role this job needs (breakglass)"
    )
    who = f" ({guided_run.pair})" if guided_run.pair else ""
    maintenance = (
        "The service is in maintenance mode, or its hook will switch it on next."
        if "maintenance_on" in guided_run.hooks and "maintenance-on" not in guided_run.skip
        else "The service is in maintenance mode."
    )
    return (
        Precondition(
            "pairing",
            f"Two people work on this together{who}.",
            "The second person checks each step.",
        ),
        Precondition(
            "maintenance",
            maintenance,
            "Data written after the backup is lost when the restored table comes into service.",
        ),
        Precondition(
            "freeze",
            "The change freeze is announced: no pipeline run until the PR is merged and "
            "has reached production.",
            "A pipeline run with the old configuration plans to replace the restored table.",
        ),
        Precondition(
            "image",
            f"The image tag deployed in {guided_run.environment} is known and set (TF_VAR_… or "
            "[variables] in tfswap.toml).",
            "Without it the plan changes the image of every container, and is rejected.",
        ),
        Precondition(
            "role",
            f"You can assume {role} in the environment's account.",
            "Without that role the swap stops midway.",
        ),
    )


def phases_of(guided_run: GuidedRun) -> tuple[Phase, ...]:
    """Return the phases; those a guided run has no use for are left out."""
    before = [_doctor(guided_run), *_points(guided_run), *_begin(guided_run)]
    return (*before, *_restore(guided_run), *_swap(guided_run), *_end(guided_run))


def _doctor(guided_run: GuidedRun) -> Phase:
    return Phase(
        "doctor",
        "check everything first",
        "Read-only: checks Terraform, backend, credentials, variables and git.",
        ("doctor", *access_flags(guided_run)),
        asks=False,
        by_hand="Before Proceeding",
    )


def _points(guided_run: GuidedRun) -> list[Phase]:
    """Return what looks for the backups: a pipeline must not stand still for one that is not."""
    if not guided_run.restore:
        return []
    names = " ".join(guided_run.names)
    return [
        Phase(
            f"recovery-point {names}",
            f"find what to restore as {' and '.join(guided_run.names)}",
            "Read-only: checks recovery points and point-in-time recovery with the data each "
            "loses, key, role and the new name before anything is stopped.",
            (*_restore_words(guided_run), "--dry-run"),
            asks=False,
            ahead_of=f"restore {names}",
            otherwise="To choose another backup or vault, add --restore or --vault to the command "
            "below.",
            by_hand="Restore a table from a backup",
        )
    ]


def _restore_words(guided_run: GuidedRun) -> Words:
    bases = [name.rpartition("-")[0] for name in guided_run.names]
    return (
        *("restore", *bases, "--at", guided_run.restore),
        *("--date", guided_run.names[0].rpartition("-")[2]),
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
                "Runs your command from tfswap.toml.",
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
                "The search index must not follow the outgoing table during the swap. "
                "The apply recreates the pipeline.",
                (
                    *("pipeline", "stop"),
                    *environment_flags(guided_run),
                    *passed_flags(guided_run, "pipeline"),
                    *access_flags(guided_run),
                ),
                events=("pipeline-stopped",),
                otherwise="If the pipeline has status CREATE_FAILED or START_FAILED, it ingests "
                "nothing and the apply recreates it. Only then skip this phase: add "
                "--skip pipeline to the command below.",
                by_hand="Turn off the Opensearch ingestion pipeline",
            )
        )
    return phases


def _restore(guided_run: GuidedRun) -> list[Phase]:
    if not guided_run.restore:
        return []
    bases = " and ".join(name.rpartition("-")[0] for name in guided_run.names)
    return [
        Phase(
            f"restore {' '.join(guided_run.names)}",
            f"restore {bases}, as {' and '.join(guided_run.names)}",
            "Starts the restore and waits for the new table; the outgoing table is "
            "not changed. This can take hours. If it is interrupted, the restore continues "
            "in AWS and the same command follows it again.",
            _restore_words(guided_run),
            events=("restored",),
            by_hand="Restore a table from a backup",
        )
    ]


def _swap(guided_run: GuidedRun) -> list[Phase]:
    return [
        Phase(
            "prepare",
            "create the branch and edit the tfvars",
            "Reads the repository to find everything. State and AWS are not changed.",
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
            "compare the restored table with the outgoing one",
            "Read-only. Keys, attribute types and indexes must be the same.",
            ("compare",),
            asks=False,
            by_hand="Bring restored table into service",
        ),
        Phase(
            "run",
            "rehearse on a scratch copy, then write the state",
            "Runs state rm, import, taint and plan on a scratch copy. Asks before "
            "writing the state, and only if the plan is READY.",
            ("run",),
            events=("pushed",),
            by_hand="Bring restored table into service",
        ),
        Phase(
            "verify",
            "plan on the real state and verify the plan",
            "Changes nothing. Only the plan saved here can be applied.",
            ("verify-plan",),
            asks=False,
            by_hand='"Things to check for"',
        ),
        Phase(
            "apply",
            "apply the verified plan",
            "Updates policies, backup selection, ingestion pipeline, ECS and Lambda to "
            "the restored table. The outgoing table is kept.",
            ("apply",),
            events=("applied",),
            by_hand='"Once happy with the plan, apply the changes"',
        ),
    ]


def _end(guided_run: GuidedRun) -> list[Phase]:
    phases = [
        Phase(
            "finish",
            "commit the edit, push the branch, open the PR",
            "The commit contains only the tfvars edit. Keep the change freeze until it "
            "is in production.",
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
                "Runs your command from tfswap.toml. Check the service first.",
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
        lines.append("Check the service, then end maintenance mode.")
    if guided_run.has_pipelines:
        lines.append(
            "The new ingestion pipeline starts at the stream's latest record. Rebuild "
            "the search index, or earlier data is missing from it."
        )
    lines += [
        "When the PR is merged and has reached production, end the change freeze.",
        "A day or more later, delete the outgoing table: tfswap retire --dry-run",
    ]
    return tuple(lines)
