"""A prepared swap for programs: ``tfswap prepare --format json``. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tfswap.report.documents import PreparedConsumer, PrepareDocument, PreparedTable
from tfswap.swap import Swap, TableSwap


def prepare_document(
    swap: Swap,
    diff: Sequence[str],
    commands: Sequence[str],
    *,
    stale: Sequence[str],
    dry_run: bool,
    already: bool,
) -> PrepareDocument:
    """Return what ``prepare`` tells; the arguments are those of ``prepared_text``."""
    return PrepareDocument(
        environment=swap.environment,
        environment_origin=swap.environment_origin,
        workspace=swap.workspace,
        root_module=swap.root_module,
        account=swap.account,
        branch=swap.branch,
        dry_run=dry_run,
        already=already,
        edit=list(diff),
        tables=[_table(swap, table) for table in swap.tables],
        stale=list(stale),
        commands=list(commands),
    )


def _table(swap: Swap, table: TableSwap) -> PreparedTable:
    return PreparedTable(
        address=table.address,
        outgoing=table.old_name,
        restored=table.new_name,
        arn=swap.arn(table) if swap.account else "",
        region=table.region,
        file=table.leaf.file,
        line=table.leaf.line,
        before=table.leaf.value,
        after=table.new_value,
        pipelines=list(table.pipelines),
        consumers=[PreparedConsumer(one.address, one.kind) for one in table.consumers],
    )
