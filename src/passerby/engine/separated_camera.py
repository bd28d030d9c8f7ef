"""A live camera's two processes, one that decodes and one that analyses, as if they were one.

The decoder's process, which reads what the camera sends, has no message that is passed on: its own pipe may say how
far it is isolated, and nothing else. Frames go to the analysis process through shared memory.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Self

from passerby.domain.errors import PasserbyError, WorkerError
from passerby.domain.isolation import Isolation
from passerby.domain.service import CameraPlan
from passerby.domain.sources import CameraSource
from passerby.messages.sandbox_messages import Failure, Message
from passerby.messages.sandbox_orders import Command, DecodePlan, StartPreview, StopPreview, WatchPlan
from passerby.sandbox.process import BOOTSTRAP, NeverStartedError, Sandbox, SandboxProcess
from passerby.sandbox.shared_memory import READ_OPTION, WRITE_OPTION, RingMemory

STARTS_S = 30.0
"""How long the first message of one waits for that of the other."""


def pids_of(process: "SandboxProcess | SeparatedCamera") -> tuple[int, ...]:
    """Returns the numbers of a camera's processes, or of bubblewrap around each."""
    return (process.pid, process.decoder_pid) if isinstance(process, SeparatedCamera) else (process.pid,)


class SeparatedCamera:
    """Both processes; ended with the block that they are used in."""

    def __init__(
        self,
        decoding: Sandbox,
        analysing: Sandbox,
        plan: WatchPlan,
        source: CameraSource,
        options: Sequence[str],
        module: str = BOOTSTRAP,
    ) -> None:
        """Starts them.

        Args:
            decoding: what the decoder's process can see: a device or certificates.
            analysing: what the analysis process can see: the detector.
            plan: the camera as its decoder knows it, with the descriptor of its route.
            source: the same way in with the names that files have in the decoder's sandbox.
            options: what the decoder's process gets on its command line.
            module: the module that the decoder's process runs.

        Raises:
            WorkerError: they cannot be started.
        """
        self._ends = ExitStack()
        self._isolations: list[Isolation] = []
        self._known, self._why, self._ending = threading.Event(), "", False
        self.never_started = False
        try:
            self._start(decoding, analysing, plan, source, options, module)
        except OSError as fault:
            self._ends.close()
            raise WorkerError(
                f"a camera's processes could not be started: {fault.strerror}. Is memory short?"
            ) from None
        except BaseException:
            self._ends.close()
            raise

    def _start(
        self,
        decoding: Sandbox,
        analysing: Sandbox,
        plan: WatchPlan,
        source: CameraSource,
        options: Sequence[str],
        module: str,
    ) -> None:
        memory = RingMemory.made()
        pulse_out, pulse_in = os.pipe2(os.O_CLOEXEC)
        answers_out, answers_in = os.pipe2(os.O_CLOEXEC)
        try:
            decode = DecodePlan(replace(plan.camera, source=source), pulse_in, plan.route, answers_out)
            passed = (memory.writer, pulse_in, answers_out, *(() if plan.route is None else (plan.route,)))
            decoder = SandboxProcess(decoding, module, decode, passed, (*options, f"{WRITE_OPTION}{memory.writer}"))
            self._decoder = self._ends.enter_context(decoder)
            watch = replace(plan, camera=_without_way_in(plan), route=None, decoded=pulse_out, answers=answers_in)
            analysis = SandboxProcess(
                analysing, BOOTSTRAP, watch, (memory.reader, pulse_out, answers_in), (f"{READ_OPTION}{memory.reader}",)
            )
            self._analysis = self._ends.enter_context(analysis)
        finally:
            memory.close()
            os.close(pulse_out)
            os.close(pulse_in)
            os.close(answers_out)
            os.close(answers_in)
        self._following = threading.Thread(target=self._follow, name=f"decoder {plan.camera.name}", daemon=True)
        self._following.start()

    @property
    def pid(self) -> int:
        """The number of the analysis process, or that of bubblewrap around it."""
        return self._analysis.pid

    @property
    def decoder_pid(self) -> int:
        """The number of the decoder's process, or that of bubblewrap around it."""
        return self._decoder.pid

    def stop(self) -> None:
        """Asks the analysis process to finish with what it has."""
        self._ending = True
        self._analysis.stop()

    @property
    def started(self) -> bool:
        """A message of each has come."""
        return self._analysis.started and self._decoder.started

    def send(self, command: Command) -> None:
        """Sends the analysis process a command, and the decoder's what changes how many frames are handed over."""
        if isinstance(command, StartPreview | StopPreview) and command.tally:
            self._decoder.send(command)
        self._analysis.send(command)

    def kill(self) -> None:
        """Ends both at once."""
        self._analysis.kill()
        self._decoder.kill()

    def with_outside_names(self, text: str) -> str:
        """Returns a sentence of their messages, with the names of files outside."""
        return self._analysis.with_outside_names(text)

    def messages(self) -> Iterator[Message]:
        """Returns the messages of the analysis process, until it has ended as it should.

        Raises:
            PasserbyError: what went wrong in one of the two.
        """
        try:
            for message in self._analysis.messages():
                yield self._weaker(message) if isinstance(message, Isolation) else message
        except PasserbyError:
            if self._why:
                raise WorkerError(self._why) from None
            raise

    def _weaker(self, isolation: Isolation) -> Isolation:
        """Returns how far the less isolated of the two is isolated."""
        self._known.wait(STARTS_S)
        other = self._isolations[0] if self._isolations else Isolation(0, ("the decoder's process has not started",))
        missing = tuple(dict.fromkeys((*isolation.missing, *other.missing)))
        return Isolation(min(isolation.level, other.level), missing)

    def _follow(self) -> None:
        """Reads the one message that a decoder's process sends; whatever else it sends, or its end, ends both."""
        try:
            for message in self._decoder.messages(raises_failures=False):
                if isinstance(message, Failure) and not self._isolations:  # it has read nothing of the camera's yet
                    raise WorkerError("it could not load its libraries, or not be isolated. Install passerby again.")
                if not isinstance(message, Isolation) or self._isolations:
                    raise WorkerError(f"it sent what it may not send ({type(message).__name__}).")
                self._isolations.append(message)
                self._known.set()
            why = "it ended without a reason."
        except NeverStartedError as fault:
            self.never_started, why = True, str(fault)
        except PasserbyError as fault:
            why = str(fault)
        except Exception as fault:  # whatever it sent must not end this thread before both are ended
            why = f"what it sent could not be used ({type(fault).__name__})."
        if not self._ending:
            self._why = f"the process that decodes the camera: {why}"
        self._known.set()
        if not self._ending:
            self.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        with suppress(OSError):
            self.kill()
        self._following.join(STARTS_S)
        self._ends.close()


def _without_way_in(plan: WatchPlan) -> CameraPlan:
    """Returns the camera without address and password: who analyses its frames needs neither."""
    return replace(plan.camera, source=CameraSource(plan.camera.source.kind))
