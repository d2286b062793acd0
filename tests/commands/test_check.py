"""`tfswap check` as typed, on throw-away clones; plans are recorded ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import TFVARS, Clone, Outcome
from tests.record.folder import FOLDER
from tfswap.demo import fixture

OLD, NEW = '"lpas_table_name":   "Lpas"', '"lpas_table_name":   "Lpas-20240715"'
DEMO = '"lpas_table_name": "Lpas"'


def plan(case: str) -> str:
    return str(FOLDER / case / "plan.json")


def change(clone: Clone, path: str, old: str, new: str, *, count: int = 1) -> None:
    """Edit one of the files, byte for byte."""
    file = clone.repo / path
    data = file.read_bytes()
    assert old.encode() in data
    file.write_bytes(data.replace(old.encode(), new.encode(), count))


@pytest.fixture
def swap(clone: Clone) -> Clone:
    """A branch with production's table renamed, committed."""
    clone.git("switch", "--quiet", "--create", "restore/production")
    change(clone, TFVARS, OLD, NEW)
    clone.commit("Swap")
    return clone


def rules(done: Outcome) -> set[str]:
    return {one["rule"] for one in json.loads(done.out)["findings"]}


def check(clone: Clone, *words: str, **env: str) -> Outcome:
    return clone.tfswap("check", *words, **env)


def as_json(clone: Clone, *words: str, **env: str) -> Outcome:
    return check(clone, "--format", "json", *words, **env)


def test_a_branch_without_a_swap_passes(clone: Clone) -> None:
    (clone.repo / "README.md").write_text("changed\n")
    clone.commit()
    done = check(clone)
    assert done.code == 0
    assert done.out.startswith("PASSED\nNo swap here, and no plan.")


def test_a_swap_without_a_plan_is_never_ready(swap: Clone) -> None:
    done = check(swap)
    assert done.code == 0
    assert done.out.startswith("PASSED\nA swap, of which only the files were checked.")
    assert "production-Lpas -> production-Lpas-20240715" in done.out
    assert "ready" not in done.text.lower()
    assert f"{TFVARS}:157" in done.out


@pytest.mark.parametrize(
    ("case", "code", "state"),
    [
        ("good", 0, "before"),
        ("applied", 0, "after"),
        ("replace", 1, "do not merge"),
        ("old-config", 1, "do not merge"),
        ("ride-image", 1, "before"),
    ],
)
def test_the_plan_tells_where_the_swap_stands(
    swap: Clone, case: str, code: int, state: str
) -> None:
    done = as_json(swap, "--plan", plan(case))
    assert (done.code, json.loads(done.out)["pull"]) == (code, state)


def test_a_plan_that_cannot_be_told(swap: Clone, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    whole = json.loads(Path(plan("good")).read_text())
    file.write_text(json.dumps(whole | {"deferred_changes": [{"reason": "unknown"}]}))
    done = as_json(swap, "--plan", str(file))
    assert (done.code, json.loads(done.out)["pull"]) == (3, "cannot tell")


def test_nothing_is_written(swap: Clone) -> None:
    before = swap.everything()
    check(swap, "--plan", plan("good"))
    assert swap.everything() == before


def test_the_swap_back(swap: Clone) -> None:
    swap.git("push", "--quiet", "origin", "HEAD:main")
    swap.git("fetch", "--quiet")
    change(swap, TFVARS, NEW, OLD)
    swap.commit("Swap back")
    done = as_json(swap, "--plan", plan("swap-back"))
    shown = json.loads(done.out)
    assert (done.code, shown["verdict"], shown["pull"]) == (0, "ready", "before")
    assert shown["tables"][0]["new"] == "production-Lpas"


def test_after_the_merge_an_old_plan_is_refused(swap: Clone) -> None:
    """The gate in the path to live: nothing is swapped there, every plan is guarded."""
    swap.git("push", "--quiet", "origin", "HEAD:main")
    swap.git("fetch", "--quiet")
    done = as_json(swap, "--plan", plan("old-config"), "--plan", plan("applied"))
    whole = json.loads(done.out)
    assert done.code == 1
    assert "TFS101" in done.out
    assert "no swap" in json.dumps(whole)


def test_an_unrelated_branch_may_not_take_a_bucket_away(clone: Clone) -> None:
    assert as_json(clone, "--plan", plan("good")).code == 0
    done = as_json(clone, "--plan", plan("bucket-deleted"))
    assert (done.code, rules(done)) == (1, {"TFS102", "TFS108"})


def test_an_unrelated_branch_is_told_of_a_table_that_leaves_terraform(clone: Clone) -> None:
    done = check(clone, "--plan", plan("table-forgotten"))
    assert done.code == 1
    assert "TFS106" in done.out
    assert 'allow it in tfswap.toml with the attribute "forget"' in " ".join(done.out.split())


def test_two_environments(swap: Clone) -> None:
    change(swap, TFVARS, DEMO, '"lpas_table_name": "Lpas-20240715"')
    swap.commit()
    done = as_json(swap)
    assert done.code == 1
    assert "TFS803" in rules(done)


def test_two_tables_of_one_environment(swap: Clone) -> None:
    old = '"sessions_table_name":   "Sessions"'
    change(swap, TFVARS, old, old.replace('"Sessions"', '"Sessions-20240715"'))
    swap.commit()
    done = as_json(swap, "--plan", plan("two-tables"))
    # What the outgoing tables had is in their state alone, so a warning is all that can be said.
    assert (done.code, rules(done)) == (0, {"TFS208"})
    assert as_json(swap, "--plan", plan("good")).code == 1


def test_another_value_of_the_tfvars(swap: Clone) -> None:
    change(swap, TFVARS, '"region_replica_enabled": true', '"region_replica_enabled": false')
    swap.commit()
    done = as_json(swap)
    (found,) = [one for one in json.loads(done.out)["findings"] if one["rule"] == "TFS802"]
    assert done.code == 1
    assert found["evidence"] == "/environments/preproduction/dynamodb/region_replica_enabled"
    line = (swap.repo / TFVARS).read_text().splitlines()[found["location"]["line"] - 1]
    assert "region_replica_enabled" in line


@pytest.mark.parametrize(
    ("value", "rule"),
    [("Lpas-20241340", "TFS804"), ("Lpaz-20240715", "TFS806"), ("Lpas-20240715-2", "TFS806")],
)
def test_names(swap: Clone, value: str, rule: str) -> None:
    change(swap, TFVARS, '"Lpas-20240715"', f'"{value}"')
    swap.commit()
    done = as_json(swap, "--plan", plan("good"))
    assert done.code == 1
    assert rule in rules(done)


def test_the_future(swap: Clone) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    change(swap, TFVARS, '"Lpas-20240715"', f'"Lpas-{soon:%Y%m%d}"')
    swap.commit()
    done = as_json(swap)
    assert (done.code, rules(done)) == (1, {"TFS805", "TFS811"})


def test_the_outgoing_name_in_a_file(swap: Clone) -> None:
    path = "terraform/environment/opensearch_pipeline/lpas_stream.yaml.tftpl"
    (swap.repo / path).open("a").write("# production-Lpas\nx: production-Lpas/stream\n")
    (swap.repo / "NOTES.md").write_text("production-Lpas\n")
    swap.commit()
    swap.git("config", "color.ui", "always")
    done = as_json(swap)
    shown = [
        (one["location"]["file"], one["severity"])
        for one in json.loads(done.out)["findings"]
        if one["rule"] == "TFS808"
    ]
    assert done.code == 1
    assert sorted(shown) == [(path, "error"), (path, "error")]


def test_our_folder_and_the_role(swap: Clone) -> None:
    folder = swap.repo / ".tfswap"
    folder.mkdir()
    (folder / "swap.json").write_text("{}")
    swap.git("add", "--force", ".tfswap/swap.json")
    change(swap, "terraform/environment/.envrc", "role=operator", "role=breakglass")
    swap.commit()
    done = as_json(swap)
    assert done.code == 1
    assert {"TFS809", "TFS810"} <= rules(done)


def test_broken_json(swap: Clone) -> None:
    change(swap, TFVARS, '"Lpas-20240715",', '"Lpas-20240715"')
    swap.commit()
    done = as_json(swap)
    (found,) = json.loads(done.out)["findings"]
    assert (done.code, found["rule"], found["location"]["line"]) == (1, "TFS801", 158)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks(clone: Clone, mark: bytes) -> None:
    """A branch that also turns every line end around still changes one value only."""
    data = clone.tfvars.read_bytes().replace(OLD.encode(), NEW.encode())
    clone.tfvars.write_bytes(mark + data.replace(b"\n", b"\r\n"))
    clone.commit()
    done = as_json(clone, "--plan", plan("good"))
    assert (done.code, rules(done)) == (0, set())


def test_a_renamed_tfvars_file(clone: Clone) -> None:
    new = "terraform/environment/all.auto.tfvars.json"
    change(clone, TFVARS, OLD, NEW)
    clone.git("mv", TFVARS, new)
    clone.commit()
    done = as_json(clone, "--plan", plan("good"))
    shown = json.loads(done.out)
    assert (done.code, shown["pull"]) == (0, "before")
    assert shown["tables"][0]["location"] == {"file": new, "line": 157}


def test_the_code_changes_too(swap: Clone) -> None:
    change(swap, "terraform/environment/region/ecs.tf", "\n", "\n# so\n")
    swap.commit()
    done = as_json(swap, "--plan", plan("good"))
    assert (done.code, rules(done)) == (0, {"TFS814"})


def test_githubs_merge_commit(swap: Clone) -> None:
    """The runner checks out a merge of the branch into its base; two commits are enough."""
    swap.git("switch", "--quiet", "--detach", "main")
    (swap.repo / "OTHER.md").write_text("meanwhile on main\n")
    swap.commit("Something else")
    swap.git("push", "--quiet", "origin", "HEAD:main")
    swap.git("fetch", "--quiet")
    swap.git("merge", "--quiet", "--no-edit", "restore/production")
    env = {"GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/pull/7/merge"}
    whole = as_json(swap, "--plan", plan("good"), **env)
    assert (whole.code, json.loads(whole.out)["pull"]) == (0, "before")
    swap.git("update-ref", "-d", "refs/remotes/origin/main")
    swap.git("branch", "--quiet", "-D", "main")
    bare = as_json(swap, "--plan", plan("good"), **env)
    assert bare.out == whole.out
    assert "first parent" in bare.err


def test_gitlabs_target_branch(swap: Clone) -> None:
    done = as_json(swap, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert done.code == 0
    assert "CI_MERGE_REQUEST_TARGET_BRANCH_NAME" in done.err


def shallow(swap: Clone, folder: Path, *words: str) -> Clone:
    swap.git("push", "--quiet", "origin", "HEAD:refs/heads/restore/production")
    origin = f"file://{swap.git('remote', 'get-url', 'origin').strip()}"
    branch = ("--branch", "restore/production")
    fixture.git(folder, "clone", "--quiet", "--depth=1", *branch, *words, origin, "shallow")
    return Clone(folder / "shallow")


@pytest.mark.parametrize("words", [(), ("--no-single-branch",)])
def test_a_shallow_clone_says_how_to_fetch_more(
    swap: Clone, tmp_path: Path, words: tuple[str, ...]
) -> None:
    clone = shallow(swap, tmp_path, *words)
    done = check(clone, GITHUB_BASE_REF="main")
    assert (done.code, done.out) == (2, "")
    assert "shallow" in done.err
    for way in ("fetch-depth: 0", "git fetch --unshallow"):
        assert way in " ".join(done.err.split())
    clone.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    clone.git("fetch", "--quiet", "--unshallow")
    assert check(clone, GITHUB_BASE_REF="main").code == 0


def test_no_such_base(swap: Clone) -> None:
    done = check(swap, "--base", "nowhere")
    assert (done.code, done.out) == (2, "")
    assert "There is no nowhere (--base)" in done.err
    assert check(swap, "--base", "--output=/tmp/x").code == 2


def test_what_is_staged(swap: Clone) -> None:
    change(swap, TFVARS, "20240715", "20240799")
    assert check(swap, "--staged").code == 0
    assert "uncommitted changes; only HEAD is checked" in check(swap).err
    swap.git("add", "--all")
    assert "TFS804" in rules(as_json(swap, "--staged"))
    assert check(swap).code == 0


def test_plans_that_are_none(swap: Clone, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text("{}")
    done = check(swap, "--plan", plan("good"), "--plan", str(file))
    assert (done.code, done.out) == (3, "")
    assert "empty.json" in done.err
    assert check(swap, "--plan", str(tmp_path / "none.json")).code == 3


def test_what_is_known_only_to_the_state_is_no_pass(clone: Clone) -> None:
    """A table whose name the code does not tell may be the one that is renamed."""
    change(
        clone,
        "terraform/environment/dynamodb.tf",
        "${local.environment.dynamodb.lpas_table_name}",
        "${data.aws_ssm_parameter.lpas.value}",
    )
    clone.commit()
    clone.git("push", "--quiet", "origin", "HEAD:main")
    clone.git("fetch", "--quiet")
    change(clone, TFVARS, OLD, NEW)
    clone.commit()
    done = as_json(clone)
    assert (done.code, rules(done)) == (3, {"TFS813"})
    assert json.loads(done.out)["pull"] == "cannot tell"


def test_the_runner_is_told(swap: Clone, tmp_path: Path) -> None:
    summary, output, sarif = (tmp_path / name for name in ("summary.md", "output", "x.sarif"))
    summary.write_text("before\n")
    done = check(
        swap,
        *("--plan", plan("good"), "--format", "github", "--write", f"sarif={sarif}"),
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_OUTPUT=str(output),
    )
    assert done.code == 0
    assert summary.read_text().startswith("before\n## ")
    assert json.loads(sarif.read_text())["version"] == "2.1.0"
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert (outputs["verdict"], outputs["state"]) == ("ready", "before")
    assert json.loads(outputs["swaps"]) == [
        {
            "environment": "production",
            "address": "aws_dynamodb_table.lpas_table",
            "old": "production-Lpas",
            "new": "production-Lpas-20240715",
        }
    ]


def test_a_format_that_is_none(swap: Clone) -> None:
    for text in ("sarif", "sarif=", "pdf=x"):
        done = check(swap, "--write", text)
        assert done.code == 2
        assert "--write sarif=tfswap.sarif" in done.err


def test_a_saved_plan_is_shown_by_terraform(swap: Clone, tmp_path: Path) -> None:
    """A stand-in for terraform: all that matters is that it is asked for the plan's JSON."""
    saved, terraform = tmp_path / "this.tfplan", tmp_path / "terraform"
    saved.write_bytes(b"PK\x03\x04 and more")
    terraform.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/asked"\ncat "{plan("good")}"\n')
    terraform.chmod(0o755)
    done = as_json(swap, "--plan", str(saved), "--terraform-bin", str(terraform))
    assert (done.code, json.loads(done.out)["pull"]) == (0, "before"), done.err
    assert (tmp_path / "asked").read_text().split()[-3:] == ["show", "-json", str(saved)]


def test_a_name_made_again_does_not_pass(swap: Clone) -> None:
    code = 'locals {\n  second = "${local.environment_name}-Lpas"\n}\n'
    (swap.repo / "terraform/environment/second.tf").write_text(code)
    swap.commit()
    done = as_json(swap)
    assert done.code == 1
    (found,) = (one for one in json.loads(done.out)["findings"] if one["rule"] == "TFS808")
    assert found["location"] == {"file": "terraform/environment/second.tf", "line": 2}
    assert "production-Lpas" in found["message"]


def test_a_table_that_is_gone_does_not_pass_without_a_plan(clone: Clone) -> None:
    path = next(
        path
        for path in (clone.repo / "terraform/environment").glob("*.tf")
        if 'resource "aws_dynamodb_table" "lpas_table"' in path.read_text()
    )
    text = path.read_text()
    path.write_text(text.replace('"lpas_table" {', '"renamed" {', 1))
    clone.commit()
    done = as_json(clone)
    assert done.code == 1
    assert "TFS815" in rules(done)


def test_a_branchs_settings_run_no_program(swap: Clone, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {marker}\n")
    program.chmod(0o755)
    settings = f'prefix = "{program}"\nterraform_bin = "{program}"\n'
    (swap.repo / "tfswap.toml").write_text(settings)
    swap.commit()
    saved = tmp_path / "plan"
    saved.write_bytes(b"PK\x03\x04 no plan")
    done = check(swap, "--plan", str(saved))
    assert not marker.exists()
    assert "tfswap.toml's prefix and terraform_bin are ignored: check" in done.err
    check(swap, "--plan", str(saved), "--terraform-bin", str(program))
    assert marker.exists()


@pytest.mark.parametrize("form", ["text", "markdown", "json", "sarif", "junit"])
def test_file_names_make_no_commands_for_the_runner(swap: Clone, form: str) -> None:
    code = 'locals {\n  second = "${local.environment_name}-Lpas"\n}\n'
    for name in ("::error::a.tf", "##[error]b.tf"):
        (swap.repo / "terraform/environment" / name).write_text(
            code.replace("second", f"s{len(name)}")
        )
    (swap.repo / "::warning::x.json").write_text('"production-Lpas"\n')
    (swap.repo / "x\n::warning::y.json").write_text('"production-Lpas"\n')
    swap.commit()
    done = check(swap, "--format", form)
    assert done.code == 1
    for line in done.text.splitlines():
        assert not line.lstrip().startswith("::"), line
        assert "##[" not in line
