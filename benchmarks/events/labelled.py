"""Events that are known: real recordings with controlled changes, and whether each kind of rule finds them.

Of what a detector finds, recall is given twice: of all films, and of those in which the detector sees at least half of
the boxes that the event is due for, a rule that knows only labels and detections; `cases.seen` states it by kind.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from benchmarks.events.bases import TRAFFIC, Bases
from benchmarks.events.cases import crowds, lines, near, vehicles
from benchmarks.events.cases.camera import REPORTED as CAMERAS_REPORTED
from benchmarks.events.cases.camera import TUNED as CAMERAS_TUNING
from benchmarks.events.cases.camera import Cameras, camera_cases
from benchmarks.events.cases.seen import is_seen
from benchmarks.events.cases.shown import counted_rule, raised
from benchmarks.events.truth import Case
from benchmarks.events.world import START_NS, World, found_tracks, true_tracks
from benchmarks.footage import FootageMissingError, find_footage
from passerby.domain.decisions import wilson_interval
from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import PlaceEvent
from passerby.units import NS_PER_S

ALERT_S = 5.0
"""An event counts as found when it is raised at most so long after its truth has lasted for the hold time."""

EARLY_S = 1.0
"""And at most so long before: boxes reach a line or zone a little before the truth does."""

WANTED = 30
DRAWS = 3000
"""Films drawn at most for a kind, where few have a clear truth."""

Maker = Callable[[World, np.random.Generator], Case | None]

PEOPLE_BASES = ("PETS", "Town Centre")
ALL_BASES = (*PEOPLE_BASES, *TRAFFIC)
MAKERS: dict[RuleKind, tuple[Maker, Sequence[str]]] = {
    RuleKind.OVERCROWDING: (crowds.overcrowding, PEOPLE_BASES),
    RuleKind.DENSEST_AREA: (crowds.densest_area, PEOPLE_BASES),
    RuleKind.CROWD_RISING: (crowds.crowd_rising, PEOPLE_BASES),
    RuleKind.SATURATED: (crowds.saturated, PEOPLE_BASES),
    RuleKind.VEHICLE_IN_ZONE: (vehicles.vehicle_in_zone, ALL_BASES),
    RuleKind.STOPPED_VEHICLE: (vehicles.stopped_vehicle, ALL_BASES),
    RuleKind.OBSTACLE: (vehicles.obstacle, ALL_BASES),
    RuleKind.QUEUE: (vehicles.queue, ALL_BASES),
    RuleKind.WRONG_WAY: (lines.wrong_way, ALL_BASES),
    RuleKind.COUNTER_FLOW: (lines.counter_flow, PEOPLE_BASES),
    RuleKind.SPEEDS: (lines.speeds, PEOPLE_BASES),
    RuleKind.NEAR_MISSES: (near.near_misses, PEOPLE_BASES),
}

FOUND_MAKERS: dict[str, Maker] = {RuleKind.SATURATED.value: crowds.saturated_of_found}
"""Kinds of which the truth is another one for found boxes than for all."""

FILM_KINDS = tuple(kind.value for kind in MAKERS)
KINDS = (*FILM_KINDS, RuleKind.CAMERA_STATE.value)
MUST = {"truth": 0.95, "detector": 0.85}
"""What precision and recall have to be, by what the rules are shown."""

SEED = 11
TUNING = ("PETS", "motorway", "tunnel")
REPORTED = ("Town Centre", "turning-junction", "near-overhead")
"""Faults were looked for on the former, and figures are given for the latter."""


@dataclass(slots=True)
class Score:
    """What one kind of rule came to on one set of films.

    Attributes:
        kind: of the rule.
        shown: `truth`, or `detector`: what the rule was shown of the films.
        due, not_due: how many films have an event due, and have none.
        found: events raised when they were due.
        false: others.
        late_s: seconds from when each was due to when it was raised.
        unclear: films drawn besides, whose truth is not clear.
        seen_due, seen_found: of those due, and found, the ones that the detector sees; see `cases.seen`.
    """

    kind: str
    shown: str
    due: int = 0
    not_due: int = 0
    found: int = 0
    false: int = 0
    unclear: int = 0
    seen_due: int = 0
    seen_found: int = 0
    late_s: list[float] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the events raised that were due."""
        return self.found / max(1, self.found + self.false)

    @property
    def recall(self) -> float:
        """Share of the events due that were raised in time."""
        return self.found / max(1, self.due)

    @property
    def seen_recall(self) -> float:
        """The same of the films in which the detector sees what the event is of."""
        return self.seen_found / max(1, self.seen_due)

    @property
    def good(self) -> bool:
        """Precision, and recall of what can be seen, are what they must be."""
        return min(self.precision, self.seen_recall) >= MUST[self.shown]

    def figures(self) -> dict[str, Any]:
        """Everything as numbers: late, seconds at the median, the 95th percentile and the most."""
        late = [round(float(s), 2) for s in np.percentile(self.late_s, [50, 95, 100])] if self.late_s else []
        return {
            "kind": self.kind, "shown": self.shown, "due": self.due, "not_due": self.not_due, "found": self.found,
            "false": self.false, "unclear": self.unclear, "late_s": late,
            "precision": round(self.precision, 3), "precision_95": _interval(self.found, self.found + self.false),
            "recall": round(self.recall, 3), "recall_95": _interval(self.found, self.due),
            "seen_due": self.seen_due, "seen_found": self.seen_found,
            "seen_recall": round(self.seen_recall, 3), "seen_recall_95": _interval(self.seen_found, self.seen_due),
        }  # fmt: skip

    def row(self) -> str:
        """One line of the table, in Markdown."""
        figures = self.figures()
        late = " / ".join(f"{s:.1f}" for s in figures["late_s"]) or "-"
        shares = [
            f"{figures[name]:.2f} ({figures[f'{name}_95'][0]:.2f}-{figures[f'{name}_95'][1]:.2f})"
            for name in ("precision", "recall", "seen_recall")
        ]
        return (
            f"| {self.kind} | {self.shown} | {self.found} of {self.due} | {self.false} | {self.not_due} | "
            f"{shares[0]} | {shares[1]} | {self.seen_found} of {self.seen_due} | {shares[2]} | {late} |"
        )

    def add(self, due_s: tuple[float, float] | None, raised: Sequence[PlaceEvent], *, seen: bool = True) -> str:
        """Takes what was raised of a film; returns what was wrong, or nothing.

        Args:
            due_s: earliest and latest second at which an event is due; None where none is.
            raised: the first report of each event.
            seen: the detector sees what the event is of.
        """
        raised_s = [(event.raised_ns - START_NS) / NS_PER_S for event in raised]
        hits = [s for s in raised_s if due_s is not None and due_s[0] - EARLY_S <= s <= due_s[1] + ALERT_S]
        self.due += due_s is not None
        self.not_due += due_s is None
        self.found += bool(hits)
        self.false += len(raised_s) - bool(hits)
        self.seen_due += seen and due_s is not None
        self.seen_found += seen and bool(hits)
        if due_s is not None and hits:
            self.late_s.append(hits[0] - due_s[1])
        if bool(hits) == (due_s is not None) and len(raised_s) == len(hits[:1]):
            return ""
        return f"due {due_s}, raised {[round(s, 1) for s in raised_s]}"


def _interval(found: int, trials: int) -> list[float]:
    return [round(end, 3) for end in wilson_interval(found, trials)] if trials else [0.0, 1.0]


def draw(
    kind: RuleKind, bases: Bases, names: Sequence[str], seed: int, wanted: int, *, by_found: bool = False
) -> tuple[list[Case], int]:
    """Draws films of a kind until there are enough with and without an event due, from each recording in turn.

    Every film whose truth is clear is kept until its half is full; no rule is asked. Returns them, and how many were
    drawn whose truth is not clear.
    """
    make, own = MAKERS[kind]
    make = FOUND_MAKERS.get(kind.value, make) if by_found else make
    worlds = [bases.base(name) for name in own if name in names]
    rng = np.random.default_rng([seed, crc32(kind.value.encode())])
    cases: list[Case] = []
    unclear = 0
    for number in range(DRAWS if worlds else 0):
        case = make(worlds[number % len(worlds)], rng)
        if case is None:
            unclear += 1
            continue
        if case.due_s is not None and case.due_s > case.world.frames / case.world.fps - ALERT_S - 1.0:
            unclear += 1  # the film ends before the event would be late
            continue
        if sum((each.due_s is None) == (case.due_s is None) for each in cases) < wanted:
            cases.append(case)
        if len(cases) == 2 * wanted:
            break
    return cases, unclear


def first_of_both(cases: Sequence[Case], number: int) -> list[Case]:
    """The first films with an event due, and the first without."""
    due = [case for case in cases if case.due_s is not None]
    return due[:number] + [case for case in cases if case.due_s is None][:number]


def score(
    cases: Sequence[Case], kind: RuleKind, unclear: int, shown: str, report: Callable[[str], None] = lambda _: None
) -> Score:
    """Shows all films of a kind to its rules.

    Args:
        cases: the films.
        kind: of the rules.
        unclear: films drawn besides.
        shown: `truth`, or `detector`.
        report: gets a line of each film that went wrong.
    """
    found = Score(kind.value, shown, unclear=unclear)
    film = true_tracks if shown == "truth" else found_tracks
    for number, case in enumerate(cases):
        rule = case.rule if shown == "truth" else counted_rule(case)
        if rule is None:
            found.unclear += 1
            continue
        due_s = None if case.due_s is None else (case.due_s - case.early_s + EARLY_S, case.due_s)
        seen = shown == "truth" or is_seen(case)
        wrong = found.add(due_s, raised(rule, case.layout, film(case.world)), seen=seen)
        if wrong:
            how = "detector, hardly seen" if due_s is not None and not seen else shown
            report(f"{kind.value} {number} on {case.world.name}, {how}: {wrong}")
    return found


def score_cameras(
    folder: Path, names: Sequence[str], wanted: int, shown: str, report: Callable[[str], None] = lambda _: None
) -> Score:
    """Plays changed cameras to their rules: by their true states, or by what their health makes of the pixels."""
    kind = RuleKind.CAMERA_STATE
    found, cameras = Score(kind.value, shown), Cameras(folder)
    for number, case in enumerate(camera_cases(names, np.random.default_rng([SEED, 13]), wanted)):
        wrong = found.add(case.due_s, cameras.raised(case, by_pixels=shown == "detector"))
        if wrong:
            what = case.change.name if case.change else "pictures lost"
            report(f"{kind.value} {number} on {case.film.name}, {what} for {case.end_s - case.start_s} s: {wrong}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: precision and recall of each kind reach what they must, or no footage; 1: not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.labelled", description=__doc__)
    parser.add_argument("--kind", action="append", choices=[*KINDS], help="only this kind of rule")
    parser.add_argument("--shown", choices=MUST, action="append", help="only the truth, or only what a detector finds")
    parser.add_argument("--tuning", action="store_true", help="the recordings that faults were looked for on")
    parser.add_argument(
        "--films", type=int, default=WANTED, help="films with an event due, and as many without, a kind"
    )
    parser.add_argument("--detector-films", type=int, default=WANTED // 2, help="the same for what the detector finds")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on standard output")
    asked = parser.parse_args(arguments)
    try:
        footage = find_footage()
    except FootageMissingError as missing:
        print(f"Skipped: {missing}")
        return 0

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    bases, scores = Bases(footage, report), []
    names, cameras = (TUNING, CAMERAS_TUNING) if asked.tuning else (REPORTED, CAMERAS_REPORTED)
    for kind in asked.kind or KINDS:
        cases, unclear = draw(RuleKind(kind), bases, names, SEED, asked.films) if kind in FILM_KINDS else ([], 0)
        for shown in asked.shown or MUST:
            films = asked.films if shown == "truth" else asked.detector_films
            if shown == "detector" and kind in FOUND_MAKERS:
                cases, unclear = draw(RuleKind(kind), bases, names, SEED, films, by_found=True)
            if kind in FILM_KINDS:
                found = score(first_of_both(cases, films), RuleKind(kind), unclear, shown, report)
            else:
                found = score_cameras(footage.recordings, cameras, films, shown, report)
            scores.append(found)
            print(found.row(), file=sys.stderr if asked.json else sys.stdout, flush=True)
    if asked.json:
        print(json.dumps([found.figures() for found in scores], indent=1))
    return int(not all(found.good for found in scores))


if __name__ == "__main__":
    raise SystemExit(main())
