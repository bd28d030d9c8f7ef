"""What a camera costs at night: `python -m benchmarks.counting.night_street` watches a made street asleep and awake.

A real RTSP camera plays the street: 1920x1080, 25 pictures a second, a sensor's noise, a key picture every 2 s, empty
but for a few people who pass. Two services watch it at the same time; the decoder of one may sleep.
Written down are the processor time of all of a camera's processes in each second, their memory (PSS), and what each of
them counted, which has to be the same.
"""

import argparse
import json
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.footage import RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.service.memory_parts import by_role, table_of
from benchmarks.service.night_film import Walk, write_night
from benchmarks.service.separate import cpu_s, family, memory_mb
from benchmarks.store.databases import machine
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth
from passerby.domain.layout import Layout, Line
from passerby.domain.observations import Quantity
from passerby.domain.service import CameraPlan, DetectorPlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.camera_start import CameraStart
from passerby.engine.separated_camera import SeparatedCamera
from passerby.measure.coverage import MAX_REST_S
from passerby.messages.columns import observations_of
from passerby.messages.sandbox_messages import Minutes
from passerby.sandbox.connection_broker import AllowList
from passerby.sandbox.process import SandboxProcess
from passerby.units import NS_PER_S
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import packed

RESULTS = RESULTS_FOLDER / "night-street.json"
MUST_MS, AIM_MS = 25.0, 15.0
MUST_MB, AIM_MB = 160.0, 110.0
LINES = tuple(Line(f"at {x:g}", np.array([[x, 0.3], [x, 1.0]], np.float32)) for x in (0.2, 0.4, 0.6, 0.8))
WALKS = (
    Walk(64.0, 8.0, (-0.03, 0.75), (1.03, 0.75), 200.0, 0),
    Walk(90.0, 12.0, (1.03, 0.6), (-0.03, 0.62), 120.0, 2),
    Walk(117.3, 1.6, (-0.05, 0.85), (1.05, 0.85), 330.0, 4),
)
"""One who walks, one farther off, and one who is in view between two key pictures alone."""

LENGTH_S = 130.0
SETTLE_S = 30.0


@dataclass(frozen=True, slots=True)
class Night:
    """What one of the two took and counted.

    Attributes:
        empty_ms: processor time a second while the street was empty, after it had settled.
        whole_ms: the same over all of the film.
        memory_mb: of all its processes; what several share is divided among them.
        counts: crossings at each line and way.
        watched: share of the time that was watched.
        why: what its health said last.
        dropped: frames that another one replaced before they were analysed; who is in view for few can be lost so.
        held_mb: what holds the memory, for each of its processes.
    """

    empty_ms: float
    whole_ms: float
    memory_mb: float
    counts: dict[str, int]
    watched: float
    why: str
    dropped: int = 0
    held_mb: dict[str, dict[str, float]] = field(default_factory=dict)


class _Watched:
    """One camera's processes, their messages, and the processor time that they took second by second."""

    def __init__(self, process: SandboxProcess | SeparatedCamera) -> None:
        self.online = threading.Event()
        self.why, self.dropped = "", 0
        self.cpu: list[tuple[float, float]] = []
        self._process = process
        self._counts: dict[tuple[str, str, int], tuple[int, float]] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(PasserbyError, ValueError, OSError):
            for message in self._process.messages():
                if isinstance(message, CameraHealth):
                    self.why = f"{message.state.value}: {message.why}"
                    self.dropped += message.frames_dropped
                    if message.state.value == "online":
                        self.online.set()
                elif isinstance(message, Minutes):
                    for one in (*observations_of(message.open), *observations_of(message.closed)):
                        if one.quantity is Quantity.FLOW:
                            key = f"{one.series} {one.direction}", str(one.road_user), one.start_ns
                            self._counts[key] = one.count, one.coverage

    @property
    def pids(self) -> list[int]:
        found = family(self._process.pid)
        if isinstance(self._process, SeparatedCamera):
            found += family(self._process.decoder_pid)
        return found

    def sample(self, film_s: float) -> None:
        self.cpu.append((film_s, cpu_s(self.pids)))

    def counts(self) -> dict[str, int]:
        total: dict[str, int] = {}
        for (place, _, _), (value, _) in self._counts.items():
            total[place] = total.get(place, 0) + value
        return total

    def watched(self, ended_ns: int) -> float:
        """The mean coverage of whole minutes, but the first and those with a stretch that no look has ended yet."""
        by_minute = {start_ns: coverage for (_, _, start_ns), (_, coverage) in self._counts.items()}
        over_ns = ended_ns - round((60.0 + MAX_REST_S + 2.0) * NS_PER_S)
        whole = [by_minute[start_ns] for start_ns in sorted(by_minute)[1:] if start_ns <= over_ns]
        return mean(whole) if whole else 0.0

    def per_second_ms(self, from_s: float, to_s: float) -> float:
        inside = [(at_s, cpu) for at_s, cpu in self.cpu if from_s <= at_s <= to_s]
        if len(inside) < 2:
            return float("nan")
        return 1e3 * (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])


def measured(film: Path, console: Console, length_s: float, *, together: bool = False) -> dict[str, Night]:
    """Watches the film once, asleep and awake at the same time."""
    with RtspCamera(packed(film), loop=False) as camera, ExitStack() as stack:
        source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, "/main")
        nights: dict[str, _Watched] = {}
        for name, sleeps in (("asleep", True), ("awake", False)):
            plan = CameraPlan(name, source, Layout(LINES, (), (), None), sleeps=sleeps)
            start = CameraStart(plan, DetectorPlan(), AllowList.of(["127.0.0.0/8"]), separate=not together)
            nights[name] = _Watched(stack.enter_context(start(None)))
        for one in nights.values():
            if not one.online.wait(90.0):
                raise TimeoutError("the camera was not online in time")
        camera.show(camera.film)  # from its beginning, for both
        begun_s, memory = time.monotonic(), dict.fromkeys(nights, 0.0)
        held: dict[str, dict[str, dict[str, float]]] = {}
        while (film_s := time.monotonic() - begun_s) < length_s - 1.0:
            for name, one in nights.items():
                one.sample(film_s)
                if abs(film_s - 55.0) < 0.6:
                    memory[name], held[name] = memory_mb(one.pids), by_role(one.pids)
            if round(film_s) % 10 == 0:
                last = {name: one.per_second_ms(film_s - 10.5, film_s) for name, one in nights.items()}
                console.print(f"{film_s:6.0f} s: " + ", ".join(f"{name} {ms:.1f} ms/s" for name, ms in last.items()))
            time.sleep(1.0)
        ended_ns = time.time_ns()
        time.sleep(4.0)
        return {
            name: Night(
                one.per_second_ms(SETTLE_S, WALKS[0].from_s - 2.0),
                one.per_second_ms(SETTLE_S, length_s),
                memory[name],
                one.counts(),
                one.watched(ended_ns),
                one.why,
                one.dropped,
                held[name],
            )
            for name, one in nights.items()
        }


def main() -> int:
    """Exit code 0: both counted the same, and the sleeping one stays within its bounds."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.counting.night_street", description=__doc__)
    arguments.add_argument("--film", type=Path, help="the street, where it was made before; it is written there else")
    arguments.add_argument("--together", action="store_true", help="decode and analyse in one process")
    arguments.add_argument("--json", type=Path, default=RESULTS)
    wanted = arguments.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        film = wanted.film or Path(folder) / "night.mp4"
        if not film.exists():
            console.print("making the street; this takes a few minutes")
            try:
                write_night(film, LENGTH_S, WALKS, find_footage())
            except FootageMissingError as missing:
                console.print(f"[yellow]Skipped:[/] {missing}")
                return 0
        nights = measured(film, console, LENGTH_S, together=wanted.together)
    asleep, awake = nights["asleep"], nights["awake"]
    table = Table("", "empty, ms/s", "all, ms/s", "memory, MB", "watched", "counted", title="A street at night")
    for name, one in nights.items():
        table.add_row(
            name, f"{one.empty_ms:.1f}", f"{one.whole_ms:.1f}", f"{one.memory_mb:.0f}", f"{one.watched:.3f}",
            str(sum(one.counts.values())),
        )  # fmt: skip
    console.print(table)
    for name, one in nights.items():
        console.print(table_of(one.held_mb, f"what holds the memory, {name}, MB"))
    same = asleep.counts == awake.counts
    console.print(f"counts {'equal' if same else 'DIFFER'}: {asleep.counts} and {awake.counts}")
    console.print(
        f"asleep takes {asleep.empty_ms / awake.empty_ms:.3f} of awake; must {MUST_MS:g} ms/s, aim {AIM_MS:g}"
    )
    for name, one in nights.items():
        console.print(f"{name}: {one.why}; {one.dropped} frames dropped")
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    found = {name: asdict(one) for name, one in nights.items()}
    bounds = {"must_ms": MUST_MS, "aim_ms": AIM_MS, "must_mb": MUST_MB, "aim_mb": AIM_MB}
    report = {"machine": machine(), "bounds": bounds, "counts_equal": same, **found}
    wanted.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if same and asleep.empty_ms <= MUST_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
