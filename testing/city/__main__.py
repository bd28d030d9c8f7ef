"""Runs a simulated city, has it fail by a script, and compares what is stored with what would be had nothing failed.

    python -m testing.city --cameras 8000 --machines 100 --script failures.txt

A script has a line for each failure: `minute 3: machine-002 is cut off for 2`; `dies`, `is cut off`, `has a slow disk`,
`has a wrong clock` and `loses all packets` happen to machines, `hub dies` and `database dies` to the others. Packets
get lost where root starts it by `unshare --net`. With `--look` the city stays until Enter is pressed, and the page can
be looked at.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from passerby.domain.errors import PasserbyError
from testing.city import network
from testing.city.city import Size, running_city
from testing.city.script import Failure, Step, steps_of
from testing.city.site_file import machine_name
from testing.city.twin import Difference, difference, minutes_before
from testing.servers import postgresql_server


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: nothing was lost or doubled; 1: something was; 2: it could not be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, default=60)
    parser.add_argument("--machines", type=int, default=6)
    parser.add_argument("--each", type=int, default=40, help="cameras of one worker")
    parser.add_argument("--minutes", type=int, default=8)
    parser.add_argument("--minute-s", type=float, default=2.0, help="seconds that a minute takes")
    parser.add_argument("--script", type=Path, help="what is to fail, and when")
    parser.add_argument("--look", action="store_true", help="keep it running at the end, to look at the page")
    asked = parser.parse_args(arguments)
    fault = postgresql_server.missing()
    try:
        names = frozenset(machine_name(number) for number in range(asked.machines))
        script = tuple(steps_of(asked.script.read_text("utf-8"), names)) if asked.script else ()
    except (OSError, PasserbyError) as error:
        fault = f"{asked.script}: {error}"
    loses = any(step.what is Failure.LOSES_PACKETS for step in script)
    if loses and fault is None:
        fault = network.missing()
    if fault is not None:
        print(fault, file=sys.stderr)
        return 2
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="city"))
        cable = stack.enter_context(network.cable(asked.machines)) if loses else None
        loop = stack.enter_context(asyncio.Runner(loop_factory=network.SourceLoop if cable else None))
        found, stale = loop.run(_run(Path(folder), asked, script, cable))
    print(json.dumps({**asdict(found), "stale": stale}))
    return 1 if found.lost or found.doubled else 0


async def _run(
    folder: Path, asked: argparse.Namespace, script: Sequence[Step], cable: network.Cable | None
) -> tuple[Difference, int]:
    def tell(line: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)

    async with running_city(folder, Size(asked.cameras, asked.machines, asked.each), tell, cable) as city:
        starts_ns = minutes_before(time.time_ns(), asked.minutes)
        await city.run(starts_ns, asked.minute_s, script)
        tell(f"{city.outbox_rows} results wait")
        await city.drained()
        tell("all is delivered")
        if asked.look:
            await asyncio.to_thread(input, f"{(city.service.data / 'link').read_text().strip()}\nEnter ends it. ")
        return await difference(city.url, asked.cameras, starts_ns, city.watched), city.stale


if __name__ == "__main__":
    sys.exit(main())
