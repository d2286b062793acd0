"""Damage that once slipped through, as small as it can be; each test names the hole."""

from __future__ import annotations

import pytest

from tests.verify.good_plans import PASSES, GoodPlan, good_plans
from tests.verify.plans import NEW, OLD, OTHER_TABLE, TABLE, change

BOTH = GoodPlan(
    "two-tables",
    ((OLD, NEW, TABLE), ("production-Sessions", "production-Sessions-20240715", OTHER_TABLE)),
    (),
)


@pytest.mark.parametrize(
    "values",
    [{"stream_view_type": "KEYS_ONLY"}, {"stream_enabled": True, "stream_view_type": "KEYS_ONLY"}],
    ids=["view type", "stream"],
)
def test_a_stream_the_configuration_does_not_have_is_no_protection(
    values: dict[str, object],
) -> None:
    """The second table has no stream: nothing in its configuration says one comes on."""
    plan = BOTH.plan()
    change(plan, OTHER_TABLE)["after"].update(values)
    assert BOTH.report(plan).verdict not in PASSES


def test_a_released_object_made_anew_is_as_the_configuration_has_it() -> None:
    """Only its tags differ from every other resource's; its creation is explained all the same."""
    (good,) = [good for good in good_plans() if good.name == "replica-released"]
    plan = good.plan()
    tags = change(plan, good.release[0])["after"]["tags_all"]
    tags["application"] = "another"
    assert good.report(plan).verdict not in PASSES
