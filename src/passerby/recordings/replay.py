"""Replays a recording against a camera's place-safety rules, as a service would watch them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from passerby.domain.errors import WorkerError
from passerby.domain.place_events import PlaceEvent
from passerby.domain.progress import Progress
from passerby.domain.report import CountResult
from passerby.events.subjects import Unwatched, lacks
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.count import count_in_sandbox
from passerby.sandbox.process import BOOTSTRAP

MAX_EVENTS = 100_000
"""Events of one recording that are kept: a hundred rules would have to raise one a minute for half a day."""


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """What came of a replay.

    Attributes:
        events: in the order in which they were raised, each as it stood at the end.
        counted: what was counted beside.
    """

    events: tuple[PlaceEvent, ...]
    counted: CountResult


def watchable(plan: CountPlan, *, start_known: bool) -> tuple[CountPlan, tuple[Unwatched, ...]]:
    """Returns the plan with the rules that can be watched, and the others with the reason.

    Args:
        plan: what is replayed; its `switched_on` are the profiles that an operator has switched on.
        start_known: when the recording began is known, so that hours of the week mean something. Where it is not, rules
            are watched at all hours, and no profile is on by the calendar.
    """
    on = plan.switched_on if start_known else plan.switched_on or frozenset[str]()
    watched, left_out = [], []
    for rule in plan.rules:
        missing = list(lacks(rule, plan.layout))
        if on is not None and rule.profiles and not rule.profiles & on:
            missing.append(f"it is watched only in {' and '.join(sorted(rule.profiles))}, which is not switched on")
        if missing:
            left_out.append(Unwatched(rule.name, tuple(missing)))
        else:
            watched.append(rule if start_known else replace(rule, hours=()))
    return replace(plan, rules=tuple(watched), switched_on=on), tuple(left_out)


def replay_in_sandbox(
    plan: CountPlan,
    on_progress: Callable[[Progress], None],
    on_event: Callable[[PlaceEvent], None],
    module: str = BOOTSTRAP,
) -> Replay:
    """Replays a recording in a sandbox, to its end or to the user's Ctrl-C.

    Args:
        plan: what to count, with its rules.
        on_progress: called now and then.
        on_event: called with each report of an event.
        module: the module that the sandbox runs.

    Raises:
        SourceError: the video cannot be read at all.
        ModelError: the detector cannot be used.
        WorkerError: the sandbox's process died, or reported what it was not asked for.
    """
    newest: dict[str, PlaceEvent] = {}

    def take(events: tuple[PlaceEvent, ...]) -> None:
        for event in events:
            newest[event.event_id] = event
            on_event(event)
        if len(newest) > MAX_EVENTS:
            raise WorkerError(f"there were more than {MAX_EVENTS} events. The run was ended: are the thresholds right?")

    counted = count_in_sandbox(plan, on_progress, module, on_events=take)
    return Replay(tuple(sorted(newest.values(), key=lambda event: event.raised_ns)), counted)
