"""An ONNX model ready to run on the CPU, or an error that names what is wrong with the file."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime

from passerby.domain.errors import ModelError

Array = npt.NDArray[Any]

SELDOM_S: Final = 2.0
"""A model that has not run for so long, as of a camera that sleeps, gives back what it worked in: 14 MB of the default
detector. Getting it again takes 3 ms."""

_MEND = "Check it with `passerby models verify`, or get it anew"


@dataclass(frozen=True, slots=True)
class Session:
    """One loaded model.

    Attributes:
        path: the file it came from.
        runtime: onnxruntime's own session.
        inputs: names of the inputs.
        outputs: names of the outputs.
        keeps_memory: it keeps what it works in from one run to the next.
    """

    path: Path
    runtime: onnxruntime.InferenceSession
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    keeps_memory: bool = True
    _times: list[float] = field(default_factory=list, repr=False)

    def run(self, feeds: dict[str, Array], outputs: Sequence[str]) -> list[Array]:
        """Runs the model and returns the named outputs.

        Raises:
            ModelError: the model cannot be run on such input.
        """
        try:
            options = self._options() if self.keeps_memory else None
            found = self.runtime.run(list(outputs), feeds, *([] if options is None else [options]))
            return [np.asarray(output) for output in found]
        except Exception as fault:  # onnxruntime's own errors share no base class but Exception
            shapes = ", ".join(f"{name} {feed.dtype} {feed.shape}" for name, feed in feeds.items())
            raise ModelError(f"{self.path}: the model failed on {shapes}: {first_line(fault)}. {_MEND}") from fault

    def _options(self) -> onnxruntime.RunOptions | None:
        """Returns options that give memory back after this run, where the one before was long ago."""
        now_s = time.monotonic()
        seldom = bool(self._times) and now_s - self._times[-1] > SELDOM_S
        self._times[:] = [now_s]
        if not seldom:
            return None
        options = onnxruntime.RunOptions()
        options.log_severity_level = 4
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        return options

    def demand(self, family: str, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        """Checks that the model has the inputs and outputs of its family.

        Raises:
            ModelError: it has not; it is another model.
        """
        if set(inputs) <= set(self.inputs) and set(outputs) <= set(self.outputs):
            return
        raise ModelError(
            f"{self.path}: a {family} model has inputs {', '.join(inputs)} and outputs {', '.join(outputs)}; "
            f"got inputs {', '.join(self.inputs)} and outputs {', '.join(self.outputs)}. Is it another model?"
        )

    def input_shape(self, name: str) -> list[int | str | None]:
        """Returns an input's shape; names or None stand for sizes that are free."""
        return next(list(port.shape) for port in self.runtime.get_inputs() if port.name == name)

    def output_shape(self, name: str) -> list[int | str | None]:
        """Returns an output's shape; names or None stand for sizes that are free."""
        return next(list(port.shape) for port in self.runtime.get_outputs() if port.name == name)


def first_line(fault: BaseException) -> str:
    """Returns an error's text, cut to one short line."""
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0][:200]


def open_session(path: Path, threads: int = 1, *, seldom: bool = False) -> Session:
    """Loads a model for the CPU.

    Args:
        path: an ONNX file.
        threads: how many threads one picture may use; a worker with several cameras does best with 1.
        seldom: it runs seldom, so that it gives back what it works in after each run, which takes a little longer.

    Raises:
        ModelError: the file is missing, empty, cut short or no ONNX model.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such model file. List what there is with `passerby models`")
    try:
        runtime = onnxruntime.InferenceSession(
            path, _options(threads, seldom=seldom), providers=["CPUExecutionProvider"]
        )
    except Exception as fault:  # onnxruntime's own errors share no base class but Exception
        size_bytes = path.stat().st_size
        raise ModelError(
            f"{path}: not an ONNX model that can be loaded ({size_bytes} bytes): {first_line(fault)}. {_MEND}"
        ) from fault
    return Session(
        path,
        runtime,
        tuple(port.name for port in runtime.get_inputs()),
        tuple(port.name for port in runtime.get_outputs()),
        not seldom,
    )


def _options(threads: int, *, seldom: bool) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = not seldom
    # Spinning threads burn the CPU time that the next camera needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    return options
