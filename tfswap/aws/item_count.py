"""An exact number of items, by reading the whole table.

DynamoDB has no cheaper way: ``ItemCount`` of ``DescribeTable`` is brought up to date about every
six hours (DynamoDB API reference, ``TableDescription``). A ``Scan`` with ``Select=COUNT`` reads
every item all the same; read consistently, it costs one read unit for each 4 KB (developer guide,
"Read consistency" and "DynamoDB read and write operations").
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tfswap.aws.calls import calling
from tfswap.aws.table_facts import TableFacts

_UNIT = 4096


def cost(facts: TableFacts) -> int:
    """Return about how many read units a count takes, by the size DynamoDB last measured."""
    return max(1, math.ceil(facts.bytes / _UNIT))


def count_items(dynamodb: Any, name: str, progress: Callable[[int], None]) -> int:
    """Return how many items a table holds now, read consistently.

    Args:
        dynamodb: The client.
        name: The table.
        progress: Told the number so far, page by page (a page is 1 MB).

    Raises:
        AwsError: The scan was refused or cut off; nothing is taken for a count then.
    """
    total = 0
    with calling(f"count the items of {name}"):
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=name, Select="COUNT", ConsistentRead=True
        )
        for page in pages:
            total += page["Count"]
            progress(total)
    return total
