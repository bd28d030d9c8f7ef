"""What sending published numbers to an MQTT broker costs, and what is lost where the broker is away for a day.

    python -m benchmarks.store.sent_numbers [--lines 1000]

From a store on SQLite to a real mosquitto over TLS, with all that sending is: reading what is due, messages,
acknowledgements, positions and audit entries. The cost is processor time of this process alone.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.figures import Chapter, Figure, table_of
from benchmarks.store.published_numbers import LINES, published_minute, published_plan
from passerby.domain.notices import MqttPlan
from passerby.domain.publish_plan import BrokerPlan, NumberOutlet
from passerby.domain.published import Audience
from passerby.publish.numbers.broker import BrokerChannel
from passerby.publish.numbers.number_sender import NumberSender
from passerby.publish.outlets.outlet import DeliveryError
from passerby.units import DAY_S, HOUR_S, MINUTE_S, QUARTER_S
from testing.servers.mosquitto import PASSWORD, USER, Broker, broker, missing
from testing.store_keeper import Keeper
from testing.trial_service.publishing import PublishingSite
from testing.waiting import until
from testing.web.authority import Authority

SERIES_A_SECOND: Final = 1000
_SERIES_A_BIN: Final = 6
_DAY_CAMERAS: Final = 2


def cost_figures(folder: Path, lines: int) -> tuple[Figure, ...]:
    """Returns what a quarter of an hour of so many lines costs."""
    with Keeper(f"sqlite:///{folder}/passerby.db") as keeper, _broker(folder) as (_, outlet):
        site = PublishingSite(keeper, published_plan(lines // len(LINES)))
        channel = BrokerChannel(outlet, "Trg", "https://count.example.org")
        sender = NumberSender(outlet, channel, site.reader, site.store.published, keeper.clock)
        keeper.run(sender.run_once())  # counters get their positions, and the broker its connection
        for minute in range(QUARTER_S // MINUTE_S):
            keeper.run(site.store.store_observations(published_minute(site.plan, minute)))
        site.run(QUARTER_S + HOUR_S)
        before_s, began_s = time.process_time(), time.perf_counter()
        bins = keeper.run(sender.run_once())
        cpu_s, wall_s = time.process_time() - before_s, time.perf_counter() - began_s
        keeper.run(channel.close())
    series = bins * _SERIES_A_BIN
    what = f"{lines} lines, a quarter of an hour"
    return (
        Figure(what, "series sent", float(series), digits=0),
        Figure(what, f"processors at {SERIES_A_SECOND} series a second", cpu_s / series * SERIES_A_SECOND, must=1.0),
        Figure(what, "series a second, as it went", series / wall_s, digits=0),
    )


def away_figures(folder: Path) -> tuple[Figure, ...]:
    """Returns how many bins are lost, and how many come out of order, where a broker is away for a day."""
    with Keeper(f"sqlite:///{folder}/passerby.db") as keeper, _broker(folder) as (running, outlet):
        site = PublishingSite(keeper, published_plan(_DAY_CAMERAS))
        channel = BrokerChannel(outlet, "Trg", "https://count.example.org")
        sender = NumberSender(outlet, channel, site.reader, site.store.published, keeper.clock)
        running.stop()
        for hour in range(DAY_S // HOUR_S):
            for minute in range(hour * 60, hour * 60 + 60):
                keeper.run(site.store.store_observations(published_minute(site.plan, minute)))
            site.run((hour + 1) * HOUR_S)
            with suppress(DeliveryError):
                keeper.run(sender.run_once())
        site.run(DAY_S + 2 * HOUR_S)
        running.start()
        wanted = _DAY_CAMERAS * len(LINES) * DAY_S // QUARTER_S
        with running.subscribed("passerby/v1/+/+/+/state") as got:
            keeper.run(sender.run_once())
            with suppress(TimeoutError):
                until(lambda: len(got) >= wanted)
        keeper.run(channel.close())
    newest: dict[str, str] = {}
    found: set[str] = set()
    late = 0
    for message in got:
        one = json.loads(message.payload)
        if one["from"] < newest.get(one["counter"], ""):
            late += 1
        newest[one["counter"]] = one["from"]
        found.add(one["id"])
    what = "a broker that is away for a day"
    return (
        Figure(what, "bins of the day that did not arrive", float(max(0, wanted - len(found))), must=0.0, digits=0),
        Figure(what, "bins out of order", float(late), must=0.0, digits=0),
    )


@contextmanager
def _broker(folder: Path) -> Iterator[tuple[Broker, NumberOutlet]]:
    authority = Authority(folder)
    with broker(folder, authority.certificate("localhost")) as running:
        reached = MqttPlan("localhost", running.tls_port, True, USER, PASSWORD, "passerby/v1", str(authority.file))
        yield running, NumberOutlet("city", Audience.PUBLIC, "Everybody", "CC-BY-4.0", BrokerPlan(reached))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: every bar reached; 1: a bar missed; 2: there is no broker here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store.sent_numbers")
    parser.add_argument("--lines", type=int, default=1000, help="lines that are published")
    asked = parser.parse_args(arguments)
    if why_not := missing():
        print(why_not, file=sys.stderr)
        return 2
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        figures += cost_figures(Path(folder), asked.lines)
    with tempfile.TemporaryDirectory() as folder:
        figures += away_figures(Path(folder))
    chapter = Chapter("sent", "Sent numbers", tuple(figures))
    Console(width=150).print(table_of(chapter))
    return 1 if chapter.failed else 0


if __name__ == "__main__":
    sys.exit(main())
