"""Stands in for the `ffmpeg` command that the virtual camera encodes with: the same libraries, by way of PyAV.

Takes the few options that the camera gives: raw BGR pictures on standard input, H.264 out as RTP or to standard output.
"""

import sys
from fractions import Fraction
from itertools import pairwise
from typing import Any

import av
import numpy as np


def main(arguments: list[str]) -> int:
    if arguments == ["-version"]:
        return 0
    options = dict(pairwise(arguments))
    width_px, height_px = (int(side) for side in options["-s"].split("x"))
    kind, target = _last(arguments, "-f"), arguments[-1]
    frames_wanted = int(options.get("-frames:v", "0"))
    out: Any = sys.stdout.buffer if target == "pipe:1" else target
    with av.open(out, "w", format=kind, options={"payload_type": "96"} if kind == "rtp" else {}) as container:
        stream = container.add_stream("libx264", rate=Fraction(options["-r"]))
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.codec_context.gop_size = int(options.get("-g", "12"))
        stream.codec_context.options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
        number = 0
        while not frames_wanted or number < frames_wanted:
            raw = sys.stdin.buffer.read(width_px * height_px * 3)
            if len(raw) < width_px * height_px * 3:
                break
            picture = np.frombuffer(raw, np.uint8).reshape(height_px, width_px, 3)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
            number += 1
        container.mux(stream.encode(None))
    return 0


def _last(arguments: list[str], option: str) -> str:
    """The option's last value: the first belongs to the input."""
    return arguments[len(arguments) - arguments[::-1].index(option)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
