"""Who reads the stream of a table: what would fall silent once the table is gone.

Reading a stream consumes no capacity of the table ("Change data capture for DynamoDB Streams"), so
CloudWatch's use of the table says nothing of it. Lambda API reference, ``ListEventSourceMappings``;
EventBridge Pipes, ``ListPipes``; OpenSearch Ingestion, ``ListPipelines`` and ``GetPipeline``, whose
body names the table. A reader that is switched off reads nothing, and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tfswap.aws.calls import calling
from tfswap.aws.ingestion_pipeline import names as pipeline_names
from tfswap.aws.session import Aws
from tfswap.aws.unknown_facts import UnknownFact, known
from tfswap.names import mentions


class StreamReader(NamedTuple):
    """One reader of a table's stream."""

    what: str
    """Kind and name."""
    status: str


_Ask = Callable[[Any, str], Iterator[StreamReader]]


def readers_of(
    aws: Aws, table_arn: str, stream_arn: str, region: str
) -> list[StreamReader | UnknownFact]:
    """Return who reads a table's stream in one region, or what AWS does not tell of that.

    Args:
        aws: The door to the account.
        table_arn: The table, as pipelines name it.
        stream_arn: Its latest stream, on or off; empty where it never had one.
        region: Where it is.

    Raises:
        AwsError: Asking again can tell.
    """
    asked: list[tuple[str, _Ask, str]] = [("osis", _pipelines, table_arn)]
    if stream_arn:
        asked += [("lambda", _mappings, stream_arn), ("pipes", _pipes, stream_arn)]
    found: list[StreamReader | UnknownFact] = []
    for service, ask, arn in asked:
        if not aws.offers(service, region):
            continue
        client = aws.client(service, region)
        answer = known(lambda ask=ask, client=client, arn=arn: list(ask(client, arn)))  # type: ignore[misc]
        found += [answer] if isinstance(answer, UnknownFact) else answer
    return found


def _mappings(function: Any, stream_arn: str) -> Iterator[StreamReader]:
    with calling("list the event source mappings"):
        pages = function.get_paginator("list_event_source_mappings")
        for page in pages.paginate(EventSourceArn=stream_arn):
            for each in page["EventSourceMappings"]:
                name = str(each.get("FunctionArn", "?")).partition(":function:")[2]
                state = str(each.get("State", "in an unknown state"))
                if state != "Disabled":
                    yield StreamReader(f"the Lambda function {name or '?'}", state)


def _pipes(pipes: Any, stream_arn: str) -> Iterator[StreamReader]:
    with calling("list the EventBridge pipes"):
        pages = pipes.get_paginator("list_pipes").paginate(SourcePrefix=stream_arn)
        for page in pages:
            for each in page.get("Pipes", ()):
                state = str(each.get("CurrentState", "in an unknown state"))
                if state != "STOPPED" and each.get("Source", stream_arn) == stream_arn:
                    yield StreamReader(f"the pipe {each.get('Name', '?')}", state)


def _pipelines(osis: Any, table_arn: str) -> Iterator[StreamReader]:
    for name in pipeline_names(osis):
        with calling(f"look at the pipeline {name}"):
            response = osis.get_pipeline(PipelineName=name)["Pipeline"]
        status = str(response.get("Status", "in an unknown state"))
        if status not in _STILL and mentions(
            response.get("PipelineConfigurationBody", ""), table_arn
        ):
            yield StreamReader(f"the ingestion pipeline {name}", status)


_STILL = frozenset({"STOPPED", "CREATE_FAILED", "DELETING"})
"""A pipeline that takes nothing in."""
