"""What recordings say of themselves, read in a sandbox as all of them is."""

from collections.abc import Sequence
from pathlib import Path

from passerby.domain.errors import WorkerError
from passerby.messages.sandbox_messages import RecordingHeader, RecordingHeaders
from passerby.messages.sandbox_orders import HeaderPlan
from passerby.pipeline.bootstrap import HEADERS
from passerby.sandbox.process import BOOTSTRAP, NeverStartedError, Sandbox, SandboxProcess


def headers_in_sandbox(videos: Sequence[Path]) -> tuple[RecordingHeader, ...]:
    """Returns the headers of recordings, in the order given.

    Raises:
        SourceError: one of them cannot be read.
        WorkerError: the sandbox's process died.
    """
    sandbox = Sandbox.around(videos)
    try:
        return _headers(sandbox, videos)
    except NeverStartedError:
        return _headers(sandbox.bare(), videos)


def _headers(sandbox: Sandbox, videos: Sequence[Path]) -> tuple[RecordingHeader, ...]:
    plan = HeaderPlan(tuple(sandbox.inside(video) for video in videos))
    found: tuple[RecordingHeader, ...] = ()
    with SandboxProcess(sandbox, BOOTSTRAP, plan, options=(HEADERS,)) as process:
        for message in process.messages():
            if isinstance(message, RecordingHeaders):
                found = message.headers
    if len(found) != len(videos):
        raise WorkerError("the sandbox read other headers than it was asked for. This is a bug in passerby: report it.")
    return found
