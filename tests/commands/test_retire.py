"""``tfswap retire`` against the stand-in: what it refuses, what it does, and killed anywhere.

Terraform's part (state and plan) is handed in; tests/e2e has the real one.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from tests import rotation
from tests.aws import stubs
from tests.aws.lab import make_alarm, make_table
from tests.commands.conftest import Clone
from tests.journal_events import entries, event
from tfswap.aws.errors import MissingError
from tfswap.aws.session import Aws
from tfswap.aws.stream_readers import StreamReader, readers_of
from tfswap.aws.table_facts import describe
from tfswap.commands.retire import restored_table, safety_checks
from tfswap.commands.retire.command import retire
from tfswap.commands.retire.state_references import state_references
from tfswap.config import Overrides
from tfswap.console import Console
from tfswap.context.command_context import CommandContext, open_context
from tfswap.errors import RejectedError, RepoError, TfswapError, UsageError
from tfswap.swap import Swap
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import parse
from tfswap.verify.model.report_data import Verdict

OLD, NEW = "production-Lpas", "production-Lpas-20240715"
ADDRESS = "aws_dynamodb_table.lpas_table"


def state(name: str = NEW, account: str = "123456789012", **others: Any) -> bytes:
    """A state with the table, and one resource, data source or output more."""
    arn = f"arn:aws:dynamodb:eu-west-1:{account}:table/{name}"
    instance = {"schema_version": 1, "attributes": {"name": name, "arn": arn}}
    resources = [
        {
            "mode": "managed",
            "type": "aws_dynamodb_table",
            "name": "lpas_table",
            "provider": "p",
            "instances": [instance],
        },
        *others.get("resources", []),
    ]
    document = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 9,
        "lineage": "l",
        "outputs": others.get("outputs", {}),
        "resources": resources,
    }
    return json.dumps(document).encode()


def resource(mode: str = "managed", **attributes: Any) -> dict[str, Any]:
    instance = {"schema_version": 0, "attributes": attributes}
    return {
        "mode": mode,
        "type": "aws_iam_role_policy",
        "name": "app",
        "module": "module.app",
        "provider": "p",
        "instances": [instance],
    }


@dataclass
class Report:
    verdict: Verdict


@dataclass
class Planned:
    report: Report


@dataclass
class Scene:
    """A clone after the swap, and what Terraform would say."""

    context: CommandContext
    aws: Aws
    clone: Clone
    state: bytes = field(default_factory=state)
    verdict: Verdict = Verdict.APPLIED
    plans: int = 0
    planned: list[Swap] = field(default_factory=list)

    def retire(self, wanted: str | None = None, **options: Any) -> int:
        return retire(self.context, wanted, **{"confirm": OLD, "yes": True, **options})

    def events(self) -> list[str]:
        found = [str(entry["event"]) for entry in entries(self.context.journal.path)]
        return [event for event in found if event.startswith("retire")]

    def there(self, name: str = OLD, region: str = "eu-west-1") -> bool:
        try:
            describe(self.aws, name, region)
        except MissingError:
            return False
        return True

    def alarms(self, region: str = "eu-west-1") -> set[str]:
        found = self.aws.client("cloudwatch", region).describe_alarms()["MetricAlarms"]
        return {alarm["AlarmName"] for alarm in found}

    def backups(self) -> list[Any]:
        return list(self.aws.client("dynamodb").list_backups()["BackupSummaries"])


@pytest.fixture(scope="module")
def prepared(cloned: Clone, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    clone = cloned.fork(tmp_path_factory.mktemp("prepared"))
    assert clone.tfswap("prepare", "Lpas-20240715", "-e", "production").code == 0
    return clone


@pytest.fixture
def scene(prepared: Clone, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Scene:
    (prepared.repo / ".tfswap" / "journal.jsonl").unlink(missing_ok=True)
    make_table(aws, OLD, everything=True)
    make_table(aws, NEW, everything=True, restored_from=OLD)
    make_alarm(aws, "there", OLD, region="eu-west-2")
    context = open_context(prepared.repo, Overrides(), Console(quiet=True))
    made = Scene(context, aws, prepared)

    def pull(*_: Any) -> Any:
        return made.state, parse(made.state)

    def plan(_: CommandContext, swap: Swap, *__: Any) -> Planned:
        made.plans += 1
        made.planned.append(swap)
        return Planned(Report(made.verdict))

    monkeypatch.setattr(safety_checks, "pull", pull)
    monkeypatch.setattr(safety_checks, "plan_and_verify", plan)
    monkeypatch.setattr(Terraform, "check_version", lambda self: None)
    monkeypatch.setattr("tfswap.swap_directory.SwapDirectory.lock", lambda self: self.make())
    return made


def test_everything_of_the_outgoing_table_goes_and_nothing_else(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scene.retire(final_backup=True) == 0
    assert not scene.there()
    assert not scene.there(region="eu-west-2")
    assert scene.there(NEW)
    assert scene.there(NEW, "eu-west-2")
    assert scene.alarms() == {f"{NEW}-throttles"}
    assert scene.alarms("eu-west-2") == set()
    (backup,) = scene.backups()
    assert backup["BackupName"].startswith(f"tfswap-final-{OLD}-")
    assert scene.events() == [
        *("retire-begun", "retire-backup", "retire-replica", "retire-replica-deleted"),
        *("retire-unprotect", "retire-delete", "retire-deleted"),
        *("retire-alarms", "retire-alarms", "retired"),
    ]
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert scene.retire() == 0
    assert "already deleted in AWS" in capsys.readouterr().out


def test_a_dry_run_shows_it_all_and_does_nothing(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scene.retire(final_backup=True, dry_run=True, confirm="", yes=False) == 0
    out = capsys.readouterr().out
    for word in ("DynamoDB backup", "replica in eu-west-2", "protection", "CloudWatch alarms"):
        assert word in out
    assert scene.there()
    assert scene.backups() == []
    assert scene.events() == []


def stopped(scene: Scene, capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    code = scene.retire(**{"final_backup": True, **options})
    assert code in (1, 3)
    assert scene.there()
    assert scene.events() == []
    return " ".join(capsys.readouterr().out.split())


def test_the_state_still_holds_it(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.state = state(OLD)
    assert "has production-Lpas at aws_dynamodb_table.lpas_table" in stopped(scene, capsys)
    assert scene.plans == 0


def test_the_state_is_another_accounts(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.state = state(account="999999999999")
    assert "account 999999999999" in stopped(scene, capsys)


def test_something_in_the_state_names_it(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.state = state(resources=[resource(policy=f'{{"Resource": "x:table/{OLD}/index/*"}}')])
    shown = stopped(scene, capsys)
    assert "the state still refers to it: module.app.aws_iam_role_policy.app" in shown
    assert "table/production-Lpas/index" not in shown


def test_the_plan_is_not_applied(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.verdict = Verdict.READY
    assert "a new plan is READY, not APPLIED" in stopped(scene, capsys)
    scene.verdict = Verdict.CANNOT_TELL
    assert scene.retire(final_backup=True) == 3


def test_somebody_wrote_to_it(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    used(scene.aws, hours=3)
    shown = stopped(scene, capsys)
    assert "still in use: 2 units of writes" in shown
    assert "ECS task or Lambda" in shown
    assert scene.retire(final_backup=True, quiet_hours=1) == 0


def used(aws: Aws, hours: int, region: str = "eu-west-1") -> None:
    aws.client("cloudwatch", region).put_metric_data(
        Namespace="AWS/DynamoDB",
        MetricData=[
            {
                "MetricName": "ConsumedWriteCapacityUnits",
                "Dimensions": [{"Name": "TableName", "Value": OLD}],
                "Timestamp": datetime.now(UTC) - timedelta(hours=hours),
                "Value": 2.0,
            }
        ],
    )


def test_somebody_used_the_replica(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    used(scene.aws, 3, "eu-west-2")
    assert "writes (replica in eu-west-2)" in stopped(scene, capsys)


def test_no_final_backup(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"tfswap retire {OLD} --final-backup" in stopped(scene, capsys, final_backup=False)
    scene.aws.client("dynamodb").create_backup(TableName=OLD, BackupName="by-hand")
    assert scene.retire() == 0
    assert [backup["BackupName"] for backup in scene.backups()] == ["by-hand"]


def test_the_restored_table_is_gone(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    dynamodb = scene.aws.client("dynamodb")
    dynamodb.update_table(TableName=NEW, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=NEW)
    assert f"the restored table {NEW} does not exist in AWS" in stopped(scene, capsys)


def test_what_cloudwatch_refuses_is_not_quiet(
    scene: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, {"GetMetricData", "DescribeAlarms"}, "AccessDenied")
    assert scene.retire(final_backup=True) == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert "use is unknown" in shown
    assert "alarms in eu-west-1 are unknown" in shown
    assert scene.there()


def refuse(monkeypatch: pytest.MonkeyPatch, operations: set[str], code: str) -> None:
    from botocore.exceptions import ClientError

    whole = BaseClient._make_api_call

    def call(self: Any, operation: str, arguments: Any) -> Any:
        if operation in operations:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
        return whole(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


@pytest.mark.parametrize("name", [NEW, "production-Sessions", "Lpas", "production-Lpas-2024"])
def test_only_an_outgoing_table_of_the_swap_is_ever_deleted(scene: Scene, name: str) -> None:
    with pytest.raises(UsageError, match="only deletes outgoing tables"):
        scene.retire(name)
    assert scene.there(NEW)


def test_one_of_an_earlier_swap_waits_until_this_one_is_finished(scene: Scene) -> None:
    earlier = "production-Lpas-20240101"
    with pytest.raises(UsageError) as shown:
        scene.retire(earlier, confirm=earlier)
    assert (
        f"swap first (tfswap status), then: tfswap retire {earlier} --dry-run" in shown.value.hint
    )
    with pytest.raises(UsageError) as shown:
        scene.retire("Lpas")
    assert shown.value.hint == f"tfswap retire {OLD} --dry-run"
    branch = scene.context.directory.load().branch
    scene.context.journal.note(event("finished", branch=branch, base="main", url=""))
    make_table(scene.aws, earlier)
    # It is not older than the restored table in this stand-in, which alone stops it here.
    assert scene.retire(earlier, confirm=earlier, final_backup=True) == 1
    assert scene.there(earlier)
    assert scene.planned == [scene.context.directory.load()]


@pytest.mark.parametrize("typed", ["production-lpas", "production-Lpas-20240715", "yes"])
def test_another_name_on_the_command_line(scene: Scene, typed: str) -> None:
    with pytest.raises(UsageError, match="the table is 'production-Lpas'"):
        scene.retire(confirm=typed, final_backup=True)


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.parametrize(
    ("lines", "yes"),
    [(["no"], False), (["yes"] * 3, False), (["yes", "y"], True), (["yes", NEW], False)],
)
def test_yes_does_not_replace_the_name(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, lines: list[str], yes: bool
) -> None:
    type_in(monkeypatch, *lines)
    assert scene.retire(final_backup=True, confirm="", yes=yes) == 130
    assert scene.there()
    assert scene.backups() == []


def test_the_name_typed_out_in_full(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "yes", OLD)
    assert scene.retire(final_backup=True, confirm="", yes=False) == 0
    assert not scene.there()


def test_nobody_there_to_type(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch)
    with pytest.raises(UsageError) as shown:
        scene.retire(final_backup=True, confirm="", yes=True)
    assert f"--confirm {OLD}" in shown.value.hint


def test_a_work_tree_that_names_the_outgoing_table(scene: Scene) -> None:
    path = scene.clone.tfvars
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"Lpas-20240715", b"Lpas"))
    try:
        with pytest.raises(RepoError, match="is 'Lpas'; the swap needs"):
            scene.retire()
    finally:
        path.write_bytes(whole)


@pytest.fixture
def elsewhere(scene: Scene, clone: Clone) -> Scene:
    """The same, in a colleague's clone of the merged branch, which never saw ``.tfswap/``."""
    clone.tfvars.write_bytes(scene.clone.tfvars.read_bytes())
    clone.commit()
    settings = Overrides(environment="production")
    return replace(scene, context=open_context(clone.repo, settings, Console()), clone=clone)


def later(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a table be made a day after the other: the stand-in dates both to now."""

    def dated(aws: Aws, table: str, region: str = "") -> Any:
        facts = describe(aws, table, region)
        assert facts.created is not None
        return replace(facts, created=facts.created + timedelta(days=table == name))

    monkeypatch.setattr(safety_checks, "describe", dated)
    monkeypatch.setattr(restored_table, "describe", dated)


def test_a_colleague_names_the_outgoing_table_and_the_tfvars_tell_the_rest(
    elsewhere: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    later(monkeypatch, NEW)
    assert elsewhere.retire(OLD, final_backup=True, dry_run=True, quiet_hours=48) == 0
    shown = capsys.readouterr()
    assert f"has {NEW} at" in " ".join(shown.out.split())
    again = f"next: tfswap retire {OLD} --final-backup --quiet-hours 48 --environment production"
    assert again in shown.err
    assert elsewhere.retire(OLD, final_backup=True) == 0
    assert not elsewhere.there()
    assert elsewhere.there(NEW)


def test_a_restored_table_that_waits_for_its_swap_is_not_taken_for_an_outgoing_one(
    elsewhere: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    later(monkeypatch, OLD)
    assert f"{OLD} is not older than {NEW}" in stopped(elsewhere, capsys, wanted=OLD)


def test_a_clone_that_is_behind_deletes_nothing(
    elsewhere: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    path = elsewhere.clone.tfvars
    path.write_bytes(path.read_bytes().replace(b"Lpas-20240715", b"Lpas"))
    assert elsewhere.retire(NEW, final_backup=True, confirm=NEW) == 1
    assert "the state still refers to it" in " ".join(capsys.readouterr().out.split())
    assert elsewhere.there(NEW)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (None, "name the outgoing table"),
        (NEW, "it is in service"),
        ("Lpas", "only deletes outgoing"),
    ],
)
def test_what_is_no_outgoing_table_without_a_prepared_swap(
    elsewhere: Scene, name: str | None, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        elsewhere.retire(name, confirm="")


def during(scene: Scene, monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> None:
    """Let something happen between the case and the first loss: while the backup is made."""
    whole = BaseClient._make_api_call

    def call(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "CreateBackup":
            monkeypatch.setattr(BaseClient, "_make_api_call", whole)
            then()
        return whole(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


def swap_back(scene: Scene) -> None:
    scene.state = state(OLD)


def recreate(scene: Scene) -> None:
    dynamodb = scene.aws.client("dynamodb")
    dynamodb.update_table(TableName=OLD, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=OLD)
    make_table(scene.aws, OLD)


@pytest.mark.parametrize(
    "moved", [swap_back, lambda scene: used(scene.aws, 0), recreate], ids=["state", "use", "table"]
)
def test_what_moves_before_the_first_loss_stops_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, moved: Callable[[Scene], None]
) -> None:
    during(scene, monkeypatch, lambda: moved(scene))
    with pytest.raises(RejectedError, match="Something changed"):
        scene.retire(final_backup=True)
    assert scene.there()
    assert scene.events()[-1] == "retire-stopped"


WRITES = {"CreateBackup", "UpdateTable", "DeleteTable", "DeleteAlarms"}


class Killed(BaseException):
    """The process is gone."""


def kill_at(monkeypatch: pytest.MonkeyPatch, number: int, after: bool) -> Callable[[], int]:
    """Kill at the nth write to AWS, before or after it; return how many there were."""
    whole = BaseClient._make_api_call
    seen = 0

    def call(self: Any, operation: str, arguments: Any) -> Any:
        nonlocal seen
        if operation not in WRITES:
            return whole(self, operation, arguments)
        seen += 1
        if seen == number and not after:
            raise Killed
        answer = whole(self, operation, arguments)
        if seen == number:
            raise Killed
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return lambda: seen


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", rotation.part(range(1, 7), 2))
def test_killed_at_every_write_and_run_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, number: int, after: bool
) -> None:
    with monkeypatch.context() as patch:
        kill_at(patch, number, after)
        with pytest.raises(Killed):
            scene.retire(final_backup=True)
    assert scene.there(NEW)
    assert scene.retire(final_backup=True) == 0
    assert not scene.there()
    assert scene.there(NEW)
    assert scene.there(NEW, "eu-west-2")
    assert scene.alarms() | scene.alarms("eu-west-2") == {f"{NEW}-throttles"}
    assert len(scene.backups()) == 1


def test_there_are_six_writes_to_be_killed_at(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = kill_at(monkeypatch, 0, False)
    assert scene.retire(final_backup=True) == 0
    assert count() == 6


@pytest.mark.parametrize("operation", sorted(WRITES))
def test_a_refused_write_is_one_sentence_and_goes_on_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    with monkeypatch.context() as patch:
        refuse(patch, {operation}, "ThrottlingException")
        with pytest.raises(TfswapError) as shown:
            scene.retire(final_backup=True)
    assert "tfswap retire" in shown.value.hint
    assert scene.retire(final_backup=True) == 0
    assert not scene.there()


@pytest.mark.parametrize(
    "value",
    [
        OLD,
        f"arn:aws:dynamodb:eu-west-1:123456789012:table/{OLD}",
        f"arn:aws:dynamodb:eu-west-1:123456789012:table/{OLD}/stream/2024",
        json.dumps({"Resource": [f"arn:x:table/{OLD}"], "text": f"a\n{OLD}\n"}),
        json.dumps({"inner": json.dumps({"a": f"\n{OLD}"})}),
        f"table%2F{OLD}",
        {"nested": [{"deep": OLD}]},
        {OLD: "as a key"},
    ],
)
def test_a_state_that_names_it_in_any_way(value: Any) -> None:
    named = ["module.app.aws_iam_role_policy.app"]
    assert state_references(state(resources=[resource(x=value)]), OLD) == named
    data = ["module.app.data.aws_iam_policy_document.x"]
    other = {**resource("data", x=value), "type": "aws_iam_policy_document", "name": "x"}
    assert state_references(state(resources=[other]), OLD) == data
    output = {"t": {"value": value, "type": "string"}}
    assert state_references(state(outputs=output), OLD) == ["output.t"]


@pytest.mark.parametrize("value", [NEW, f"pre{OLD}", f"{OLD}s", f"x:table/{OLD}-20240715/index/*"])
def test_a_state_that_names_another(value: str) -> None:
    assert state_references(state(resources=[resource(x=value)]), OLD) == []


def role(name: str, *policies: str) -> dict[str, Any]:
    inline = [{"name": policy, "policy": f"table/{OLD}"} for policy in policies]
    made = resource(name=name, inline_policy=inline)
    return {**made, "type": "aws_iam_role", "name": "task"}


def test_a_roles_mirror_of_a_policy_that_another_resource_owns_is_not_judged() -> None:
    owner = resource(name="app", role="task-role", policy=f"table/{NEW}")
    assert state_references(state(resources=[role("task-role", "app"), owner]), OLD) == []
    keyed = {**role("task-role", "app"), "module": 'module.app["a.b"]'}
    assert state_references(state(resources=[keyed, owner]), OLD) == []
    named = ["module.app.aws_iam_role.task"]
    assert (
        state_references(state(resources=[role("task-role", "app", "by-hand"), owner]), OLD)
        == named
    )
    assert state_references(state(resources=[role("other-role", "app"), owner]), OLD) == named
    assert state_references(state(resources=[role("task-role", "app")]), OLD) == named


def test_a_table_that_took_over_but_was_not_restored_from_this_one_stops_it(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    dynamodb = scene.aws.client("dynamodb")
    dynamodb.update_table(TableName=NEW, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=NEW)
    make_table(scene.aws, NEW)
    shown = stopped(scene, capsys)
    assert "has no restore job for it" in shown
    assert f"tfswap retire {OLD} --accept-source" in shown
    assert scene.retire(final_backup=True, dry_run=True, accept_source=True) == 0


BODY = """version: "2"
p:
  source: {dynamodb: {tables: [{table_arn: "ARN", stream: {start_position: LATEST}}]}}
  sink: [{opensearch: {hosts: ["https://x"], aws: {region: eu-west-1}}}]
"""


def reading_pipeline(scene: Scene, name: str, table: str) -> None:
    arn = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table}"
    scene.aws.client("osis").create_pipeline(
        PipelineName=name,
        MinUnits=1,
        MaxUnits=1,
        PipelineConfigurationBody=BODY.replace("ARN", arn),
    )


def test_another_pipeline_that_reads_it_stops_it(
    scene: Scene,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reading_pipeline(scene, "of-the-restored", f"{OLD}-20240715")
    reading_pipeline(scene, "reporting", OLD)
    shown = stopped(scene, capsys)
    assert "the ingestion pipeline reporting still reads its stream: ACTIVE" in shown
    assert "of-the-restored" not in shown
    scene.aws.client("osis").stop_pipeline(PipelineName="reporting")
    assert scene.retire(final_backup=True) == 0


def test_a_pipe_that_reads_it_stops_it(
    scene: Scene,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = describe(scene.aws, OLD).stream_arn
    assert "/stream/" in stream
    pipes = scene.aws.client("pipes")
    pipes.create_pipe(
        Name="audit",
        RoleArn="arn:aws:iam::123456789012:role/x",
        Source=stream,
        SourceParameters={"DynamoDBStreamParameters": {"StartingPosition": "LATEST"}},
        Target="arn:aws:sqs:eu-west-1:123456789012:q",
    )
    assert "the pipe audit still reads its stream: RUNNING" in stopped(scene, capsys)
    pipes.stop_pipe(Name="audit")
    pipes.delete_pipe(Name="audit")
    assert scene.retire(final_backup=True) == 0


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        ("ListEventSourceMappings", "list the event source mappings"),
        ("ListPipes", "list the EventBridge pipes"),
        ("ListPipelines", "list the pipelines"),
    ],
)
def test_readers_nobody_may_see_are_not_taken_for_none(
    scene: Scene,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    what: str,
) -> None:
    refuse(monkeypatch, {operation}, "AccessDeniedException")
    assert scene.retire(final_backup=True) == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert f"readers of its stream are unknown: Could not {what}" in shown
    assert scene.there()


def test_a_function_that_reads_it_is_a_reader_unless_it_is_switched_off() -> None:
    def mapping(name: str, state: str) -> dict[str, Any]:
        arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"
        return {"UUID": "0" * 36, "FunctionArn": arn, "State": state}

    listed = [mapping("live", "Enabled"), mapping("off", "Disabled"), mapping("soon", "Enabling")]
    answers = {
        "osis": stubs.client("osis", "list_pipelines", {"Pipelines": []}),
        "lambda": stubs.client(
            "lambda", "list_event_source_mappings", {"EventSourceMappings": listed}
        ),
        "pipes": stubs.client("pipes", "list_pipes", {"Pipes": []}),
    }

    class FakeAws:
        def offers(self, service: str, region: str) -> bool:
            return True

        def client(self, service: str, region: str) -> Any:
            return answers[service]

    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/production-Lpas"
    found = readers_of(FakeAws(), arn, f"{arn}/stream/1", "eu-west-1")  # type: ignore[arg-type]
    assert found == [
        StreamReader("the Lambda function live", "Enabled"),
        StreamReader("the Lambda function soon", "Enabling"),
    ]


def test_alarms_of_a_scaling_policy_stay_for_their_policy(
    scene: Scene,
    capsys: pytest.CaptureFixture[str],
) -> None:
    alarm = f"TargetTracking-table/{OLD}-AlarmHigh-1"
    make_alarm(scene.aws, alarm, OLD)
    assert scene.retire(final_backup=True) == 0
    assert alarm in scene.alarms()
    shown = " ".join(capsys.readouterr().out.split())
    assert "it belongs to a scaling policy: deregister the autoscaling target" in shown


def test_autoscaling_nobody_may_see_is_told_as_unknown(
    scene: Scene,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refuse(monkeypatch, {"DescribeScalableTargets"}, "AccessDeniedException")
    assert scene.retire(final_backup=True, dry_run=True) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "autoscaling is unknown: " in shown
    assert "its autoscaling targets; deregister them" not in shown
