"""The action's own steps, run by bash as GitHub's runner runs them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import rotation
from tests.action.conftest import BRANCH, NEW, OLD, TFVARS, Hub
from tests.action.runner import ACTION, TOP
from tests.record.folder import FOLDER

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq plays gh's --jq here")


def annotations(log: str) -> list[str]:
    return re.findall(r"^::(?:error|warning|notice) [^:]*title=(\w+)", log, re.MULTILINE)


def test_a_good_pull_request_before_the_apply(hub: Hub) -> None:
    hub.swap()
    done = hub.act(hub.checkout(hub.merge_ref()), "good")
    assert done.failed == 0, done.log
    assert (done.outputs["verdict"], done.outputs["state"]) == ("ready", "before")
    assert json.loads(done.outputs["swaps"])[0]["new"] == "production-Lpas-20240715"
    assert done.outputs["exit-code"] == "0"
    assert "## tfswap" in done.summary
    assert "ready" in done.summary
    assert Path(done.outputs["report"]).read_text() == done.summary
    assert json.loads(Path(done.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert annotations(done.log) == []


def test_a_good_pull_request_after_the_apply(hub: Hub) -> None:
    hub.swap()
    done = hub.act(hub.checkout(hub.merge_ref()), "applied")
    assert (done.failed, done.outputs["verdict"], done.outputs["state"]) == (0, "applied", "after")


def test_a_plan_from_before_the_state_was_swapped(hub: Hub) -> None:
    hub.swap()
    done = hub.act(hub.checkout(hub.merge_ref()), "replace")
    assert (done.failed, done.outputs["verdict"]) == (1, "rejected")
    assert done.outputs["state"] == "do not merge"
    assert f"::error file={TFVARS},line=157,title=TFS101" in done.log


def test_an_unrelated_pull_request(hub: Hub) -> None:
    hub.git("switch", "--quiet", "--create", "feature")
    hub.edit("terraform/environment/terraform.tfvars.json", '"maximum": 9', '"maximum": 12')
    hub.push()
    workspace = hub.checkout(hub.merge_ref())
    done = hub.act(workspace)
    assert (done.failed, done.outputs["verdict"], done.outputs["state"]) == (0, "passed", "no swap")
    assert done.outputs["swaps"] == "[]"
    done = hub.act(workspace, "bucket-deleted")
    assert (done.failed, done.outputs["verdict"]) == (1, "rejected")


def test_two_environments_in_one_pull_request(hub: Hub) -> None:
    hub.swap()
    hub.edit(TFVARS, '"lpas_table_name": "Lpas"', '"lpas_table_name": "Lpas-20240715"')
    hub.push()
    done = hub.act(hub.checkout(hub.merge_ref()), "good")
    assert done.failed == 1
    assert "TFS803" in annotations(done.log)


def test_the_old_name_in_the_code(hub: Hub) -> None:
    hub.swap()
    path = "terraform/environment/outputs.tf"
    with (hub.developer / path).open("a") as file:
        file.write('locals {\n  index = "production-Lpas"\n}\n')
    hub.push()
    done = hub.act(hub.checkout(hub.merge_ref()), "good")
    line = (hub.developer / path).read_text().splitlines().index('  index = "production-Lpas"') + 1
    assert done.failed == 1
    assert f"::error file={path},line={line},title=TFS808" in done.log


def test_the_gate_refuses_a_plan_made_from_the_old_main(hub: Hub) -> None:
    """After the swap, a pipeline of another change plans with the tfvars from before it."""
    workspace = hub.checkout("refs/heads/main")
    push = {"event_name": "push", "event.pull_request.number": ""}
    env = {"GITHUB_BASE_REF": "", "GITHUB_REF": "refs/heads/main"}
    done = hub.act(workspace, "old-config", github=push, env=env, comment="true")
    assert (done.failed, done.outputs["state"]) == (1, "no swap")
    assert annotations(done.log)[0] == "TFS101"
    assert "production-Lpas-20240715" in done.log
    assert "Comment on the pull request" not in done.ran
    assert hub.act(workspace, "applied", github=push, env=env).failed == 0


def test_a_fork_without_secrets(hub: Hub) -> None:
    """No token, no AWS, no plan: annotations and the summary are there all the same."""
    hub.swap()
    done = hub.act(hub.checkout(hub.merge_ref()), github={"token": ""}, comment="true")
    assert (done.failed, done.outputs["state"]) == (0, "not planned")
    assert "only the files were checked" in done.summary
    assert annotations(done.log) == ["TFS811", "tfswap"]
    assert hub.comments == []


def test_a_token_that_may_only_read(hub: Hub) -> None:
    hub.swap()
    done = hub.act(hub.checkout(hub.merge_ref()), github={"token": "read-only"}, comment="true")
    assert done.failed == 0
    assert "No comment could be written" in done.log


def test_a_shallow_clone_says_how_to_fetch_more(hub: Hub) -> None:
    hub.swap()
    ref = hub.merge_ref()
    done = hub.act(hub.checkout(ref, depth=1), "good")
    assert (done.failed, done.outputs["exit-code"]) == (2, "2")
    assert "fetch-depth: 0" in done.log
    assert (done.outputs["verdict"], done.outputs["sarif"]) == ("cannot tell", "")
    assert "could not be made" in done.summary
    assert hub.act(hub.checkout(ref, depth=1), "good", fail_on="never").failed == 2


def test_two_commits_of_the_merge_are_enough(hub: Hub) -> None:
    hub.swap()
    done = hub.act(hub.checkout(hub.merge_ref(), depth=2), "good")
    assert (done.failed, done.outputs["state"]) == (0, "before"), done.log


def test_a_renamed_tfvars_file_with_other_line_ends(hub: Hub) -> None:
    hub.git("switch", "--quiet", "--create", BRANCH)
    hub.edit(TFVARS, OLD, NEW)
    file = hub.developer / TFVARS
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    hub.git("mv", TFVARS, "terraform/environment/all.auto.tfvars.json")
    hub.push()
    done = hub.act(hub.checkout(hub.merge_ref()), "good")
    assert (done.failed, done.outputs["verdict"]) == (0, "ready"), done.log


@needs_jq
def test_the_comment_brings_itself_up_to_date(hub: Hub) -> None:
    hub.swap()
    workspace = hub.checkout(hub.merge_ref())
    foreign = {"id": 1, "user": {"type": "User"}, "body": "<!-- tfswap check: tfswap -->\nmine"}
    (hub.top / "comments.json").write_text(json.dumps([foreign]))
    hub.act(workspace, "replace", comment="true")
    hub.act(workspace, "good", comment="true")
    done = hub.act(workspace, "applied", comment="true", comment_key="apply $(id) -->")
    assert done.failed == 0, done.log
    assert [one["body"].split("\n")[0] for one in hub.comments] == [
        "<!-- tfswap check: tfswap -->",
        "<!-- tfswap check: tfswap -->",
        "<!-- tfswap check: apply __id_ --_ -->",
    ]
    assert hub.comments[0]["body"] == foreign["body"]
    assert "❌" not in hub.comments[1]["body"].split("###")[0]
    assert "ready" in hub.comments[1]["body"]


@pytest.mark.parametrize(
    ("fail_on", "case", "code"),
    [
        ("cannot-tell", "deferred", 3),
        ("rejected", "deferred", 0),
        ("rejected", "replace", 1),
        ("never", "replace", 0),
        ("sometimes", "good", 2),
    ],
)
def test_what_fails(hub: Hub, fail_on: str, case: str, code: int) -> None:
    hub.swap()
    workspace = hub.checkout(f"refs/heads/{BRANCH}")
    known = "good" if case == "deferred" else case
    whole = json.loads((FOLDER / known / "plan.json").read_text())
    if case == "deferred":
        whole["deferred_changes"] = [{"reason": "unknown"}]
    (workspace / "plan.json").write_text(json.dumps(whole))
    assert hub.act(workspace, plans="plan.json", fail_on=fail_on).failed == code


def test_a_plan_that_is_none_fails_whatever_is_let_pass(hub: Hub) -> None:
    hub.swap()
    workspace = hub.checkout(f"refs/heads/{BRANCH}")
    (workspace / "plan.json").write_text("{}")
    done = hub.act(workspace, plans="plan.json", fail_on="never")
    assert (done.failed, done.outputs["verdict"]) == (2, "cannot tell")


def test_globs_and_plans_that_are_not_there(hub: Hub) -> None:
    hub.swap()
    workspace = hub.checkout(f"refs/heads/{BRANCH}")
    for case in ("good", "applied"):
        shutil.copy(FOLDER / case / "plan.json", workspace / f"plan [{case}] of a.json")
    done = hub.act(workspace, plans="\n  plan*of a.json  \n\n")
    assert (done.failed, done.outputs["verdict"]) == (0, "ready")
    assert hub.act(workspace, plans="plan [good] of a.json").outputs["state"] == "before"
    done = hub.act(workspace, plans="plan [good] of a.json\nnothing-*.json")
    assert done.failed == 2
    assert "files that are not there" in done.log


def test_no_input_is_ever_run(hub: Hub, tmp_path: Path) -> None:
    hub.swap()
    workspace = hub.checkout(f"refs/heads/{BRANCH}")
    evil = f'$(touch {tmp_path}/ran)`touch {tmp_path}/ran`"; touch {tmp_path}/ran; "\' ; x'
    names = ("base", "plans", "root_module", "environment", "comment_key", "source")
    for name in rotation.part(names, 2):
        hub.act(workspace, "good", comment="true", **{name: evil})
    assert not (tmp_path / "ran").exists()


def test_scripts_hold_no_expressions() -> None:
    """What GitHub puts into a script's text is run; values come by the environment."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"])
    for kind in ("inputs", "outputs"):
        assert all(shown["description"] for shown in ACTION[kind].values())


def test_no_secret_in_any_output(hub: Hub) -> None:
    hub.swap()
    done = hub.act(hub.checkout(f"refs/heads/{BRANCH}"), "ride-secret")
    document = json.loads((FOLDER / "ride-secret/plan.json").read_text())
    secrets = [
        str(change["change"]["after"][key])
        for change in document["resource_changes"]
        if isinstance(change["change"].get("after_sensitive"), dict)
        for key, mark in change["change"]["after_sensitive"].items()
        if mark is True and change["change"]["after"].get(key)
    ]
    assert secrets
    assert done.failed == 1
    shown = done.log + done.summary + Path(done.outputs["sarif"]).read_text() + str(done.outputs)
    for secret in secrets:
        assert secret not in shown


# The workflow's job "action" does so on every pull request.
@pytest.mark.full
def test_the_action_installs_itself(hub: Hub) -> None:
    """The real pip, from this checkout; only the libraries it needs come from elsewhere."""
    hub.swap()
    source = hub.top / "source"
    words = ("tfswap", "fixtures/lpa", "pyproject.toml", "README.md", "LICENSE")
    for word in words:
        copy = shutil.copytree if (TOP / word).is_dir() else shutil.copy
        (source / word).parent.mkdir(parents=True, exist_ok=True)
        copy(TOP / word, source / word)
    done = hub.act(
        hub.checkout(f"refs/heads/{BRANCH}"),
        "good",
        source=str(source),
        env={"PYTHONPATH": ""},
    )
    if done.ran[-1] == "Install tfswap" and re.search(
        r"No matching distribution|Temporary fail", done.log
    ):
        pytest.skip("pip reaches no index here")
    assert done.failed == 0, done.log
    assert done.outputs["verdict"] == "ready"
    program = hub.top / "temp" / "tfswap-venv" / "bin" / "tfswap"
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("tfswap ")
