"""Steps of the runbook forgotten, or done with the wrong name, and plans of the wrong kind."""

from __future__ import annotations

from tests.record.hands import NEW, OLD, TABLE, Hands
from tests.record.swaps import applied


def tfvars_not_edited(hands: Hands) -> None:
    """as good, the tfvars not edited"""
    hands.restore()
    hands.state_steps()
    hands.taint()


def replace(hands: Hands) -> None:
    """tfvars edited, state untouched: state rm and import skipped"""
    hands.restore()
    hands.name_table()


def create(hands: Hands) -> None:
    """state rm, import forgotten"""
    hands.restore()
    hands.name_table()
    hands.state_rm()
    hands.taint()


def not_tainted(hands: Hands) -> None:
    """as good, the pipeline not tainted"""
    hands.restore()
    hands.name_table()
    hands.state_steps()


def wrong_table(hands: Hands) -> None:
    """the outgoing table imported again"""
    hands.restore()
    hands.name_table()
    hands.state_rm()
    hands.import_(OLD)


def wrong_date(hands: Hands) -> None:
    """as good, a restore of another date imported"""
    hands.restore()
    hands.restore("Lpas", "20240714")
    hands.name_table()
    hands.state_rm()
    hands.import_("production-Lpas-20240714")
    hands.taint()


def other_date(hands: Hands) -> None:
    """as good, with another date in the tfvars"""
    hands.swap()
    hands.name_table("Lpas-20240714")


def other_date_throughout(hands: Hands) -> None:
    """a restore of another date imported, and that date in the tfvars"""
    hands.restore("Lpas", "20240714")
    hands.name_table("Lpas-20240714")
    hands.state_rm()
    hands.import_("production-Lpas-20240714")
    hands.taint()


def prefix_left_in(hands: Hands) -> None:
    """as good, with the whole physical name in the tfvars"""
    hands.swap()
    hands.name_table(NEW)


def other_environment(hands: Hands) -> None:
    """as good, the edit made in preproduction's tfvars"""
    hands.restore()
    hands.tfvars("lpas_table_name", '"Lpas-20240715"', "preproduction")
    hands.state_steps()
    hands.taint()


def old_config(hands: Hands) -> None:
    """after the swap, planned by a pipeline with the old tfvars"""
    applied(hands)
    hands.name_table("Lpas")


def no_index_default_key(hands: Hands) -> None:
    """restored without indexes, under the default key"""
    dynamodb = hands.world.client("dynamodb")
    dynamodb.create_table(
        TableName=NEW,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
    )
    hands.name_table()
    hands.state_steps()
    hands.taint()


def replica_switched_on(hands: Hands) -> None:
    """as good, with `region_replica_enabled` copied from the runbook's example"""
    hands.swap()
    hands.tfvars("region_replica_enabled", "true")


def targeted(hands: Hands) -> None:
    """as good, with `-target` of the table"""
    hands.swap()
    hands.plan_with(f"-target={TABLE}")


def refresh_only(hands: Hands) -> None:
    """`plan -refresh-only` after the state steps"""
    hands.swap()
    hands.plan_with("-refresh-only")


def destroy(hands: Hands) -> None:
    """`plan -destroy` after the state steps"""
    hands.swap()
    hands.plan_with("-destroy")


CASES = (
    *(tfvars_not_edited, replace, create, not_tainted, wrong_table),
    *(wrong_date, other_date, other_date_throughout, prefix_left_in, other_environment),
    *(old_config, no_index_default_key, replica_switched_on, targeted, refresh_only, destroy),
)
