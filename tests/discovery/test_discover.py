"""From a name to a swap: what is found, what is refused, and with which words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.discovery.conftest import MINIATURE, ROOT, Find, Make
from tfswap.config import Config, Setting
from tfswap.discovery.selection import AlreadyNamedError
from tfswap.errors import AmbiguousError, RepoError, UsageError
from tfswap.swap import Swap

FIXTURE = Path(__file__).parents[2] / "fixtures/lpa/repo"
TFVARS = f"{ROOT}/terraform.tfvars.json"


def at(environment: str) -> Config:
    return Config(environment=Setting(environment, "--environment"))


def edited(old: str, new: str, file: str = TFVARS) -> dict[str, str]:
    assert old in MINIATURE[file]
    return {file: MINIATURE[file].replace(old, new)}


def test_finds_everything_with_no_flag(make: Make, find: Find) -> None:
    swap = find(make())
    table = swap.tables[0]
    assert (swap.environment, swap.workspace, swap.root_module) == (
        "production",
        "production",
        ROOT,
    )
    assert (swap.account, swap.partition, table.region) == ("222222222222", "aws", "eu-west-1")
    assert swap.branch == "restore/production-Lpas-20240715"
    assert (table.address, table.base) == ("aws_dynamodb_table.lpas_table", "Lpas")
    assert (table.old_name, table.new_name) == ("production-Lpas", "production-Lpas-20240715")
    assert (table.leaf.pointer, table.leaf.value, table.leaf.file, table.leaf.line) == (
        "/environments/production/dynamodb/lpas_table_name",
        "Lpas",
        TFVARS,
        14,
    )
    assert table.leaf.column == 28


def test_the_physical_name_is_taken_too(make: Make, find: Find) -> None:
    swap = find(make(), "production-Lpas-20240715")
    assert swap.tables[0].new_value == "Lpas-20240715"
    assert swap.tables[0].new_name == "production-Lpas-20240715"


def test_a_table_swapped_before(make: Make, find: Find) -> None:
    table = find(make(), config=at("test")).tables[0]
    assert (table.old_name, table.new_name) == ("test-Lpas-20240101", "test-Lpas-20240715")


def test_swapping_back(make: Make, find: Find) -> None:
    table = find(make(), "Lpas", config=at("test")).tables[0]
    assert (table.old_name, table.new_name, table.base) == (
        "test-Lpas-20240101",
        "test-Lpas",
        "Lpas",
    )


def test_several_tables(make: Make, find: Find) -> None:
    swap = find(make(), "Lpas-20240715", "Sessions-20240716")
    assert [t.new_name for t in swap.tables] == [
        "production-Lpas-20240715",
        "production-Sessions-20240716",
    ]
    assert swap.branch == "restore/production-Lpas-20240715-Sessions-20240716"


def test_the_older_key(make: Make, find: Find) -> None:
    files = {
        name: text.replace("lpas_table_name", "table_name") for name, text in MINIATURE.items()
    }
    assert find(make(files)).tables[0].leaf.pointer.endswith("/dynamodb/table_name")


def test_a_same_value_elsewhere_is_not_taken_for_the_leaf(make: Make, find: Find) -> None:
    files = edited(
        '"account_id": "222222222222",', '"account_id": "222222222222", "title": "Lpas",'
    )
    assert find(make(files)).tables[0].leaf.pointer.endswith("lpas_table_name")


class TestEnvironment:
    def test_a_chosen_one_and_its_origin_are_kept(self, make: Make, find: Find) -> None:
        swap = find(make(), config=at("test"))
        assert (swap.environment, swap.environment_origin) == ("test", "--environment")

    def test_the_workspace_variable_comes_before_the_selected_workspace(
        self, make: Make, find: Find
    ) -> None:
        config = Config(tf_workspace=Setting("test", "TF_WORKSPACE"))
        swap = find(make(), config=config, selected_workspace=lambda _: "production")
        assert (swap.environment, swap.environment_origin) == ("test", "TF_WORKSPACE")

    def test_the_selected_workspace_comes_before_production(self, make: Make, find: Find) -> None:
        swap = find(make(), selected_workspace=lambda _: "test")
        assert (swap.environment, swap.environment_origin) == ("test", "the selected workspace")

    @pytest.mark.parametrize("selected", ["default", "elsewhere", None])
    def test_production_when_nothing_says_otherwise(
        self, make: Make, find: Find, selected: str | None
    ) -> None:
        assert find(make(), selected_workspace=lambda _: selected).environment == "production"

    def test_a_workspace_that_is_written_otherwise(self, make: Make, find: Find) -> None:
        files = edited('"test": {', '"test-1": {')
        config = Config(environment=Setting("test-1", "--environment"))
        swap = find(make(files), config=config, selected_workspace=lambda _: "Test_1")
        assert swap.environment == "test-1"
        assert swap.tables[0].new_name == "test-1-Lpas-20240715"

    def test_the_code_itself_says_which_environment_a_workspace_is(
        self, make: Make, find: Find
    ) -> None:
        files = edited('"test": {', '"test-1": {')
        config = Config(tf_workspace=Setting("Test_1", "TF_WORKSPACE"))
        swap = find(make(files), config=config)
        assert (swap.environment, swap.workspace) == ("test-1", "Test_1")

    def test_an_explicit_workspace(self, make: Make, find: Find) -> None:
        config = Config(environment=Setting("test", "--environment"), workspace="TEST")
        assert find(make(), config=config).workspace == "TEST"

    def test_an_environment_that_falls_back_to_default(self, make: Make, find: Find) -> None:
        with pytest.raises(RepoError, match="uses 'default'") as error:
            find(make(), config=at("pr-12"))
        assert "default, test, production" in error.value.hint

    def test_no_production_and_nothing_chosen(self, make: Make, find: Find) -> None:
        with pytest.raises(RepoError, match="environment is ambiguous") as error:
            find(make(edited('"production": {', '"live": {')))
        assert "--environment: default, test, live" in error.value.hint

    def test_a_workspace_that_belongs_to_another_environment(self, make: Make, find: Find) -> None:
        config = Config(environment=Setting("production", "--environment"), workspace="test")
        with pytest.raises(RepoError, match="no table name is made of") as error:
            find(make(), config=config)
        assert "--workspace" in error.value.hint


class TestNames:
    def test_no_such_table(self, make: Make, find: Find) -> None:
        with pytest.raises(RepoError, match="no table is named 'Users'") as error:
            find(make(), "Users-20240715")
        assert any(
            line.startswith("aws_dynamodb_table.lpas_table  production-Lpas  ")
            and line.endswith(f"{ROOT}/dynamodb.tf:2")
            for line in error.value.details
        )

    def test_other_case(self, make: Make, find: Find) -> None:
        with pytest.raises(RepoError) as error:
            find(make(), "lpas-20240715")
        assert "Did you mean Lpas-20240715?" in error.value.hint

    @pytest.mark.parametrize("name", ["Lpas", "production-Lpas"])
    def test_the_present_name(self, make: Make, find: Find, name: str) -> None:
        with pytest.raises(AlreadyNamedError, match="is named 'Lpas' already"):
            find(make(), name)

    def test_a_date_that_does_not_exist(self, make: Make, find: Find) -> None:
        with pytest.raises(UsageError, match="20240231, which is not a date"):
            find(make(), "Lpas-20240231")

    def test_one_table_named_twice(self, make: Make, find: Find) -> None:
        with pytest.raises(UsageError, match=r"both refer to aws_dynamodb_table\.lpas_table"):
            find(make(), "Lpas-20240715", "Lpas-20240716")

    def test_a_physical_name_dynamodb_refuses(self, make: Make, find: Find) -> None:
        with pytest.raises(UsageError, match="is not a valid DynamoDB table name"):
            find(
                make(edited('"lpas_table_name": "Lpas",', '"lpas_table_name": "Lp as",')),
                "Lp as-20240715",
            )

    def test_no_name(self, make: Make) -> None:
        from tfswap.discovery.discover import discover

        with pytest.raises(UsageError, match="No table name is given"):
            discover(make(), [], Config())


SECOND_LEAF = edited('"sessions_table_name": "Sessions"\n', '"sessions_table_name": "Lpas"\n')


class TestAmbiguity:
    def test_two_leaves(self, make: Make, find: Find) -> None:
        with pytest.raises(AmbiguousError) as error:
            find(make(SECOND_LEAF))
        assert len(error.value.details) == 2
        assert all(TFVARS in line and "aws_dynamodb_table." in line for line in error.value.details)
        assert "--leaf" in error.value.hint
        assert "--address" in error.value.hint

    def test_a_leaf_chooses(self, make: Make, find: Find) -> None:
        pointer = "/environments/production/dynamodb/sessions_table_name"
        swap = find(make(SECOND_LEAF), config=Config(pointers=(pointer,)))
        assert swap.tables[0].address == "aws_dynamodb_table.sessions_table"

    def test_an_address_chooses(self, make: Make, find: Find) -> None:
        config = Config(addresses=("aws_dynamodb_table.lpas_table",))
        assert (
            find(make(SECOND_LEAF), config=config)
            .tables[0]
            .leaf.pointer.endswith("lpas_table_name")
        )

    def test_one_leaf_that_names_two_tables(self, make: Make, find: Find) -> None:
        name = "${local.environment.dynamodb.lpas_table_name}-b"
        twin = f'resource "aws_dynamodb_table" "twin" {{\n  name = "{name}"\n}}\n'
        repo = make({f"{ROOT}/twin.tf": twin})
        with pytest.raises(AmbiguousError, match="is the name of several tables"):
            find(repo)
        both = ("aws_dynamodb_table.lpas_table", "aws_dynamodb_table.twin")
        swap = find(repo, config=Config(addresses=both))
        assert {t.new_name for t in swap.tables} == {
            "production-Lpas-20240715",
            "Lpas-20240715-b",
        }

    def test_two_root_modules(self, make: Make, find: Find) -> None:
        copy = {name.replace(ROOT, "other"): text for name, text in MINIATURE.items()}
        with pytest.raises(AmbiguousError) as error:
            find(make(copy))
        assert [line.split()[0] for line in error.value.details] == ["other", ROOT]
        assert "--root other" in error.value.hint
        assert find(make(copy), config=Config(root_module=ROOT)).root_module == ROOT

    def test_a_root_module_with_other_tables_is_no_candidate(self, make: Make, find: Find) -> None:
        other = {
            "terraform/account/main.tf": 'terraform {\n  backend "s3" {}\n}\n'
            'resource "aws_dynamodb_table" "locks" {\n  name = "locks"\n}\n',
            "terraform/account/terraform.tfvars.json": '{"accounts": {,}}',
        }
        assert find(make(other)).root_module == ROOT


class TestFiles:
    def test_broken_tfvars(self, make: Make, find: Find) -> None:
        repo = make(
            edited(
                '"sessions_table_name": "Sessions"\n      }',
                '"sessions_table_name": "Sessions"\n      },',
            )
        )
        with pytest.raises(RepoError, match=r"terraform\.tfvars\.json:16:8: a trailing comma"):
            find(repo)

    def test_hcl_that_does_not_parse(self, make: Make, find: Find) -> None:
        repo = make(
            {f"{ROOT}/use.tf": 'output "x" {\n  value = aws_dynamodb_table.lpas_table.\n}\n'}
        )
        with pytest.raises(RepoError, match=r"use\.tf:\d: this HCL does not parse"):
            find(repo)

    def test_broken_hcl_that_cannot_matter_is_no_matter(self, make: Make, find: Find) -> None:
        assert find(make({f"{ROOT}/other.tf": 'output "x" {\n  value = ]\n}\n'})).tables

    def test_terraform_json_that_could_matter(self, make: Make, find: Find) -> None:
        text = json.dumps({"output": {"x": {"value": "${aws_dynamodb_table.lpas_table.arn}"}}})
        consumers = find(make({f"{ROOT}/x.tf.json": text})).tables[0].consumers
        assert [(c.address, c.file) for c in consumers] == [("output.x", f"{ROOT}/x.tf.json")]

    def test_terraform_json_that_cannot(self, make: Make, find: Find) -> None:
        assert find(make({f"{ROOT}/x.tf.json": '{"output": {"x": {"value": 1}}}'})).tables

    def test_an_hcl_tfvars_that_holds_the_name(self, make: Make, find: Find) -> None:
        values = json.loads(MINIATURE[TFVARS])["environments"]
        text = "# note\nenvironments = " + json.dumps(values) + "\n"
        repo = make({TFVARS: None, f"{ROOT}/terraform.tfvars": text})
        leaf = find(repo, config=at("production")).tables[0].leaf
        assert (leaf.file, leaf.line) == (f"{ROOT}/terraform.tfvars", 2)
        assert leaf.pointer == "/environments/production/dynamodb/lpas_table_name"

    def test_an_auto_tfvars_wins(self, make: Make, find: Find) -> None:
        text = MINIATURE[TFVARS].replace('"Lpas"', '"Lpas-20240301"')
        table = find(make({f"{ROOT}/z.auto.tfvars.json": text})).tables[0]
        assert table.leaf.file == f"{ROOT}/z.auto.tfvars.json"
        assert table.old_name == "production-Lpas-20240301"

    def test_a_folder_without_terraform(self, tmp_path: Path, find: Find) -> None:
        with pytest.raises(RepoError) as error:
            find(tmp_path)
        assert "--root" in error.value.hint

    def test_a_root_that_is_none(self, make: Make, find: Find) -> None:
        for root in ("elsewhere", "..", "/"):
            with pytest.raises(RepoError, match="not a folder with Terraform files"):
                find(make(), config=Config(root_module=root))

    def test_a_tfvars_that_is_not_there(self, make: Make, find: Find) -> None:
        with pytest.raises(RepoError, match=r"no tfvars file x\.json"):
            find(make(), config=Config(tfvars="x.json"))

    def test_nothing_is_written(self, make: Make, find: Find) -> None:
        repo = make()
        before = {path: path.read_bytes() for path in repo.rglob("*") if path.is_file()}
        find(repo)
        assert before == {path: path.read_bytes() for path in repo.rglob("*") if path.is_file()}


NAMED_BY_STATE = edited(
    '"${local.environment_name}-${local.environment.dynamodb.lpas_table_name}"',
    '"${random_pet.prefix.id}-${local.environment.dynamodb.lpas_table_name}"',
    f"{ROOT}/dynamodb.tf",
)
NAMED_BY_STATE[f"{ROOT}/dynamodb.tf"] += 'resource "random_pet" "prefix" {\n}\n'


class TestState:
    def test_is_asked_once_for_what_the_code_cannot_tell(self, make: Make, find: Find) -> None:
        asked = []

        def state(root: str, workspace: str) -> Mapping[str, Mapping[str, object]]:
            asked.append(1)
            return {"random_pet.prefix": {"id": "calm-otter"}}

        table = find(make(NAMED_BY_STATE), state=state).tables[0]
        assert (table.old_name, table.new_name) == ("calm-otter-Lpas", "calm-otter-Lpas-20240715")
        assert asked == [1]

    def test_is_not_asked_when_the_code_tells(self, make: Make, find: Find) -> None:
        def state(root: str, workspace: str) -> Mapping[str, Mapping[str, object]]:
            raise AssertionError("the state was asked")

        assert find(make(), state=state).tables
        assert find(make(NAMED_BY_STATE), "Sessions-20240715", state=state).tables

    def test_without_it_the_reason_is_given(self, make: Make, find: Find) -> None:
        with pytest.raises(RepoError) as error:
            find(make(NAMED_BY_STATE))
        assert any(
            "random_pet.prefix is known only from the state" in d for d in error.value.details
        )

    def test_proves_no_name_source_and_neither_does_an_address(
        self, make: Make, find: Find
    ) -> None:
        files = edited(
            '"${local.environment_name}-${local.environment.dynamodb.lpas_table_name}"',
            'join(uuid(), ["live-", local.environment.dynamodb.lpas_table_name])',
            f"{ROOT}/dynamodb.tf",
        )
        address = "aws_dynamodb_table.lpas_table"
        for config in (Config(), Config(addresses=(address,))):
            with pytest.raises(RepoError, match="no table name is made of"):
                find(make(files), config=config, state=lambda *_: {address: {"name": "live-Lpas"}})

    def test_gives_region_and_account(self, make: Make, find: Find) -> None:
        files = edited("assume_role {", "other {", f"{ROOT}/terraform.tf")
        files[f"{ROOT}/terraform.tf"] = files[f"{ROOT}/terraform.tf"].replace(
            '= "eu-west-1"', "= data.a.b.c"
        )
        files[TFVARS] = MINIATURE[TFVARS].replace(
            '"account_id": "222222222222"', '"account_id": "x"'
        )
        arn = "arn:aws-cn:dynamodb:cn-north-1:333333333333:table/production-Lpas"
        swap = find(make(files), state=lambda *_: {"aws_dynamodb_table.lpas_table": {"arn": arn}})
        assert (swap.account, swap.tables[0].region) == ("333333333333", "cn-north-1")
        assert swap.partition == "aws-cn"


PIPELINE = """
resource "aws_osis_pipeline" "stream" {
  %s
  pipeline_configuration_body = templatefile("p.yaml", local.vars)
}
locals {
  vars = { table = { arn = aws_dynamodb_table.lpas_table.arn } }
}
"""


class TestPipelines:
    def find(self, make: Make, find: Find, head: str, **more: object) -> Swap:
        return find(make({f"{ROOT}/osis.tf": PIPELINE % head}), **more)

    @pytest.mark.parametrize(
        ("head", "keys"),
        [
            ("", [""]),
            ("count = 2", ["[0]", "[1]"]),
            ('count = contains(local.environment.regions, "eu-west-1") ? 1 : 0', ["[0]"]),
            ("count = local.environment.replica ? 1 : 0", []),
            ('for_each = toset(["b", "a"])', ['["a"]', '["b"]']),
        ],
    )
    def test_instances(self, make: Make, find: Find, head: str, keys: list[str]) -> None:
        found = self.find(make, find, head).tables[0].pipelines
        assert list(found) == [f"aws_osis_pipeline.stream{key}" for key in keys]

    def test_from_the_state(self, make: Make, find: Find) -> None:
        state = {'aws_osis_pipeline.stream["x"]': {}, "aws_osis_pipeline.stream_other": {}}
        swap = self.find(make, find, "for_each = data.a.b.c", state=lambda *_: state)
        assert swap.pipelines == ('aws_osis_pipeline.stream["x"]',)

    def test_unclear(self, make: Make, find: Find) -> None:
        with pytest.raises(AmbiguousError) as error:
            self.find(make, find, "count = data.a.b.c")
        assert "--pipeline 'aws_osis_pipeline.stream[0]'" in error.value.hint

    def test_named_by_the_user(self, make: Make, find: Find) -> None:
        config = Config(pipelines=("aws_osis_pipeline.stream[3]",))
        swap = self.find(make, find, "count = data.a.b.c", config=config)
        assert swap.pipelines == ("aws_osis_pipeline.stream[3]",)

    def test_of_another_table_only(self, make: Make, find: Find) -> None:
        assert self.find(make, find, "").pipelines
        repo = make({f"{ROOT}/osis.tf": PIPELINE % ""})
        assert find(repo, "Sessions-20240715").pipelines == ()


IN_MODULE = {
    f"{ROOT}/dynamodb.tf": """
module "tables" {
  source   = "./tables"
  for_each = { lpas = local.environment.dynamodb.lpas_table_name }
  name     = "${local.environment_name}-${each.value}"
  providers = {
    aws.here = aws.eu_west_1
  }
}
output "arn" {
  value = module.tables["lpas"].arn
}
""",
    f"{ROOT}/tables/main.tf": """
variable "name" {}
resource "aws_dynamodb_table" "this" {
  count    = 1
  name     = var.name
  provider = aws.here
}
output "arn" {
  value = aws_dynamodb_table.this[0].arn
}
""",
}


def test_a_table_in_a_module(make: Make, find: Find) -> None:
    swap = find(make(IN_MODULE))
    table = swap.tables[0]
    assert table.address == 'module.tables["lpas"].aws_dynamodb_table.this[0]'
    assert (table.region, swap.account) == ("eu-west-1", "222222222222")
    assert table.new_name == "production-Lpas-20240715"
    assert [c.address for c in table.consumers] == ["module.tables.output.arn", "output.arn"]


def test_everything_can_be_overridden(make: Make, find: Find) -> None:
    config = Config(
        account="999999999999",
        region="us-east-1",
        branch="b",
        release=("x.y",),
        tfvars="terraform.tfvars.json",
    )
    swap = find(make(), config=config)
    assert (swap.account, swap.tables[0].region) == ("999999999999", "us-east-1")
    assert (swap.branch, swap.release) == ("b", ("x.y",))


@pytest.mark.parametrize("environment", ["production", "default"])
def test_the_fixture(find: Find, environment: str) -> None:
    swap = find(FIXTURE, "Lpas-20240715", "Sessions-20240715", config=at(environment))
    assert [t.address for t in swap.tables] == [
        "aws_dynamodb_table.lpas_table",
        "aws_dynamodb_table.sessions_table",
    ]
    assert swap.pipelines == ("aws_osis_pipeline.lpas_stream[0]",)
    app = "module.eu_west_1.module.app"
    assert {
        "aws_osis_pipeline.lpas_stream",
        "aws_iam_role_policy.opensearch_pipeline",
        f"{app}.aws_iam_role_policy.app_task_role",
        f"{app}.aws_ecs_task_definition.app",
        f"{app}.aws_ecs_service.app",
    } <= {c.address for c in swap.tables[0].consumers}
