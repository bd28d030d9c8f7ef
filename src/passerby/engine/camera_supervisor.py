"""Supervises the sandboxed process of one camera: starts it, stores what it reports, starts it again when it ends."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.draft_trial import Draft, DraftNumbers
from passerby.domain.errors import PasserbyError, WorkerError
from passerby.domain.event_rules import BY_CALENDAR, EventRule, ProfileSwitch
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.leases import NO_LEASE
from passerby.domain.place_events import PlaceEvent
from passerby.domain.preview import Preview
from passerby.domain.replays import EventReplay
from passerby.engine.event_journal import NO_CAUSES
from passerby.engine.journal import Journal
from passerby.engine.plausible.drafts import DraftCheck
from passerby.engine.plausible.events import EventCheck, goes_with
from passerby.engine.plausible.minutes import ShownTimes, check_minutes
from passerby.engine.plausible.replays import Encrypter, ReplayCheck
from passerby.engine.plausible.sizes import Usage, bytes_of, resident_bytes, usage
from passerby.engine.separated_camera import SeparatedCamera, pids_of
from passerby.engine.unwatched.offline_rules import OfflineRules
from passerby.events.causes import Causes
from passerby.messages.columns import renamed
from passerby.messages.sandbox_messages import EventReports, Message, Minutes, ViewMemory
from passerby.messages.sandbox_orders import (
    Command,
    ConfirmView,
    StartPreview,
    StopPreview,
    SwitchProfiles,
    TryDraft,
    WithdrawDraft,
)  # fmt: skip
from passerby.sandbox.process import SandboxProcess
from passerby.sandbox.token_bucket import TokenBucket
from passerby.text import printable, shortened

SILENT_S = 45.0
"""A process sends a message at least every two seconds; loading its libraries takes some on a small machine."""

MAX_BYTES = 1536 << 20
"""Resident memory of one camera's process; it needs 200 to 400 MB, a 4K camera somewhat more."""

WAITS = BackOffSettings(max_s=10.0, healthy_s=20.0)

OFFLINE_EVERY_S = 1.0
"""So often the state of a camera without a process is held against its rules."""

STOP_S = 10.0
"""A process that was asked to stop and has not by then is ended."""

MAX_WHY = 1000

MAX_MESSAGES_PER_S = 40.0
BURST_MESSAGES = 200.0
"""A preview ten times a second, minutes twice, and a report now and then; more would fill the disk or starve others."""

BYTES_OF_ONE = 1 << 19
"""A message counts once, and once more for each so many bytes of what it brings; a preview has some 100 KB. The largest
that the channel takes is within the burst."""

RULE_GONE = "It ended because the rule is not watched any more."
SUSPENDED = "It is suspended: the process that watches the camera has ended."

Starter = Callable[
    [ViewMemory | None, tuple[PlaceEvent, ...]], AbstractContextManager[SandboxProcess | SeparatedCamera]
]
"""Starts a camera's process with what it goes on from: the learned view, and the events that are not closed."""


class CameraListener:
    """What a camera supervisor reports; called from its own thread."""

    def minutes_changed(self, camera: str) -> None:
        """The camera's open minutes have changed in the journal."""

    def events_changed(self) -> None:
        """There are new reports of events in the journal."""

    def health(self, report: CameraHealth) -> None:
        """There is a new report, which is in the journal already."""

    def preview(self, preview: Preview) -> None:
        """There is an anonymous picture for the viewers."""

    def replay_lost(self, camera: str, why: str) -> None:
        """A replay could not be encrypted, and is gone; its event is not."""

    def draft(self, camera: str, draft_id: str, numbers: DraftNumbers | None) -> None:
        """There are new numbers of a draft; None where it has ended with the camera's process."""

    def isolated(self, camera: str, isolation: Isolation) -> None:
        """The camera's process has started; so far is it isolated."""

    def ended(self, camera: str, why: str, wait_s: float) -> None:
        """The process ended and is started again after a wait."""


class CameraSupervisor:
    """Keeps one camera's process running; whatever happens to it harms no other camera."""

    def __init__(
        self,
        camera: str,
        start: Starter,
        journal: Journal,
        listener: CameraListener,
        *,
        places: frozenset[str],
        lease: int = NO_LEASE,
        rules: tuple[EventRule, ...] = (),
        causes: Causes = NO_CAUSES,
        offline_rules: OfflineRules | None = None,
        by_hand: ProfileSwitch = BY_CALENDAR,
        encrypt: Encrypter | None = None,
        waits: BackOffSettings = WAITS,
        clock: Callable[[], int] = time.time_ns,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts at once.

        Args:
            camera: the camera's name.
            start: starts its sandboxed process.
            journal: the worker's journal.
            listener: gets the reports.
            places: names of the camera's lines, movements and zones.
            lease: the number under which the camera is watched.
            rules: the place-safety rules that are watched.
            causes: by which their events are put into groups.
            offline_rules: holds the rules of the camera's state against it while it has no process; None for none.
            by_hand: the profiles that an operator has switched on.
            encrypt: encrypts the replays of its events; None where the register does not allow them.
            waits: before a process is started again.
            clock: UTC nanoseconds now.
            timer: seconds of a clock that is never set.
        """
        self.camera = camera
        self._start, self._journal, self._listener = start, journal, listener
        self._clock, self._timer = clock, timer
        self._places, self._lease, self._rules = places, lease, {rule.name: rule for rule in rules}
        self._causes, self._offline_rules, self._by_hand = causes, offline_rules, by_hand
        if offline_rules is not None:
            offline_rules.switch_profiles(by_hand)
        self._event_check = EventCheck(camera, rules)
        self._replays = ReplayCheck(camera, encrypt, listener.replay_lost)
        self._drafts = DraftCheck()
        self._rate = TokenBucket(MAX_MESSAGES_PER_S, BURST_MESSAGES)  # starting anew gives it no new burst
        self._back_off = BackOff(waits)
        self._process: SandboxProcess | SeparatedCamera | None = None
        self._message_s = self._timer()
        self._previewing, self._isolated = frozenset[bool](), False
        self._down_since_ns: int | None = None
        self._killed_for = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"camera {camera}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The number of its process; None while there is none."""
        process = self._process
        return None if process is None else process.pid

    def set_preview(self, *, wanted: bool, tally: bool = False) -> None:
        """Starts or stops the previews, or the pictures for a count by hand."""
        self._previewing = self._previewing - {tally} | ({tally} if wanted else set())
        self._send(StartPreview(tally) if wanted else StopPreview(tally))

    def switch_profiles(self, by_hand: ProfileSwitch) -> None:
        """Switches profiles on for a while, without a start of its process."""
        self._by_hand = by_hand
        if self._offline_rules is not None:
            self._offline_rules.switch_profiles(by_hand)
        self._send(SwitchProfiles(by_hand))

    def try_draft(self, draft: Draft) -> None:
        """Tries a draft in its running process; without one it ends at once."""
        self._drafts.begin(draft)
        self._send(TryDraft(draft))
        if self._process is None:
            self._end_draft()

    def withdraw_draft(self, draft_id: str) -> None:
        """Tries a draft no more."""
        self._drafts.end_this(draft_id)
        self._send(WithdrawDraft(draft_id))

    def confirm_view(self) -> None:
        """Takes the lines and zones to be right for the view as it is now."""
        self._send(ConfirmView())

    def check(self) -> None:
        """Kills a process that has fallen silent or grown too large; called every few seconds."""
        process = self._process
        if process is None:
            return
        silent_s = self._timer() - self._message_s
        if silent_s > SILENT_S:
            self._kill(process, f"it had sent nothing for {silent_s:.0f} s")
        elif (resident := max(map(resident_bytes, pids_of(process)))) > MAX_BYTES:
            self._kill(process, f"it had taken {resident >> 20} MB of memory; {MAX_BYTES >> 20} MB are allowed")

    def usage(self) -> Usage | None:
        """Returns what its processes take; None while it has none."""
        process = self._process
        return None if process is None else usage(*pids_of(process))

    def stop(self) -> None:
        """Asks the process to report what it has and to end; returns when it has ended."""
        self._stopping.set()
        process = self._process
        if process is not None:
            process.stop()
        self._thread.join(STOP_S)
        process = self._process
        if self._thread.is_alive() and process is not None:
            process.kill()
            self._thread.join(STOP_S)

    def _send(self, command: Command) -> None:
        process = self._process
        if process is not None:
            process.send(command)

    def _kill(self, process: SandboxProcess | SeparatedCamera, why: str) -> None:
        self._killed_for = why
        process.kill()

    def _run(self) -> None:
        while not self._stopping.is_set():
            started_s = self._message_s = self._timer()
            try:
                why = self._run_once()
            except PasserbyError as fault:
                why = str(fault)
            except (sqlite3.Error, OSError) as fault:
                why = f"its worker cannot store what it reports ({fault}). Is the disk full?"
            except Exception as fault:
                # Whatever a process sends that was not foreseen ends that process, and never this thread: the camera
                # would be gone for good. The text of an unforeseen fault may hold what was sent; its name does not.
                why = f"what it sent could not be used ({type(fault).__name__})."
            # An error's text may be the process's own, and is as long as it likes.
            why = shortened(printable(self._killed_for or why), MAX_WHY)
            if not self._stopping.is_set():
                self._wait(why, self._timer() - started_s)
                self._killed_for = ""

    def _run_once(self) -> str:
        """Runs the process once; returns why it ended."""
        run, shown = self._journal.begin_run(self.camera), ShownTimes(self._clock, self._timer)
        try:
            open_events = self._events_to_go_on_with()
            self._event_check.begin(open_events)
            self._replays.begin(open_events)
            with self._start(self._journal.memory(self.camera), open_events) as process:
                self._process = process
                if self._by_hand != BY_CALENDAR:
                    process.send(SwitchProfiles(self._by_hand))
                for tally in self._previewing:
                    process.send(StartPreview(tally))
                if self._stopping.is_set():
                    process.stop()
                self._isolated = False
                for message in process.messages():
                    self._message_s = self._timer()
                    self._limit(message)
                    shown.update()
                    if isinstance(message, Minutes):
                        self._store_minutes(run, message, shown)
                    elif isinstance(message, EventReports):
                        self._store_events(message, shown)
                    else:
                        self._store(message, process)
        finally:
            self._process = None
            self._end_draft()
            self._journal.end_run(self.camera, run)
        return "it ended without a reason."

    def _end_draft(self) -> None:
        """Says that a draft has ended with its process: the next one knows nothing of it."""
        if draft_id := self._drafts.end():
            self._listener.draft(self.camera, draft_id, None)

    def _limit(self, message: Message) -> None:
        """Counts a message; raises WorkerError where there were too many in a short time."""
        if self._rate.take(self._message_s, 1 + bytes_of(message) / BYTES_OF_ONE):
            raise WorkerError(f"it sent more than {MAX_MESSAGES_PER_S:g} messages a second, or such large ones.")

    def _store_minutes(self, run: int, message: Minutes, shown: ShownTimes) -> None:
        """Stores what was measured; the camera's name is this supervisor's, whatever the message says.

        Raises:
            WorkerError: it cannot be the camera's.
        """
        for columns in (message.open, message.closed):
            check_minutes(columns, self._places, shown)
        opened, closed = renamed(message.open, self.camera), renamed(message.closed, self.camera)
        self._journal.store_minutes(self.camera, run, replace(message, open=opened, closed=closed), self._lease)
        self._listener.minutes_changed(self.camera)

    def _events_to_go_on_with(self) -> tuple[PlaceEvent, ...]:
        """Returns the camera's events that are not closed; closes those whose rule is not watched any more."""
        kept: list[PlaceEvent] = []
        gone: list[PlaceEvent] = []
        for event in self._journal.events.open_events(self.camera):
            rule = self._rules.get(event.rule)
            (gone if rule is None or not goes_with(event, rule) else kept).append(event)
        if gone:
            self._journal.events.close(gone, self._clock(), RULE_GONE)
            self._listener.events_changed()
        return tuple(kept)

    def _store_events(self, message: EventReports, shown: ShownTimes) -> None:
        """Stores reports of events.

        Raises:
            WorkerError: they cannot be the camera's.
        """
        events = self._event_check.checked(message.events, shown, self._message_s)
        self._journal.events.store(self.camera, events, self._causes)
        self._replays.reported(events)
        self._listener.events_changed()

    def _store(self, message: Message, process: SandboxProcess | SeparatedCamera) -> None:
        """Stores another message, or passes it on, under this supervisor's name for the camera.

        Raises:
            WorkerError: it is none that a camera's process sends, or not now.
        """
        if isinstance(message, CameraHealth):
            self._down_since_ns = None
            if self._offline_rules is not None:
                self._offline_rules.reported(message.state)
            why = shortened(printable(process.with_outside_names(message.why)), MAX_WHY)
            report = replace(message, camera=self.camera, why=why)
            self._journal.store_health(report)
            self._listener.health(report)
        elif isinstance(message, ViewMemory):
            self._journal.store_memory(self.camera, message)
        elif isinstance(message, EventReplay):
            if (kept := self._replays.taken(message, self._message_s, self._clock())) is not None:
                self._journal.replays.store(kept)
                self._listener.events_changed()
        elif isinstance(message, DraftNumbers):
            if (numbers := self._drafts.checked(message)) is not None:
                self._listener.draft(self.camera, numbers.draft_id, numbers)
        elif isinstance(message, Preview):
            if message.tally in self._previewing:  # one may be on its way when the last viewer leaves
                self._listener.preview(replace(message, camera=self.camera, why=printable(message.why)))
        elif isinstance(message, Isolation) and not self._isolated:
            self._isolated = True
            missing = tuple(map(printable, message.missing))
            self._listener.isolated(self.camera, replace(message, missing=missing))
        else:  # how far it is isolated comes once, before it has read anything of the camera's
            raise WorkerError(f"it sent what a camera's process does not send now ({type(message).__name__}).")

    def _wait(self, why: str, lived_s: float) -> None:
        wait_s = self._back_off.wait_s(lived_s)
        now_ns = self._clock()
        self._down_since_ns = self._down_since_ns or now_ns
        sentence = f"The process that watches the camera ended: {why} It is started again in {wait_s:g} s."
        report = CameraHealth(
            self.camera, now_ns, CameraState.OFFLINE, self._down_since_ns, sentence, lived_s, self._back_off.healthy_s
        )
        with suppress(sqlite3.Error, OSError, ValueError):
            self._journal.store_health(report)
            self._journal.events.suspend(self.camera, now_ns, SUSPENDED)
            self._listener.events_changed()
        self._listener.health(report)
        self._listener.ended(self.camera, why, wait_s)
        self._wait_offline(wait_s)

    def _wait_offline(self, wait_s: float) -> None:
        """Waits, and holds the rules of the camera's state against it meanwhile."""
        if self._offline_rules is None:
            self._stopping.wait(wait_s)
            return
        with suppress(sqlite3.Error, OSError, ValueError):
            self._offline_rules.begin(self._timer(), self._journal.events.open_events(self.camera))
        left_s = wait_s
        while not self._stopping.is_set():
            with suppress(sqlite3.Error, OSError, ValueError):
                events = self._offline_rules.look(self._clock())
                if events:
                    self._journal.events.store(self.camera, events, self._causes)
                    self._listener.events_changed()
            if left_s <= 0:
                break
            self._stopping.wait(min(left_s, OFFLINE_EVERY_S))
            left_s -= OFFLINE_EVERY_S
