"""What a scratch copy holds beyond what git knows, and what it says of the rest."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terraform.test_scratch import TRACKED, scratch_of
from tfswap.errors import TerraformError
from tfswap.terraform import scratch as workdir
from tfswap.terraform.client import Terraform
from tfswap.terraform.file_set import files_to_copy
from tfswap.terraform.scratch_env import name_missing_file, scratch_environment

Applied = Callable[..., Terraform]


def write(path: Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A root module that reads files git ignores, in every way there is."""
    top = tmp_path / "repo"
    write(
        top / "tf/env/main.tf",
        """
module "made" { source = "../modules/made" }
resource "a" "b" {
  one   = file("${path.module}/../build/one.zip")
  two   = file("../build/two.zip")
  three = "${path.root}/../dist/${var.x}.zip"
  four  = "./own.zip"
  above = "${path.module}/../.."
  none  = "../not/there.zip"
  out   = "../../../outside.zip"
}
""",
    )
    write(top / "tf/modules/made/main.tf", 'x = "${path.module}/../deep/leaf.json"')
    for name in (
        *("tf/modules/made/generated.tf", "tf/modules/deep/leaf.json", "tf/build/one.zip"),
        *("tf/build/two.zip", "tf/build/unread.zip", "tf/dist/a/b.zip", "tf/env/own.zip"),
        *("tf/env/.data/providers/huge", "tf/env/.terraform/x", "tf/env/terraform.tfstate"),
        *("tf/other/terraform.tfstate", "node_modules/x.js", "sub/module/main.tf", "sub/.git/HEAD"),
    ):
        write(top / name)
    (tmp_path / "outside.zip").write_text("x")
    return top


def gathered(tree: Path, *listed: str) -> set[str]:
    return files_to_copy(tree, tree / "tf/env", listed, tree / "tf/env/.data")


def test_what_the_configuration_names_comes_along_and_nothing_else(tree: Path) -> None:
    assert gathered(tree, "tf/env/main.tf", "tf/other/terraform.tfstate") == {
        *("tf/env/main.tf", "tf/env/own.zip", "tf/other/terraform.tfstate"),
        *("tf/modules/made/main.tf", "tf/modules/made/generated.tf", "tf/modules/deep/leaf.json"),
        *("tf/build/one.zip", "tf/build/two.zip", "tf/dist/a/b.zip"),
    }


def test_a_submodule_comes_with_its_work_tree(tree: Path) -> None:
    found = gathered(tree, "sub")
    assert "sub/module/main.tf" in found
    assert "sub" not in found
    assert not {name for name in found if ".git" in name}


def test_what_links_lead_to_comes_along(tree: Path) -> None:
    (tree / "tf/env/linked").symlink_to("../far")
    write(tree / "tf/far/file")
    (tree / "tf/env/round").symlink_to(".")
    assert {"tf/env/linked", "tf/far/file", "tf/env/round"} <= gathered(tree)


def test_a_link_out_of_the_repository_still_leads_there(
    applied: Applied, repo: Path, tmp_path: Path
) -> None:
    write(tmp_path / "secrets.tfvars", 'size = "large"')
    (repo / "tf/environment/local.auto.tfvars").symlink_to("../../../secrets.tfvars")
    scratch = scratch_of(applied(), repo)
    words = ("plan", "-detailed-exitcode")
    assert scratch.terraform.run(words, "plan").code == 0


@pytest.mark.parametrize("where", [".data", "../.data/environment"])
def test_a_relative_data_directory(
    applied: Applied, repo: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its providers are used from there, its modules copied, and found by their manifest."""
    far = repo.parent / "far"
    write(far / "main.tf", 'output "x" { value = 1 }')
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "x")):
        who = ("-c", "user.name=x", "-c", "user.email=x@x.example")
        subprocess.run(["git", *who, *words], cwd=far, check=True)
    with (repo / "tf/environment/main.tf").open("a") as file:
        file.write(f'\nmodule "far" {{ source = "git::file://{far}" }}\n')
    real = applied(TF_DATA_DIR=where)
    data = real.root / where
    write(data / "providers/registry.terraform.io/x/y/huge")
    names = {p.relative_to(repo).as_posix() for p in repo.rglob("*") if p.is_file()}
    folder = repo / ".tfswap" / "rehearsal"
    scratch = workdir.prepare(real, repo, names, folder, "production")
    scratch.place(real.pull())
    assert not list(folder.rglob("huge"))
    assert (scratch.terraform.root / ".terraform/modules/far/main.tf").is_file()
    assert scratch.terraform.run(("plan", "-detailed-exitcode"), "plan").code == 0


def test_variable_files_are_found_from_the_copy(tmp_path: Path) -> None:
    root = tmp_path / "env"
    env = {
        "TF_CLI_ARGS": "-no-color",
        "TF_CLI_ARGS_plan": "-var-file=../a.tfvars -var 'x=y z' --var-file b.tfvars",
        "TF_CLI_ARGS_import": f"-var-file={tmp_path}/c.tfvars",
        "TF_CLI_ARGS_init": "-backend-config=x",
        "TF_CLI_ARGS_apply": "-var='unmatched",
        "TF_CLI_CONFIG_FILE": "rc",
        "TF_DATA_DIR": "x",
        "TF_WORKSPACE": "y",
        "TF_VAR_path": "../left/alone",
    }
    assert scratch_environment(env, root) == {
        "TF_CLI_ARGS": "-no-color",
        "TF_CLI_ARGS_plan": f"-var-file={root}/../a.tfvars -var 'x=y z' --var-file {root}/b.tfvars",
        "TF_CLI_ARGS_import": f"-var-file={tmp_path}/c.tfvars",
        "TF_CLI_ARGS_apply": "-var='unmatched",
        "TF_CLI_CONFIG_FILE": f"{root}/rc",
        "TF_VAR_path": "../left/alone",
    }


def test_an_ignored_variable_file_beside_the_root_module(applied: Applied, repo: Path) -> None:
    write(repo / "tf/shared/size.tfvars", 'size = "large"')
    scratch = scratch_of(applied(TF_CLI_ARGS_plan="-var-file=../shared/size.tfvars"), repo)
    assert scratch.terraform.run(("plan", "-detailed-exitcode"), "plan", accept=(2,)).code == 2


def test_a_file_that_is_missing_is_named_with_the_reason(applied: Applied, repo: Path) -> None:
    write(repo / "tf/made/a file.txt", "small")
    main = repo / "tf/environment/main.tf"
    text = main.read_text() + '\nlocals { where = join("/", ["..", "made", "a file.txt"]) }\n'
    main.write_text(text + 'output "made" { value = file("${path.module}/${local.where}") }\n')
    scratch = scratch_of(applied(), repo)
    with pytest.raises(TerraformError) as shown:
        scratch.terraform.run(("plan",), "plan on the scratch copy")
    assert (
        "tf/made/a file.txt, which is missing in the scratch copy: git ignores it"
        in shown.value.message
    )
    assert "literal path" in shown.value.hint
    assert shown.value.details


def test_an_error_about_something_else_stays_as_it_is(tmp_path: Path) -> None:
    error = TerraformError("no", details=('no file exists at "./nowhere"', "open /x: denied"))
    shown = name_missing_file(error, repo=tmp_path, real=tmp_path / "a", scratch=tmp_path / "b")
    assert shown is error


def test_errors_in_the_copy_name_the_real_folder_to_initialise(
    applied: Applied, repo: Path
) -> None:
    real = applied()
    scratch = scratch_of(real, repo)
    shutil.rmtree(scratch.terraform.root / ".terraform" / "modules")
    with pytest.raises(TerraformError, match="not initialised") as shown:
        scratch.terraform.run(("plan",), "plan")
    assert real.init_line in shown.value.hint
    assert str(scratch.folder) not in shown.value.hint


def test_a_full_disk_names_where_there_is_no_room(
    applied: Applied, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = applied()

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(source))

    monkeypatch.setattr(shutil, "copy2", full)
    folder = repo / ".tfswap" / "rehearsal"
    with pytest.raises(TerraformError, match="No disk space for the scratch copy") as shown:
        workdir.prepare(real, repo, TRACKED, folder, "production")
    assert str(folder) in shown.value.message


def test_a_version_managers_file_reaches_the_state_folder(applied: Applied, repo: Path) -> None:
    write(repo / "tf/environment/.terraform-version", "1.11.4")
    write(repo / ".tool-versions", "terraform 1.11.4")
    scratch = scratch_of(applied(), repo)
    assert (scratch.bare.root / ".terraform-version").read_text() == "1.11.4"
    assert (scratch.bare.root / ".tool-versions").exists()


def test_checksums_are_compared_once_by_init(tmp_path: Path) -> None:
    """The end-to-end test with a wrong checksum shows that init does compare."""
    lock = tmp_path / ".terraform.lock.hcl"
    block = 'provider "a/b/c" {\n  version = "1.0.0"\n%s}\n'
    hashes = '  hashes = [\n    "h1:x=",\n    "zh:y",\n  ]\n'
    lock.write_text("# kept\n" + block % hashes + block % "")
    workdir._trust(lock)
    assert lock.read_text() == "# kept\n" + block % "" + block % ""
    workdir._trust(tmp_path / "nowhere")
