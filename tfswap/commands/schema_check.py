"""Before the state is written: is the restored table made like the outgoing one?

The rehearsed plan shows it too, as an index added or a table replaced, and the verifier rejects
that. This tells it in a table's own words, and it is all that ``run --direct`` has, which writes
before it plans. Where AWS cannot be asked (Terraform may get its credentials in another way) it
says so and leaves it to the plan.
"""

from __future__ import annotations

from tfswap.commands.workbench import Workbench
from tfswap.errors import AwsError, RejectedError
from tfswap.swap import Swap, TableSwap
from tfswap.terraform.state import State


def check_schemas(bench: Workbench, swap: Swap, pulled: State) -> None:
    """Hold each restored table, as AWS has it, against the outgoing one, as the state has it.

    Args:
        bench: The command's surroundings.
        swap: The swap.
        pulled: The state before the swap; tables it does not hold any more are left out.

    Raises:
        RejectedError: Keys, attribute types or indexes differ.
    """
    for table in swap.tables:
        try:
            found = _differences(bench, swap, table, pulled)
        except AwsError as error:
            bench.console.say(f"{table.new_name} was not compared in AWS: {error.message}")
            continue
        if found:
            raise RejectedError(
                f"{table.new_name} is made differently than {table.old_name}; nothing was written.",
                hint=f"tfswap compare {table.new_name} shows it. Restore again, with all indexes.",
                details=found,
            )


def _differences(bench: Workbench, swap: Swap, table: TableSwap, pulled: State) -> tuple[str, ...]:
    from tfswap.aws.schema import differences, schema_in_api, schema_in_state
    from tfswap.aws.tables import describe_table
    from tfswap.commands.aws_access import aws_of

    held = pulled.instances.get(table.address)
    if held is None or held.attributes.get("name") != table.old_name:
        return ()
    dynamodb = aws_of(bench, swap, table.region).client("dynamodb")
    restored = schema_in_api(describe_table(dynamodb, table.new_name))
    return tuple(map(str, differences(schema_in_state(held.attributes), restored)))
