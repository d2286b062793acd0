"""Whether anybody reads the stream of an outgoing table."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.aws.session import Aws
from tfswap.aws.stream_readers import readers_of
from tfswap.aws.table_facts import TableFacts
from tfswap.aws.unknown_facts import UnknownFact
from tfswap.doctor.result import CheckResult, judged

_ALLOW = "Assume a role with read access, e.g. --role breakglass."


def stream_checks(
    aws: Aws, facts: TableFacts, copies: tuple[TableFacts, ...]
) -> Iterator[CheckResult]:
    """Yield whether anybody reads the table's stream, or that of a replica."""
    for place in (facts, *copies):
        where = "" if place is facts else f" (replica in {place.region})"
        found = readers_of(aws, place.arn, place.stream_arn, place.region)
        for each in found:
            if isinstance(each, UnknownFact):
                text = f"readers of its stream{where} are unknown: {each.why}"
                yield judged(None, text, _ALLOW)
            else:
                text = f"{each.what} still reads its stream{where}: {each.status}"
                yield judged(False, text, _READER)
        if not found:
            yield judged(True, f"no function, pipe or pipeline reads its stream{where}")


_READER = (
    "Bring it to the restored table's stream, or switch it off, where it is managed; one outside "
    "this configuration does not follow the swap."
)
