"""``tfswap finish``: commit the tfvars edit, push its branch, open the pull request.

Each part is looked at first and done only where it is missing, so that repeating it is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tfswap.commands.finish.edits import check_committed, edits, verified_changes
from tfswap.commands.finish.gh import Gh, GhFailed, PullRequest
from tfswap.commands.finish.outcome import check_branch, outcome_of
from tfswap.commands.finish.push_target import PushTarget, find_push_target, is_merged
from tfswap.context.command_context import CommandContext
from tfswap.context.configuration_record import configuration_files
from tfswap.errors import ExitCode
from tfswap.files import write_atomically
from tfswap.git.publish import Publisher, RemoteStatus
from tfswap.journal.events import Committed, Finished, Proposed
from tfswap.journal.progress import progress_of
from tfswap.report.pr_text import NOT_APPLIED, SwapOutcome, commit_message, pull_body, subject
from tfswap.report.wrap import wrap_next

BODY = "pull-request.md"
"""Name of the body's file in ``.tfswap/``."""

_AFTERWARDS = "get the PR merged; when it is in {}, end the change freeze"
_UNAPPLIED = "tfswap status (the PR stays a draft until the swap is applied)"


def finish(
    context: CommandContext,
    *,
    base: str | None = None,
    before_apply: bool = False,
    yes: bool = False,
    dry_run: bool = False,
) -> int:
    """Land the swap's edit in a pull request.

    Args:
        context: The command's surroundings.
        base: Branch the pull request goes into; the remote's default branch when None.
        before_apply: Open it, as a draft, although the swap is not applied yet.
        yes: Do not ask.
        dry_run: Show message, branch and body, change nothing.

    Returns:
        The exit code.

    Raises:
        RejectedError: The swap is not applied.
        RepoError: Other changes in the tfvars, a branch that moved, a hook that refuses.
    """
    swap = context.directory.load()
    if not dry_run:
        context.directory.lock()
    check_branch(context, swap)
    outcome = outcome_of(context, swap, before_apply=before_apply)
    publisher = Publisher(context.git)
    wanted: dict[str, bytes | None] = {**edits(publisher, swap)}
    wanted |= verified_changes(context, publisher, swap)
    with context.console.step("list the branches of the remote"):
        target = find_push_target(context, publisher, swap, base)
    work = _Work(context, publisher, target, outcome, wanted)
    if dry_run:
        return work.show()
    if not wanted and work.merged():
        return 0
    work.report_included_changes()
    if not work.agreed(yes=yes):
        context.console.note("Nothing was changed. next: tfswap finish")
        return int(ExitCode.INTERRUPTED)
    return work.execute()


@dataclass
class _Work:
    """What is to be done."""

    context: CommandContext
    publisher: Publisher
    target: PushTarget
    outcome: SwapOutcome
    wanted: dict[str, bytes | None]
    """Files to commit and what they hold then."""
    base_commit: str = ""

    def __post_init__(self) -> None:
        self.title = subject(self.outcome.swap)
        self.body = pull_body(self.outcome)
        self.gh, self.opened = self._find_gh()

    def _find_gh(self) -> tuple[Gh | None, PullRequest | None]:
        target = self.target
        try:
            gh = Gh.find(target.hosting, self.context.git.root)
            there = gh is not None and target.there is not RemoteStatus.NOWHERE
            return gh, gh.opened(target.base, target.head) if gh and there else None
        except GhFailed as error:
            self._without_gh(error)
            return None, None

    def _without_gh(self, error: GhFailed) -> None:
        self.context.console.warn(" ".join((error.message, *error.details[-3:])))

    def show(self) -> int:
        """Say what would be done."""
        out, target = self.context.console.out, self.target
        files = ", ".join(self.wanted) or "nothing: the edit is already committed"
        out(f"Would commit {files}")
        if self.wanted:
            message = commit_message(self.outcome.swap).rstrip("\n")
            out("\n".join(f"  | {line}".rstrip() for line in message.split("\n")))
        pushed = target.there is RemoteStatus.SAME and not self.wanted
        out(
            f"Would push {'nothing: ' if pushed else ''}{target.branch} to {target.remote}"
            f" ({target.url})"
        )
        out(f"Would open a pull request into {target.base}: {self.title}\n\n{self.body}".rstrip())
        self.context.console.note("Nothing was changed (--dry-run). next: tfswap finish")
        return 0

    def merged(self) -> bool:
        """Fetch the base, and say so where it names the restored tables already."""
        swap, target = self.outcome.swap, self.target
        if not is_merged(self.publisher, swap, self._base()):
            return False
        self.context.console.out(
            f"{target.base} on {target.base_remote} has the restored table's name: the "
            "swap is merged."
        )
        self.context.console.note(f"next: when it is in {swap.environment}, end the change freeze")
        return True

    def _base(self) -> str:
        if not self.base_commit:
            target = self.target
            self.base_commit = self.publisher.fetch(target.base_remote, target.base)
        return self.base_commit

    def report_included_changes(self) -> None:
        """Warn of what else the branch changes: the pull request holds it too."""
        own = {table.leaf.file for table in self.outcome.swap.tables} | set(self.wanted)
        more = sorted(set(self.publisher.since_base(self._base())) - own)
        if more:
            shown = ", ".join(more[:5]) + (f" and {len(more) - 5} more" if more[5:] else "")
            self.context.console.warn(f"The branch changes other files than the tfvars: {shown}.")
        self._report_base()

    def _report_base(self) -> None:
        """Warn where the base branch has changed what the verified plan was made from."""
        base = self.target.base
        configuration = set(configuration_files(self.context.git, self.outcome.swap))
        newer = [f for f in self.publisher.since_branch(self._base()) if f in configuration]
        if newer:
            shown = ", ".join(newer[:5]) + (f" and {len(newer) - 5} more" if newer[5:] else "")
            self.context.console.warn(
                f"{base} has changed {shown} since this branch was created. The merge "
                "contains these changes, the verified plan does not. To verify them: "
                f"merge {base}, then run tfswap verify-plan."
            )

    def agreed(self, *, yes: bool) -> bool:
        """Ask once, where there is anything to be done."""
        target = self.target
        parts = [f"commit {', '.join(self.wanted)}"] if self.wanted else []
        if self.wanted or target.there is not RemoteStatus.SAME:
            parts.append(f"push {target.branch} to {target.remote} ({target.url})")
        if self.gh and not self.opened:
            parts.append(f"open a pull request into {target.base}")
        if not parts:
            return True
        question = ", ".join(parts)
        return self.context.console.confirm(f"{question[0].upper()}{question[1:]}?", yes=yes)

    def execute(self) -> int:
        """Do what is missing, in order."""
        self._commit()
        self._push()
        path = self.context.directory.folder / BODY
        write_atomically(path, self.body.encode(), 0o600)
        self._note(self._open(path))
        where, console = self.outcome.swap.environment, self.context.console
        following = _AFTERWARDS.format(where) if self.outcome.applied else _UNAPPLIED
        console.note("\n".join(wrap_next(following, console.width)))
        return 0

    def _note(self, url: str) -> None:
        """Tell the journal, once for the same commit and pull request."""
        kind = Finished if self.outcome.applied else Proposed
        event = kind(
            branch=self.target.branch,
            base=self.target.base,
            commit=self.publisher.head(),
            url=url or "(to be opened by hand)",
        )
        if event not in progress_of(self.outcome.events).branches.proposals:
            self.context.journal.note(event)

    def _commit(self) -> None:
        console = self.context.console
        if not self.wanted:
            console.say("the edit is already committed")
            return
        before = self.publisher.head()
        with console.step(f"commit {', '.join(self.wanted)}", writes=True):
            self.publisher.commit(tuple(self.wanted), commit_message(self.outcome.swap))
            check_committed(self.publisher, before, self.wanted)
        self.context.journal.note(
            Committed(branch=self.target.branch, commit=self.publisher.head())
        )

    def _push(self) -> None:
        target, console = self.target, self.context.console
        if target.there is RemoteStatus.SAME and not self.wanted:
            console.say(f"{target.branch} is already on {target.remote}")
            return
        with console.step(f"push {target.branch} to {target.remote}", writes=True):
            self.publisher.push(target.remote, target.branch)

    def _open(self, body: Path) -> str:
        """Open the pull request or say how; returns its URL, empty where somebody has to."""
        try:
            if self.gh and self.opened:
                return self._renew(self.gh, self.opened, body)
            if self.gh:
                target, draft = self.target, not self.outcome.applied
                with self.context.console.writing(f"open a pull request into {target.base}"):
                    url = self.gh.create(target.base, target.head, self.title, body, draft=draft)
                self.context.console.out(f"Pull request: {url}")
                return url
        except GhFailed as error:
            self._without_gh(error)
        self._show_manual_steps(body)
        return ""

    def _renew(self, gh: Gh, opened: PullRequest, body: Path) -> str:
        """Say that it is there; one that says "not applied" is told otherwise once it is."""
        console = self.context.console
        console.out(f"Pull request, already open: {opened.url}")
        if self.outcome.applied and NOT_APPLIED in opened.body:
            gh.describe(opened.url, body)
            console.say("its description now says what is applied")
            console.note("It is a draft: mark it as ready for review.")
        return opened.url

    def _show_manual_steps(self, body: Path) -> None:
        target, out = self.target, self.context.console.out
        seen = self.context.console.terminal
        out(f"Title: {self.title}" if seen else f"{self.title}\n\n{self.body}")
        where = f"{target.head} into {target.base}"
        if target.hosting:
            where = target.hosting.compare(target.base, target.head)
        out(f"Open the pull request: {where}")
        label = (
            "Description:" if seen else "For title and description see above; the description is in"
        )
        out(f"{label} {body}")
