"""``tfswap finish`` on clones with a bare remote: just the edit, one branch, never by force."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.commands import fake_gh
from tests.commands.conftest import TFVARS, Clone, Outcome
from tests.commands.test_prepare_again import edit_by_hand
from tests.journal_events import event
from tests.verify.plans import report
from tfswap.context.configuration_record import ConfigurationRecord, snapshot
from tfswap.context.saved_reports import save_report
from tfswap.demo import fixture
from tfswap.errors import RepoError
from tfswap.git.open_repo import open_repo
from tfswap.git.publish import Publisher
from tfswap.journal.writer import Journal
from tfswap.steps import verdict as verdicts
from tfswap.steps.verdict import BoundVerdict
from tfswap.swap_directory import SwapDirectory

NAME = "Lpas-20240715"
BRANCH = f"restore/production-{NAME}"
READY, DONE = "a" * 64, "b" * 64
AT = datetime(2024, 7, 16, 2, 30, tzinfo=UTC)


def applied(clone: Clone, verdict: str = "applied") -> None:
    """Leave what run, verify-plan and apply leave behind."""
    directory = SwapDirectory(clone.repo)
    swap = directory.load()
    digest = verdicts.swap_digest(swap)
    bound = BoundVerdict(
        verdict, str(directory.plan), DONE, "lineage", 9, swap.workspace, digest, AT
    )
    verdicts.save(directory.verdict, bound)
    save_report(directory, READY, report("good"))
    Journal(directory.journal).note(event("applied", plan_sha256=READY, argv=["s3cret"]))


@pytest.fixture
def swapped(clone: Clone) -> Clone:
    """A clone in which the swap is applied and nothing is committed."""
    assert clone.tfswap("prepare", NAME).code == 0
    applied(clone)
    return clone


def finish(clone: Clone, *words: str, stdin: str = "", **env: str) -> Outcome:
    return clone.tfswap("finish", *words, stdin=stdin, **env)


def on_terminal(clone: Clone, *words: str) -> str:
    """Return what a person at a terminal sees of a command that ends well."""
    outer, inner = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "tfswap", *words],
        cwd=clone.repo,
        env={**os.environ, "NO_COLOR": "1", "TERM": "dumb", "CI": "true"},
        stdin=inner,
        stdout=inner,
        stderr=inner,
    )
    os.close(inner)
    shown = b""
    # The terminal's other end is gone once the command has ended: Linux answers EIO.
    with suppress(OSError):
        while more := os.read(outer, 4096):
            shown += more
    os.close(outer)
    assert running.wait() == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def good(clone: Clone, *words: str, **env: str) -> Outcome:
    done = finish(clone, "--yes", *words, **env)
    assert done.code == 0, done.text
    return done


def origin(clone: Clone, *words: str) -> str:
    return fixture.git(clone.repo.parent / "origin.git", *words).strip()


def at_origin(clone: Clone, branch: str = BRANCH) -> str:
    return origin(clone, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")


def head(clone: Clone) -> str:
    return clone.git("rev-parse", "HEAD").strip()


def refused(clone: Clone, *words: str, code: int = 2, **env: str) -> Outcome:
    """Finish, and see that neither commit nor remote moved."""
    before, there = head(clone), origin(clone, "for-each-ref")
    done = finish(clone, "--yes", *words, **env)
    assert done.code == code, done.text
    assert len(re.findall(r"^error: ", done.err, re.MULTILINE)) == 1
    assert len(re.findall(r"^next:  ", done.err, re.MULTILINE)) == 1
    assert (head(clone), origin(clone, "for-each-ref")) == (before, there)
    return done


# What lands.


def test_a_wrong_date_that_was_committed_is_corrected_by_the_commit(clone: Clone) -> None:
    clone.git("switch", "--quiet", "--create", "mine")
    edit_by_hand(clone, new="Lpas-20240714")
    clone.commit()
    assert clone.tfswap("prepare", "Lpas-20240714").code == 0
    assert clone.tfswap("prepare", NAME).code == 0
    applied(clone)
    good(clone)
    shown = clone.git("show", "--format=", "--unified=0", "HEAD").splitlines()
    assert [line.split()[-1] for line in shown if line[0] in "+-"][2:] == [
        '"Lpas-20240714",',
        f'"{NAME}",',
    ]
    assert clone.git("status", "--porcelain") == ""


def test_it_commits_the_edit_pushes_and_says_how_to_open_the_pull_request(swapped: Clone) -> None:
    before = head(swapped)
    done = good(swapped)
    assert swapped.git("rev-parse", "HEAD~1").strip() == before
    changed = swapped.git("show", "--format=", "--numstat", "HEAD").split()
    assert changed == ["1", "1", TFVARS]
    message = swapped.git("log", "-1", "--format=%B")
    assert message.startswith(f"Use the restored table production-{NAME} in production\n\n")
    assert f"production-Lpas -> production-{NAME}" in message
    assert at_origin(swapped) == head(swapped)
    assert at_origin(swapped, "main") == before
    assert swapped.git("rev-parse", "--abbrev-ref", "@{upstream}").strip() == f"origin/{BRANCH}"
    assert f"Open the pull request: {BRANCH} into main" in done.out
    assert "**Applied.** A plan of 16 July 2024 02:30 UTC (state serial 9)" in done.out
    assert "### Checklist of the plan: ready" in done.out
    assert "applied the verified plan" in done.out
    assert "s3cret" not in done.text
    body = swapped.repo / ".tfswap" / "pull-request.md"
    assert body.read_text() in done.out
    assert body.stat().st_mode & 0o777 == 0o600


def test_everything_else_of_the_user_stays_as_it_is(swapped: Clone) -> None:
    (swapped.repo / "README.md").write_text("staged\n")
    swapped.git("add", "README.md")
    (swapped.repo / "README.md").write_text("and not staged\n")
    (swapped.repo / ".gitignore").write_text("*.log\n")
    (swapped.repo / "new.txt").write_text("new\n")
    before = swapped.git("status", "--porcelain").replace(f" M {TFVARS}\n", "")
    good(swapped)
    assert swapped.git("status", "--porcelain") == before
    assert swapped.git("show", ":README.md") == "staged\n"
    assert swapped.git("show", "--format=", "--name-only", "HEAD").split() == [TFVARS]


def test_repeating_it_is_harmless_and_says_so(swapped: Clone) -> None:
    good(swapped)
    journal = swapped.repo / ".tfswap" / "journal.jsonl"
    before = (head(swapped), at_origin(swapped), journal.read_text())
    done = finish(swapped)
    assert done.code == 0
    assert "the edit is already committed" in done.err
    assert f"{BRANCH} is already on origin" in done.err
    assert (head(swapped), at_origin(swapped), journal.read_text()) == before


def test_an_edit_committed_by_hand_is_pushed(swapped: Clone) -> None:
    swapped.commit("By hand")
    done = good(swapped)
    assert "the edit is already committed" in done.err
    assert at_origin(swapped) == head(swapped)


def test_a_branch_pushed_before_gets_the_new_commit(swapped: Clone) -> None:
    swapped.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
    good(swapped)
    assert at_origin(swapped) == head(swapped)


def test_a_dry_run_shows_everything_and_changes_nothing(swapped: Clone) -> None:
    before, there = swapped.everything(), origin(swapped, "for-each-ref")
    done = finish(swapped, "--dry-run")
    assert done.code == 0, done.text
    for part in (
        f"Would commit {TFVARS}",
        "  | Use the restored table",
        f"Would push {BRANCH} to origin (",
        "Would open a pull request into main: Use the restored table",
        "**Applied.**",
    ):
        assert part in done.out
    assert swapped.everything() == before
    assert origin(swapped, "for-each-ref") == there


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("no\n", 130), ("\n", 130)])
def test_it_asks_once(swapped: Clone, answer: str, code: int) -> None:
    before = head(swapped)
    done = finish(swapped, stdin=answer)
    assert done.code == code, done.text
    assert done.err.count("[y/N]") == 1
    assert f"Commit {TFVARS}, push {BRANCH} to origin (" in " ".join(done.err.split())
    assert (head(swapped) == before) == bool(code)
    assert bool(at_origin(swapped)) == (code == 0)


def test_two_tables_in_one_file(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME, "Sessions-20240715").code == 0
    applied(clone)
    good(clone)
    assert clone.git("show", "--format=", "--numstat", "HEAD").split() == ["2", "2", TFVARS]
    assert clone.git("log", "-1", "--format=%s").strip() == "Use 2 restored tables in production"


def test_on_a_terminal_the_body_s_place_is_enough_and_next_comes_last(swapped: Clone) -> None:
    shown = on_terminal(swapped, "finish", "--yes")
    body = swapped.repo / ".tfswap" / "pull-request.md"
    assert f"Title: Use the restored table production-{NAME} in production" in shown
    assert str(body) in shown
    assert "**Applied.**" not in shown
    assert "**Applied.**" in body.read_text()
    assert "next: get the PR merged" in shown.splitlines()[-1]


def test_of_a_second_swap_only_its_own_journal_is_told(clone: Clone) -> None:
    journal = Journal(SwapDirectory(clone.repo).journal)
    SwapDirectory(clone.repo).make()
    journal.note(
        event("prepared", branch="restore/before", renames=[["production-A", "production-B"]])
    )
    journal.note(event("finished", branch="restore/before", base="main", url="https://x/1"))
    assert clone.tfswap("prepare", NAME).code == 0
    applied(clone)
    done = good(clone)
    assert "restore/before" not in done.out
    assert f"branch {BRANCH}" in done.out


@pytest.mark.parametrize("setting", ["true", "input", "false"])
def test_line_ends_are_git_s_business(clone: Clone, setting: str) -> None:
    clone.git("config", "core.autocrlf", setting)
    data = clone.tfvars.read_bytes()
    if setting != "input":
        clone.tfvars.write_bytes(data.replace(b"\n", b"\r\n"))
    clone.git("add", "--all")
    if clone.git("status", "--porcelain"):
        clone.commit("Other line ends")
        clone.git("push", "--quiet")
    assert clone.tfswap("prepare", NAME).code == 0
    applied(clone)
    good(clone)
    assert clone.git("show", "--format=", "--numstat", "HEAD").split() == ["1", "1", TFVARS]
    assert clone.git("status", "--porcelain") == ""


def test_what_else_the_branch_holds_is_told(swapped: Clone) -> None:
    (swapped.repo / "README.md").write_text("more\n")
    swapped.git("commit", "--quiet", "-m", "More", "--", "README.md")
    assert "The branch changes other files than the tfvars: README.md." in good(swapped).err


def test_what_main_changed_in_the_configuration_meanwhile_is_told(swapped: Clone) -> None:
    other = swapped.repo.parent / "other"
    fixture.git(swapped.repo.parent, "clone", "--quiet", "--branch=main", "origin.git", str(other))
    for name in ("terraform/environment/dynamodb.tf", "README.md"):
        with (other / name).open("a") as file:
            file.write("# more\n")
    for setting in (("user.name", "Test"), ("user.email", "test@example.org")):
        fixture.git(other, "config", *setting)
    fixture.commit(other, "More")
    fixture.git(other, "push", "--quiet")
    shown = " ".join(good(swapped).err.split())
    assert (
        "main has changed terraform/environment/dynamodb.tf since this branch was created" in shown
    )


# What is refused.


def test_nothing_lands_before_the_swap_is_applied(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    done = refused(clone, code=1)
    assert "not verified as applied: there is no verdict" in done.err
    assert "--before-apply" in done.err
    applied(clone, "ready")
    assert "the last verdict is ready" in refused(clone, code=1).err


def test_a_verdict_on_another_swap_does_not_count(swapped: Clone) -> None:
    directory = SwapDirectory(swapped.repo)
    directory.save(msgspec.structs.replace(directory.load(), release=("aws_x.y",)))
    assert "there is no verdict" in refused(swapped, code=1).err


def stage_only(clone: Clone) -> None:
    """Stage an edit of another line, and take it back in the work tree."""
    data = clone.tfvars.read_bytes()
    clone.tfvars.write_bytes(data.replace(b'"is_production": false', b'"is_production": true', 1))
    clone.git("add", TFVARS)
    clone.tfvars.write_bytes(data)


def other_line(clone: Clone) -> None:
    data = clone.tfvars.read_bytes()
    clone.tfvars.write_bytes(data.replace(b'"is_production": false', b'"is_production": true', 1))


def white_space(clone: Clone) -> None:
    clone.tfvars.write_bytes(clone.tfvars.read_bytes() + b"\n")


def mode(clone: Clone) -> None:
    clone.tfvars.chmod(0o755)


def unstage(clone: Clone) -> None:
    clone.git("rm", "--quiet", "--cached", TFVARS)


@pytest.mark.parametrize("spoil", [stage_only, other_line, white_space, mode, unstage])
def test_another_edit_in_the_tfvars_is_refused(
    swapped: Clone, spoil: Callable[[Clone], None]
) -> None:
    spoil(swapped)
    status = swapped.git("status", "--porcelain")
    done = refused(swapped)
    assert "other changes than the table's name" in done.err
    assert f"git diff HEAD -- {TFVARS}" in done.err
    assert swapped.git("status", "--porcelain") == status


def test_an_edit_staged_as_it_is_is_fine(swapped: Clone) -> None:
    swapped.git("add", TFVARS)
    good(swapped)


def test_another_name_is_refused(swapped: Clone) -> None:
    swapped.git("restore", TFVARS)
    done = refused(swapped)
    assert re.search(TFVARS + r":\d+: \S+ is 'Lpas'; the swap needs 'Lpas-20240715'", done.err)
    assert f"tfswap prepare {NAME}" in done.err


def test_another_branch_is_refused(swapped: Clone) -> None:
    swapped.git("switch", "--quiet", "--create", "other")
    assert f"git switch {BRANCH}" in refused(swapped).err


def rename_branch(clone: Clone, name: str) -> None:
    """Make the swap live on a branch that it ought not to live on."""
    clone.git("branch", "--quiet", "--force", "--move", BRANCH, name)
    directory = SwapDirectory(clone.repo)
    directory.save(msgspec.structs.replace(directory.load(), branch=name))
    applied(clone)


@pytest.mark.parametrize("name", ["main", "master"])
def test_main_is_never_pushed(swapped: Clone, name: str) -> None:
    rename_branch(swapped, name)
    done = refused(swapped)
    assert "never pushes" in done.err
    assert "--branch" in done.err


def test_neither_the_remote_s_default_branch_nor_the_base(swapped: Clone) -> None:
    rename_branch(swapped, "trunk")
    assert "never pushes" in refused(swapped, "--base", "trunk").err
    origin(swapped, "branch", "--move", "main", "trunk")
    assert "never pushes" in refused(swapped).err


def test_a_moved_branch_is_not_overwritten(swapped: Clone) -> None:
    other = swapped.repo.parent / "other"
    origin_path = str(swapped.repo.parent / "origin.git")
    fixture.git(swapped.repo.parent, "clone", "--quiet", origin_path, "other")
    for name, value in (("user.name", "B"), ("user.email", "b@lpa.example")):
        fixture.git(other, "config", name, value)
    fixture.git(other, "switch", "--quiet", "--create", BRANCH)
    (other / "README.md").write_text("theirs\n")
    fixture.commit(other, "Theirs")
    fixture.git(other, "push", "--quiet", "origin", BRANCH)
    done = refused(swapped)
    assert "has commits that yours does not have" in done.err
    assert "never force-pushes" in done.err
    assert "git pull --rebase" in done.err


def test_a_branch_that_moves_between_question_and_push_is_not_overwritten(swapped: Clone) -> None:
    swapped.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
    swapped.git("commit", "--quiet", "--amend", "-m", "Another first commit")
    there = at_origin(swapped)
    with pytest.raises(RepoError, match="never force-pushes") as caught:
        Publisher(open_repo(swapped.repo)).push("origin", BRANCH)
    assert "git log HEAD..FETCH_HEAD" in caught.value.hint
    assert at_origin(swapped) == there


def test_only_the_branch_is_pushed(swapped: Clone) -> None:
    swapped.git("config", "push.followTags", "true")
    swapped.git("config", "remote.origin.push", "+refs/heads/*:refs/heads/*")
    swapped.git("tag", "--annotate", "--message", "A tag", "v1")
    swapped.git("branch", "other")
    before = set(origin(swapped, "for-each-ref", "--format=%(refname)").split())
    good(swapped)
    now = set(origin(swapped, "for-each-ref", "--format=%(refname)").split())
    assert now - before == {f"refs/heads/{BRANCH}"}


def test_without_a_remote_or_out_of_its_reach(swapped: Clone) -> None:
    swapped.git("remote", "set-url", "origin", "https://me:t0ken@127.0.0.1:9/infra.git")
    done = refused(swapped)
    assert "ask origin for its branches" in done.err
    assert "t0ken" not in done.text
    swapped.git("remote", "remove", "origin")
    assert "git remote add origin URL" in refused(swapped).err


def test_a_base_that_is_not_there(swapped: Clone) -> None:
    assert "--base" in refused(swapped, "--base", "nowhere").err


def hook(clone: Clone, name: str, script: str) -> Path:
    path = clone.repo / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_hook_that_refuses_is_shown(swapped: Clone) -> None:
    hook(swapped, "pre-commit", "echo 'fmt: main.tf is not formatted'; exit 1")
    done = refused(swapped)
    assert "hook may have rejected" in done.err
    assert "  | fmt: main.tf is not formatted" in done.err


def test_a_push_that_is_refused_keeps_the_commit_and_can_be_repeated(swapped: Clone) -> None:
    before = head(swapped)
    path = hook(swapped, "pre-push", "printf '\\033[31mno\\033[0m pushes at night\\n' >&2; exit 1")
    done = finish(swapped, "--yes")
    assert done.code == 2
    assert "  | no pushes at night" in done.err
    assert "The commit is kept" in done.err
    assert head(swapped) != before
    path.unlink()
    good(swapped)
    assert at_origin(swapped) == head(swapped)


def test_a_hook_that_puts_more_into_the_commit_stops_the_push(swapped: Clone) -> None:
    before = head(swapped)
    hook(swapped, "pre-commit", "echo rider > rider.txt; git add rider.txt")
    done = finish(swapped, "--yes")
    assert done.code == 2
    assert "changes to the commit" in done.err
    assert "rider.txt" in done.err
    assert f"git reset --soft {before[:12]}" in done.err
    assert at_origin(swapped) == ""


def test_nobody_to_commit_as(swapped: Clone) -> None:
    swapped.git("config", "--unset", "user.name")
    swapped.git("config", "--unset", "user.email")
    swapped.git("config", "user.useConfigOnly", "true")
    done = refused(swapped)
    assert "has no name and email" in done.err
    assert "git config user.name" in done.err


def test_a_signature_that_cannot_be_made(swapped: Clone) -> None:
    swapped.git("config", "commit.gpgsign", "true")
    swapped.git("config", "gpg.program", "false")
    assert "could not sign the commit" in refused(swapped).err


def test_no_swap_at_all(clone: Clone) -> None:
    assert "tfswap prepare" in refused(clone).err


@pytest.mark.parametrize("how", ["merge", "squash"])
def test_once_merged_there_is_nothing_to_do(swapped: Clone, how: str) -> None:
    good(swapped)
    swapped.git("switch", "--quiet", "main")
    swapped.git("merge", "--quiet", *(("--squash",) if how == "squash" else ("--no-ff",)), BRANCH)
    if how == "squash":
        swapped.git("commit", "--quiet", "-m", "Squashed")
    swapped.git("push", "--quiet", "origin", "main", f":{BRANCH}")
    swapped.git("switch", "--quiet", BRANCH)
    done = good(swapped)
    assert "main on origin has the restored table's name: the swap is merged." in done.out
    assert "end the change freeze" in done.err
    assert at_origin(swapped) == ""


# The pull request.


@dataclass(frozen=True)
class Hub:
    """A stand-in for gh, and the environment that has it on its PATH."""

    store: Path
    env: dict[str, str]

    @property
    def held(self) -> dict[str, Any]:
        held: dict[str, Any] = json.loads(self.store.read_text())
        return held


def hub(clone: Clone, **settings: Any) -> Hub:
    """Make origin look like GitHub's, and put gh on the PATH."""
    url = "https://me:t0ken@github.com/acme/infra.git"
    clone.git("config", "remote.origin.url", url)
    clone.git("config", f"url.{clone.repo.parent / 'origin.git'}.insteadOf", url)
    store = fake_gh.install(clone.repo.parent / "bin", **settings)
    return Hub(store, {"PATH": f"{store.parent}{os.pathsep}{os.environ['PATH']}"})


def test_gh_opens_the_pull_request(swapped: Clone) -> None:
    gh = hub(swapped)
    done = good(swapped, **gh.env)
    assert "Pull request: https://github.com/acme/infra/pull/1" in done.out
    assert "t0ken" not in done.text
    (one,) = gh.held["open"]
    assert (one["head"], one["draft"]) == (BRANCH, False)
    assert one["title"] == f"Use the restored table production-{NAME} in production"
    assert "**Applied.**" in one["body"]
    create = next(words for words in gh.held["asked"] if words[:2] == ["pr", "create"])
    assert create[-2:] == ["--repo", "github.com/acme/infra"]
    assert create[create.index("--base") + 1] == "main"
    status = swapped.tfswap("log")
    assert "https://github.com/acme/infra/pull/1" in status.out


def test_one_that_is_open_already_is_said_and_not_opened_again(swapped: Clone) -> None:
    gh = hub(swapped)
    good(swapped, **gh.env)
    done = finish(swapped, **gh.env)
    assert done.code == 0, done.text
    assert "Pull request, already open: https://github.com/acme/infra/pull/1" in done.out
    assert len(gh.held["open"]) == 1
    assert not any(words[:2] == ["pr", "edit"] for words in gh.held["asked"])


def test_a_draft_before_the_apply_says_so_until_it_is_applied(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    gh = hub(clone)
    done = good(clone, "--before-apply", **gh.env)
    assert "next: tfswap status" in done.err
    (one,) = gh.held["open"]
    assert one["draft"] is True
    assert "do not merge" in one["body"]
    applied(clone)
    done = good(clone, **gh.env)
    assert "mark it as ready" in done.err
    (one,) = gh.held["open"]
    assert "**Applied.**" in one["body"]
    assert "do not merge" not in one["body"]


@pytest.mark.parametrize(
    "settings", [{"signed_in": False}, {"broken": "create"}, {"broken": "list"}]
)
def test_without_gh_s_help_the_page_to_open_is_told(
    swapped: Clone, settings: dict[str, Any]
) -> None:
    swapped.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
    gh = hub(swapped, **settings)
    done = good(swapped, **gh.env)
    assert at_origin(swapped) == head(swapped)
    assert f"https://github.com/acme/infra/compare/main...{BRANCH}?expand=1" in done.out
    assert "**Applied.**" in done.out
    assert "t0ken" not in done.text
    assert ("warning: gh could not" in done.err) == ("broken" in settings)


def test_a_fork_is_pushed_and_named(swapped: Clone) -> None:
    fork = swapped.repo.parent / "fork.git"
    fixture.git(swapped.repo.parent, "clone", "--quiet", "--bare", "origin.git", str(fork))
    gh = hub(swapped)
    url = "git@github.com:me/infra.git"
    swapped.git("remote", "add", "mine", url)
    swapped.git("config", f"url.{fork}.insteadOf", url)
    swapped.git("config", "remote.pushDefault", "mine")
    good(swapped, **gh.env)
    assert at_origin(swapped) == ""
    assert fixture.git(fork, "rev-parse", BRANCH).strip() == head(swapped)
    assert gh.held["open"][0]["head"] == f"me:{BRANCH}"


def remember(clone: Clone) -> None:
    """Keep what the verified plan rests on, as verify-plan does."""
    directory = SwapDirectory(clone.repo)
    context: Any = SimpleNamespace(git=open_repo(clone.repo))
    kept = ConfigurationRecord(DONE, snapshot(context, directory.load()))
    directory.configuration.write_bytes(msgspec.json.encode(kept))


ROOT = "terraform/environment"


def test_what_the_verified_plan_rests_on_is_committed_along(swapped: Clone) -> None:
    folder = swapped.repo / ROOT
    code = 'locals {\n  body = templatefile("${path.module}/extra.tftpl", {})\n}\n'
    (folder / "extra.tf").write_text(code)
    (folder / "extra.tftpl").write_text("text\n")
    (folder / "notes.md").write_text("nothing Terraform reads\n")
    changed = sorted(path.name for path in folder.glob("*.tf"))[0]
    with (folder / changed).open("a") as file:
        file.write("# changed\n")
    remember(swapped)
    done = good(swapped)
    assert "depends on more uncommitted files" in done.err
    touched = swapped.git("diff", "--name-only", "HEAD~1", "HEAD").split()
    more = [f"{ROOT}/{name}" for name in (changed, "extra.tf", "extra.tftpl")]
    assert touched == sorted([TFVARS, *more])
    assert at_origin(swapped) == head(swapped)
    assert swapped.git("status", "--porcelain").split() == ["??", f"{ROOT}/notes.md"]


def test_a_file_deleted_under_the_verified_plan_is_deleted_in_the_commit(swapped: Clone) -> None:
    path = swapped.repo / ROOT / "gone.tf"
    path.write_text("locals {}\n")
    swapped.git("add", str(path))
    swapped.git("commit", "--quiet", "--message=More", "--", str(path))
    path.unlink()
    remember(swapped)
    good(swapped)
    assert f"{ROOT}/gone.tf" in swapped.git("diff", "--name-only", "HEAD~1", "HEAD").split()


@pytest.mark.parametrize("how", ["changed", "new", "gone", "committed"])
def test_what_changed_since_it_was_verified_is_refused(swapped: Clone, how: str) -> None:
    path = swapped.repo / ROOT / "more.tf"
    if how != "new":
        path.write_text("locals {}\n")
    remember(swapped)
    if how == "gone":
        path.unlink()
    else:
        path.write_text("locals {\n  a = 1\n}\n")
    if how == "committed":
        swapped.git("add", str(path))
        swapped.git("commit", "--quiet", "--message=More", "--", str(path))
    done = refused(swapped, code=1)
    assert f"{ROOT}/more.tf changed since the plan was verified" in done.err
    assert "tfswap verify-plan" in done.err


def test_ignored_values_that_the_plan_used_are_named(swapped: Clone) -> None:
    (swapped.repo / ".git/info/exclude").write_text("*.auto.tfvars\nmine.tf\n")
    (swapped.repo / ROOT / "mine.auto.tfvars").write_text('x = "y"\n')
    (swapped.repo / ROOT / "mine.tf").write_text("locals {}\n")
    remember(swapped)
    done = good(swapped)
    assert "mine.tf" in done.err
    assert "files that git ignores" in done.err
    assert "mine.auto.tfvars" in done.err


def test_an_interrupt_says_what_was_done_and_how_to_go_on(
    swapped: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Publisher, "push", interrupted)
        done = finish(swapped, "--yes")
    said = " ".join(done.err.split())
    assert done.code == 130
    assert f"done: commit {TFVARS}" in said
    assert f"done, done in part, or not: push {BRANCH} to origin" in said
    assert "To continue: tfswap finish --yes (to see what is done: tfswap status)" in said
    good(swapped)
    assert at_origin(swapped) == head(swapped)
