"""``tfswap prepare`` on a clone of the fixture, good and bad."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import TFVARS, Clone
from tests.report.documents import document
from tfswap.demo import fixture
from tfswap.swap import decode

NAME = "Lpas-20240715"


def flat(text: str) -> str:
    return " ".join(text.split())


def diff_lines(clone: Clone) -> list[str]:
    lines = clone.git("diff", "--unified=0", "HEAD").splitlines()
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def production(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["environments"]["production"]["dynamodb"]
    return found


def test_it_finds_everything_with_no_other_flag(clone: Clone) -> None:
    done = clone.tfswap("prepare", NAME)
    assert done.code == 0, done.text
    swap = decode((clone.repo / ".tfswap" / "swap.json").read_bytes())
    table = swap.tables[0]
    assert swap.environment == swap.workspace == "production"
    assert "tfvars" in swap.environment_origin
    assert swap.root_module == "terraform/environment"
    assert table.address == "aws_dynamodb_table.lpas_table"
    assert (table.old_name, table.new_name) == ("production-Lpas", f"production-{NAME}")
    assert swap.account == "123456789012"
    assert swap.arn(table) == f"arn:aws:dynamodb:eu-west-1:123456789012:table/production-{NAME}"
    assert swap.pipelines == ("aws_osis_pipeline.lpas_stream[0]",)
    assert swap.branch == f"restore/production-{NAME}"


def test_the_branch_carries_one_changed_line_and_nothing_else(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    assert clone.git("branch", "--show-current").strip() == f"restore/production-{NAME}"
    removed, added = diff_lines(clone)
    assert removed.replace('"Lpas"', f'"{NAME}"')[1:] == added[1:]
    assert clone.git("status", "--porcelain").split() == ["M", TFVARS]


def test_programs_get_the_same_as_json(clone: Clone) -> None:
    planned = document("prepare", clone.typed("prepare", NAME, "-n", "--format", "json").out)
    assert (planned["dry_run"], planned["already"]) == (True, False)
    assert not (clone.repo / ".tfswap" / "swap.json").exists()
    found = document("prepare", clone.typed("prepare", NAME, "--format", "json").out)
    assert found == {**planned, "dry_run": False}
    [table] = found["tables"]
    assert (table["before"], table["after"], table["line"]) == ("Lpas", NAME, 157)
    assert table["pipelines"] == ["aws_osis_pipeline.lpas_stream[0]"]
    assert "aws_backup_selection.main" in {one["address"] for one in table["consumers"]}
    assert any(" state rm " in line for line in found["commands"])
    again = document("prepare", clone.typed("prepare", NAME, "--format", "json").out)
    assert (again["already"], again["edit"]) == (True, [])


def test_what_it_prints_tells_the_whole_undertaking(clone: Clone) -> None:
    out = clone.tfswap("prepare", NAME, "--full", "--prefix", "aws-vault exec identity --").out
    for part in (
        "production-Lpas\n",
        f'"{NAME}",',
        "aws_backup_selection.main",
        "aws_osis_pipeline.lpas_stream (recreated)",
        "….aws_ecs_service.app",
        "module.schedule_runner",
        "aws-vault exec identity -- terraform state rm aws_dynamodb_table.lpas_table",
        "terraform taint 'aws_osis_pipeline.lpas_stream[0]'",
        "next: tfswap run",
    ):
        assert part in out


def test_consumers_are_counted_unless_all_is_asked_for(clone: Clone) -> None:
    out = clone.typed("prepare", NAME).out
    assert "Consumers of aws_dynamodb_table.lpas_table: 19 in 9 files" in out
    assert f"list: tfswap prepare {NAME} --full\n" in out
    assert "aws_backup_selection" not in out
    assert "aws_backup_selection.main" in clone.typed("prepare", NAME, "-v").out


def test_everything_of_its_own_is_private_and_ignored(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    directory = clone.repo / ".tfswap"
    assert directory.stat().st_mode & 0o777 == 0o700
    for path in directory.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    clone.git("add", "--all")
    assert clone.git("diff", "--cached", "--name-only").split() == [TFVARS]


def test_a_dry_run_changes_nothing_and_shows_the_same(clone: Clone) -> None:
    before = clone.everything()
    dry = clone.tfswap("prepare", NAME, "--dry-run", "--offline")
    assert dry.code == 0
    assert clone.everything() == before
    real = clone.tfswap("prepare", NAME)
    assert [line for line in dry.out.splitlines() if line.startswith(("  -", "  +"))] == [
        line for line in real.out.splitlines() if line.startswith(("  -", "  +"))
    ]


def test_repeating_it_is_harmless_and_says_so(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    before = clone.everything()
    again = clone.tfswap("prepare", NAME)
    assert again.code == 0
    assert "Already prepared; nothing changed" in again.out
    assert clone.everything() == before


@pytest.mark.parametrize("lost", ["branch", "edit", "script"])
def test_after_a_kill_repeating_it_finishes_what_is_missing(clone: Clone, lost: str) -> None:
    clone.tfswap("prepare", NAME)
    if lost == "branch":
        clone.git("stash")
        clone.git("switch", "main")
        clone.git("branch", "-D", f"restore/production-{NAME}")
    elif lost == "edit":
        clone.git("restore", TFVARS)
    else:
        (clone.repo / ".tfswap" / "commands.sh").unlink()
    assert clone.tfswap("prepare", NAME).code == 0
    assert len(diff_lines(clone)) == 2
    assert clone.git("branch", "--show-current").strip() == f"restore/production-{NAME}"
    assert (clone.repo / ".tfswap" / "commands.sh").exists()


def test_several_tables_at_once(clone: Clone) -> None:
    done = clone.tfswap("prepare", NAME, "Sessions-20240715")
    assert done.code == 0, done.text
    assert len(diff_lines(clone)) == 4
    swap = decode((clone.repo / ".tfswap" / "swap.json").read_bytes())
    assert [table.base for table in swap.tables] == ["Lpas", "Sessions"]
    assert swap.pipelines == ("aws_osis_pipeline.lpas_stream[0]",)


def test_a_table_swapped_before_and_swapping_back(clone: Clone) -> None:
    clone.edit(lambda document: production(document).update(lpas_table_name="Lpas-20240101"))
    clone.git("push", "--quiet")
    assert clone.tfswap("prepare", NAME, "--dry-run").code == 0
    back = clone.tfswap("prepare", "Lpas")
    assert back.code == 0, back.text
    swap = decode((clone.repo / ".tfswap" / "swap.json").read_bytes())
    assert swap.renames == (("production-Lpas-20240101", "production-Lpas"),)


def test_another_environment_by_flag_variable_and_file(clone: Clone) -> None:
    for arguments, env in (
        (("--environment", "preproduction"), {}),
        ((), {"TFSWAP_ENVIRONMENT": "preproduction"}),
        ((), {"TF_WORKSPACE": "preproduction"}),
    ):
        done = clone.tfswap("prepare", NAME, "--dry-run", *arguments, **env)
        assert f"preproduction-{NAME}" in done.out, done.text
        assert "environment preproduction (from " in done.err


def test_the_selected_workspace_chooses_the_environment(clone: Clone) -> None:
    chosen = clone.repo / "terraform/environment/.terraform/environment"
    chosen.parent.mkdir()
    chosen.write_text("preproduction")
    assert f"preproduction-{NAME}" in clone.tfswap("prepare", NAME, "--dry-run").out
    chosen.write_text("default")
    assert f" production-{NAME}" in clone.tfswap("prepare", NAME, "--dry-run").out


Spoil = Callable[[Clone], object]


def text_edit(old: str, new: str, *, push: bool = True) -> Spoil:
    def spoil(clone: Clone) -> None:
        text = clone.tfvars.read_text()
        assert old in text
        clone.tfvars.write_text(text.replace(old, new, 1))
        clone.commit()
        if push:
            clone.git("push", "--quiet")

    return spoil


def twin(clone: Clone) -> None:
    clone.edit(lambda document: production(document).update(sessions_table_name="Lpas"))


def dirty(clone: Clone) -> None:
    (clone.repo / "README.md").write_text("changed")


def envrc(clone: Clone) -> None:
    path = clone.repo / "terraform/environment/.envrc"
    path.write_text(path.read_text() + "\n")


def behind(clone: Clone) -> None:
    other = clone.repo.parent / "other"
    fixture.git(
        clone.repo.parent, "clone", "--quiet", str(clone.repo.parent / "origin.git"), "other"
    )
    for name, value in (("user.name", "B"), ("user.email", "b@lpa.example")):
        fixture.git(other, "config", name, value)
    (other / "README.md").write_text("newer")
    fixture.commit(other, "Newer")
    fixture.git(other, "push", "--quiet")


def broken_hcl(clone: Clone) -> None:
    path = clone.repo / "terraform/environment/dynamodb.tf"
    path.write_text(path.read_text() + '\nresource "aws_dynamodb_table" {{\n')
    clone.commit()


BAD: list[tuple[str, Spoil, tuple[str, ...], str, str]] = [
    ("no such table", lambda _: None, ("Lbas-20240715",), "Lbas", "lpas_table"),
    ("no such date", lambda _: None, ("Lpas-20240732",), "not a date", "date"),
    ("no date at all", lambda _: None, ("Lpas-20241301",), "not a date", "date"),
    ("date in the future", lambda _: None, ("Lpas-29990101",), "is in the future", "AWS Backup"),
    ("same name", lambda _: None, ("Lpas",), "Lpas", ""),
    ("same table twice", lambda _: None, (NAME, "Lpas-20240716"), "Lpas", ""),
    ("illegal name", lambda _: None, ("Lpas!-20240715",), "Lpas!", ""),
    ("empty name", lambda _: None, ("",), "empty", ""),
    ("no such environment", lambda _: None, (NAME, "-e", "prod"), "prod", "production"),
    ("trailing comma", text_edit('"1"\n', '"1",\n'), (NAME,), ":14", "comma"),
    ("broken JSON", text_edit('"regions": [', '"regions": '), (NAME,), TFVARS, ""),
    ("truncated", text_edit('{\n    "env', '{\n    "x": {\n   "env'), (NAME,), TFVARS, ""),
    (
        "duplicate key",
        text_edit('"is_production": false,', '"is_production": false,\n"account_id": "1",'),
        (NAME,),
        "account_id",
        "",
    ),
    ("two leaves", twin, (NAME,), "sessions_table_name", "--leaf"),
    ("dirty tree", dirty, (NAME,), "uncommitted changes", "Commit or stash"),
    ("edited .envrc", envrc, (NAME,), ".envrc", "--role breakglass"),
    ("behind main", behind, (NAME,), "1 commit behind origin/main", "git pull"),
    ("HCL that does not parse", broken_hcl, (NAME,), "dynamodb.tf:", ""),
]


@pytest.mark.parametrize(
    ("spoil", "arguments", "phrase", "hint"), [case[1:] for case in BAD], ids=[c[0] for c in BAD]
)
def test_bad_input_gives_one_message_and_changes_nothing(
    clone: Clone, spoil: Spoil, arguments: tuple[str, ...], phrase: str, hint: str
) -> None:
    spoil(clone)
    before = clone.everything()
    done = clone.tfswap("prepare", *arguments)
    assert done.code == 2, done.text
    assert phrase in done.err
    assert hint in done.err
    assert done.err.count("error: ") == 1
    assert "next:  " in done.err
    after = clone.everything()
    for key in ("(refs)", "(head)"):  # a fetch may move remote-tracking refs
        assert after[key] == before[key] or spoil is behind
    assert {k: v for k, v in after.items() if k != "(refs)"} == {
        k: v for k, v in before.items() if k != "(refs)"
    }


def test_behind_is_not_seen_offline_without_a_fetch(clone: Clone) -> None:
    behind(clone)
    assert clone.tfswap("prepare", NAME, "--offline", "--dry-run").code == 0


def test_a_remote_out_of_reach_names_offline(clone: Clone) -> None:
    clone.git("remote", "set-url", "origin", str(clone.repo.parent / "gone.git"))
    done = clone.tfswap("prepare", NAME)
    assert done.code == 2
    assert "--offline" in done.err
    assert clone.tfswap("prepare", NAME, "--offline", "--dry-run").code == 0


def test_outside_a_repository(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = Clone(tmp_path / "empty").tfswap("prepare", NAME)
    assert done.code == 2
    assert "not in a git repository" in done.err


def test_without_git_on_the_path(clone: Clone) -> None:
    done = clone.process("prepare", NAME, PATH="/nowhere")
    assert done.code == 2
    assert "git is not on the PATH" in done.err


def test_a_read_only_repository_is_left_as_it_was(clone: Clone) -> None:
    import os

    if os.geteuid() == 0:
        # Root writes anywhere: a file in the way has the same effect for everyone.
        (clone.repo / ".tfswap").write_text("")
        clone.commit()
        clone.git("push", "--quiet")
    else:
        clone.repo.chmod(0o500)
    before = clone.everything()
    done = clone.tfswap("prepare", NAME)
    clone.repo.chmod(0o700)
    assert done.code == 2
    assert ".tfswap" in done.err
    assert clone.everything() == before


def test_crlf_and_byte_order_mark_stay(clone: Clone) -> None:
    data = b"\xef\xbb\xbf" + clone.tfvars.read_bytes().replace(b"\n", b"\r\n")
    clone.tfvars.write_bytes(data)
    clone.git("config", "core.autocrlf", "false")
    clone.commit()
    clone.git("push", "--quiet")
    done = clone.tfswap("prepare", NAME)
    assert done.code == 0, done.text
    now = clone.tfvars.read_bytes()
    assert now.replace(f'"{NAME}"'.encode(), b'"Lpas"') == data
    assert json.loads(now.decode("utf-8-sig"))


def test_later_commands_go_on_with_the_prefix_and_role_of_prepare(clone: Clone) -> None:
    shown = ("--prefix", "no-such-vault exec identity --", "--role", "breakglass")
    assert clone.tfswap("prepare", NAME, *shown).code == 0
    script = (clone.repo / ".tfswap" / "commands.sh").read_text()
    assert "export TF_VAR_default_role=breakglass" in script
    done = clone.tfswap("run", TF_VAR_default_role="operator")
    assert done.code == 2
    assert "no-such-vault is not on the PATH" in done.err
    assert "role breakglass (from tfswap prepare)" in done.err
    assert "already prepared" in clone.tfswap("prepare", NAME).out.lower()
    changed = clone.tfswap("prepare", NAME, "--prefix", "other-vault --")
    assert "other-vault -- terraform state rm" in changed.out
    assert "other-vault -- terraform state rm" in (clone.repo / ".tfswap/commands.sh").read_text()


@pytest.mark.usefixtures("terraform_binary")
def test_a_root_module_without_init_gives_the_command_to_type(clone: Clone) -> None:
    clone.tfswap("prepare", NAME, "--prefix", "env A=b")
    done = clone.tfswap("run")
    assert done.code == 2
    assert "not initialised" in done.err
    assert f"cd {clone.repo}/terraform/environment && env A=b terraform init" in done.err


def test_a_release_may_be_added_later(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    replica = "aws_dynamodb_table_replica.lpas_table[0]"
    done = clone.tfswap("prepare", NAME, "--release", replica)
    assert done.code == 0
    assert f"state rm '{replica}'" in done.out
    assert decode((clone.repo / ".tfswap" / "swap.json").read_bytes()).release == (replica,)
    assert f"state rm '{replica}'" in (clone.repo / ".tfswap" / "commands.sh").read_text()


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (("--workspace", "other"), {}),
        ((), {"TF_WORKSPACE": "preproduction"}),
        (("--branch", "mine"), {}),
        (("--region", "us-east-1"), {}),
    ],
)
def test_what_disagrees_with_the_prepared_swap_is_not_ignored(
    clone: Clone, arguments: tuple[str, ...], env: dict[str, str]
) -> None:
    clone.tfswap("prepare", NAME)
    before = clone.everything()
    done = clone.tfswap("prepare", NAME, *arguments, **env)
    assert done.code == 2
    assert "was prepared with" in done.err
    assert clone.everything() == before


def test_a_branch_that_cannot_be_made_names_the_flag_and_leaves_nothing(clone: Clone) -> None:
    clone.git("branch", "restore")
    done = clone.tfswap("prepare", NAME)
    assert done.code == 2
    assert "--branch" in done.err
    assert clone.tfswap("prepare", NAME, "--branch", "swap-lpas").code == 0
    assert clone.git("branch", "--show-current").strip() == "swap-lpas"


def test_a_leftover_branch_at_another_commit_is_not_reused(clone: Clone) -> None:
    branch = f"restore/production-{NAME}"
    clone.git("branch", branch)
    (clone.repo / "README.md").write_text("newer")
    clone.commit()
    clone.git("push", "--quiet")
    done = clone.tfswap("prepare", NAME)
    assert done.code == 2
    assert f"git branch -D {branch}" in done.err
    assert clone.git("branch", "--show-current").strip() == "main"


def test_a_damaged_swap_file_is_written_anew(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    clone.git("restore", TFVARS)
    (clone.repo / ".tfswap" / "swap.json").write_text("{")
    done = clone.tfswap("prepare", NAME)
    assert done.code == 0, done.text
    assert "rewritten" in done.err
    assert decode((clone.repo / ".tfswap" / "swap.json").read_bytes())


def test_a_lost_gitignore_does_not_make_our_files_yours(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    (clone.repo / ".tfswap" / ".gitignore").unlink()
    clone.git("restore", TFVARS)
    done = clone.tfswap("prepare", NAME)
    assert done.code == 0, done.text
    assert (clone.repo / ".tfswap" / ".gitignore").read_text() == "*\n"


def test_names_as_people_copy_them(clone: Clone) -> None:
    arn = f"arn:aws:dynamodb:eu-west-1:123456789012:table/production-{NAME}"
    for name in (arn, f"{NAME} ", f"\t{NAME}"):
        assert clone.tfswap("prepare", name, "--dry-run").code == 0
    dashed = clone.tfswap("prepare", "Lpas-2024-07-15")
    assert dashed.code == 2
    assert "Lpas-20240715" in dashed.err


def test_status_says_how_to_undo_an_edit_by_hand(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    clone.tfvars.write_text(clone.tfvars.read_text().replace(NAME, "Elsewhere"))
    done = clone.tfswap("status")
    assert done.code == 0
    assert "Change it back to 'Lpas'" in flat(done.out)


def test_a_terminal_without_our_signs_is_no_bug(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    assert clone.tfswap("status", "--offline", PYTHONIOENCODING="latin-1").code == 0


def test_arguments_of_terraform_are_shown_without_their_secrets(clone: Clone) -> None:
    words = "-var 'db_password=hunter2' -var=a=\"my secret\" -backend-config=key=k -lock-timeout=9s"
    done = clone.tfswap("prepare", NAME, TF_CLI_ARGS_plan=words)
    assert "TF_CLI_ARGS_plan is set and used" in done.err
    assert "-lock-timeout=9s" in done.err
    for secret in ("hunter2", "secret", "key=k"):
        assert secret not in done.text


def test_it_names_what_makes_the_outgoing_name_a_second_time(clone: Clone) -> None:
    code = 'locals {\n  second = "${local.environment_name}-Lpas"\n}\n'
    (clone.repo / "terraform/environment/second.tf").write_text(code)
    clone.commit("Second")
    done = clone.tfswap("prepare", NAME, "--dry-run")
    assert "1 place would still use the outgoing table" in done.err
    assert "Still production-Lpas after the swap (1)" in done.out
    assert "terraform/environment/second.tf:2  local.second" in done.out
    assert "terraform/environment/second.tf:2" in clone.tfswap("runbook", NAME).out


def test_tfvars_files_that_nobody_named_are_listed(clone: Clone) -> None:
    folder = clone.tfvars.parent / "env"
    folder.mkdir()
    clone.git("mv", str(clone.tfvars), str(folder / "production.tfvars.json"))
    clone.commit()
    done = clone.tfswap("prepare", NAME, "--tfvars", "production.json")
    assert done.code == 2
    assert "terraform/environment/env/production.tfvars.json" in done.err
    assert "--tfvars" in done.err.partition("next:")[2]


@pytest.mark.parametrize("name", ["a.tf", "a.tf.json", "a.auto.tfvars", "a.auto.tfvars.json"])
def test_a_fifo_in_the_root_module_is_named_and_not_waited_for(clone: Clone, name: str) -> None:
    """Git lists no FIFO, and Terraform waits for one for ever."""
    os.mkfifo(clone.tfvars.parent / name)
    done = clone.tfswap("prepare", NAME)
    assert done.code == 2
    assert f"terraform/environment/{name} cannot be read: not a regular file" in done.err
    assert clone.git("status", "--porcelain") == ""


def test_a_folder_called_like_a_file_is_left_out_as_terraform_does(clone: Clone) -> None:
    (clone.tfvars.parent / "a.tf").mkdir()
    assert clone.tfswap("prepare", NAME, "--dry-run").code == 0


def test_tfvars_that_are_a_link_out_of_the_repository(clone: Clone) -> None:
    outside = clone.repo.parent / "outside.json"
    clone.tfvars.rename(outside)
    clone.tfvars.symlink_to(outside)
    clone.commit()
    clone.git("push", "--quiet", "origin", "main")
    for more in ((), ("--tfvars", "terraform.tfvars.json")):
        done = clone.tfswap("prepare", NAME, *more)
        assert done.code == 2
        assert f"is a link to {outside}, outside the repository" in " ".join(done.err.split())
