"""The steps of a swap, in the order the runbook has them."""

from __future__ import annotations

from tfswap.steps.import_table import ImportTable
from tfswap.steps.state_rm import StateRmReplica, StateRmTable
from tfswap.steps.step import Step
from tfswap.steps.taint import TaintPipeline
from tfswap.swap import Swap


def steps_of(swap: Swap) -> tuple[Step, ...]:
    """Return every state step: per table forget and import, then releases, then pipelines."""
    steps: list[Step] = []
    for table in swap.tables:
        steps += [StateRmTable(table), ImportTable(table, swap.var_files)]
    steps += [StateRmReplica(address, swap.tables) for address in swap.release]
    for pipeline in swap.pipelines:
        readers = tuple(table for table in swap.tables if pipeline in table.pipelines)
        steps.append(TaintPipeline(pipeline, readers))
    return tuple(steps)


def touched(swap: Swap) -> frozenset[str]:
    """Return the state addresses the steps may change, and no other may change with them."""
    tables = (table.address for table in swap.tables)
    return frozenset((*tables, *swap.release, *swap.pipelines))
