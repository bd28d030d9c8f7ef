"""One recording that is to be counted by itself, and what came of it, wherever it is counted."""

import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from passerby import __version__
from passerby.domain.errors import PasserbyError, SourceError
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport
from passerby.ingest.detectors.registry import model_file
from passerby.messages.sandbox_orders import TO_SANDBOX, CountPlan
from passerby.recordings.count import count_in_sandbox

_PIECE_BYTES: Final = 1 << 20
_PIECES: Final = 3


@dataclass(frozen=True, slots=True)
class CountJob:
    """A recording to count.

    Attributes:
        plan: what to count in it; without a picture of the place, so that no picture leaves the sandbox.
        content: see `content_of`.
        duration_s: how long it claims to be; 0 where that is not known.
    """

    plan: CountPlan
    content: str
    duration_s: float

    @property
    def name(self) -> str:
        """The recording's name, without its folder."""
        return self.plan.video.name


@dataclass(frozen=True, slots=True)
class JobResult:
    """What came of one recording.

    Attributes:
        report: what was counted; None where it could not be.
        fault: why not, a sentence that says what to do; empty where it was.
        stopped: it was ended before its end, by the user: what it has is no result.
    """

    report: CountReport | None
    fault: str = ""
    stopped: bool = False


def content_of(video: Path) -> str:
    """Returns the size of a recording, and the SHA-256 of its first, middle and last MiB.

    Reading all of a season would take as long as some of the counting; a recording that was cut, converted or replaced
    has another size.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        with video.open("rb") as stream:
            size = stream.seek(0, 2)
            digest = hashlib.sha256()
            for number in range(_PIECES):
                stream.seek(max(size - _PIECE_BYTES, 0) * number // (_PIECES - 1))
                digest.update(stream.read(_PIECE_BYTES))
    except OSError as error:
        raise SourceError(f"{video}: this recording cannot be read: {error.strerror}.") from None
    return f"{size}:{digest.hexdigest()}"


def job_key(job: CountJob, *more: str) -> str:
    """Returns what a result rests on, as SHA-256: the recording, what was counted in it and how, and by which version.

    Args:
        job: the recording; where it lies does not count.
        more: what else is written with its result.
    """
    digest = hashlib.sha256("\0".join((__version__, job.content, *more, "")).encode())
    digest.update(TO_SANDBOX.frame(replace(job.plan, video=Path(job.name))))
    detector = model_file(job.plan.detector.model)
    if detector is not None:
        digest.update(content_of(detector).encode())
    return digest.hexdigest()


def count_job(
    job: CountJob,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> JobResult:
    """Counts one recording; a fault of it is in the result, and ends no other.

    Args:
        job: the recording.
        on_progress: called now and then.
        stopped: asked now and then whether the user has ended the run.
    """
    try:
        if content_of(job.plan.video) != job.content:
            raise SourceError(
                f"{job.plan.video}: on {socket.gethostname()} this is another file than where the command was given. "
                "Every machine has to reach the same recordings at the same path."
            )
        counted = count_in_sandbox(job.plan, on_progress, enough=lambda _: stopped())
    except PasserbyError as error:
        return JobResult(None, str(error))
    if stopped():
        return JobResult(None, stopped=True)
    return JobResult(counted.report)
