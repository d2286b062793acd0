"""Record plans anew: `python -m tests.record [CASE...]`, all of them when none is named."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.record.cases import CASES
from tests.record.folder import FOLDER, readme
from tests.record.hands import Hands
from tests.record.normal import lay_out, normalise
from tfswap.console import Console
from tfswap.demo import world as demo_world
from tfswap.demo.world import World
from tfswap.errors import TfswapError
from tfswap.files import write_atomically


def main(argv: Sequence[str] | None = None) -> int:
    """Build one world, record each case on a fork of it; returns 0, or 1 when a case failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.record", description=__doc__)
    parser.add_argument("case", nargs="*", help="names of folders under fixtures/plans")
    parser.add_argument("--readme", action="store_true", help="only write the README anew")
    options = parser.parse_args(argv)
    wanted = options.case or list(CASES)
    if unknown := set(wanted) - CASES.keys():
        parser.error(f"no such case: {', '.join(sorted(unknown))}. There are: {', '.join(CASES)}")
    failed = [] if options.readme else _record_all(wanted)
    write_atomically(FOLDER / "README.md", readme().encode(), 0o644)
    if failed:
        _say(f"not recorded: {', '.join(failed)}")
    return 1 if failed else 0


def _record_all(wanted: Sequence[str]) -> list[str]:
    """Record the cases; returns those that could not be."""
    with tempfile.TemporaryDirectory(prefix="tfswap-record-") as folder:
        base = demo_world.build(Path(folder) / "base", origin=False, step=Console().step)
        try:
            # An environment in service has been refreshed many a time since it was made.
            base.terraform("apply", "-refresh-only", "-auto-approve", "-input=false")
            return [case for case in wanted if not _record(base, case, Path(folder) / case)]
        finally:
            base.close()


def _record(base: World, case: str, folder: Path) -> bool:
    begun = time.monotonic()
    world = base.fork(folder)
    try:
        hands = Hands(world)
        CASES[case](hands)
        code, shown = hands.plan()
        text = lay_out(normalise(json.loads(shown))) + "\n"
        assert not any(part in text for part in (str(folder.parent), "127.0.0.1", "localhost")), (
            case
        )
        (FOLDER / case).mkdir(parents=True, exist_ok=True)
        write_atomically(FOLDER / case / "plan.json", text.encode(), 0o644)
    except (AssertionError, TfswapError) as error:
        _say(f"{case}: {error}")
        for line in getattr(error, "details", ()):
            _say(f"    {line}")
        return False
    finally:
        world.close()
    seconds = time.monotonic() - begun
    _say(f"{case}: terraform plan ended with {code}, {len(text)} bytes, {seconds:.0f} s")
    return True


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
