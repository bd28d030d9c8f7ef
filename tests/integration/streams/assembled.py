"""What the assembler and the decoder make of a film's packets, without a connection between."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.rtsp.payloads import payload_of
from passerby.ingest.sources.rtsp.rtp import PictureAssembler
from passerby.ingest.sources.rtsp.sdp import parse_description
from testing.rtsp_camera.film import Film
from testing.rtsp_camera.packets import Packets, quirks_of

CODECS = {"h264": 4, "hevc": 4, "hevc whole": 1, "mpeg4": 1, "mjpeg": 1}
"""Codec, and slices to a picture."""

Change = Callable[[Iterable[bytes]], Iterator[bytes]]


@dataclass(frozen=True)
class Shown:
    """What came of a stream: luma and stamp of each picture that was shown, in order, and how many were damaged."""

    lumas: list[np.ndarray]
    ticks: list[int]
    damaged: int


def packets(film: Film, words: str) -> Iterator[bytes]:
    """The packets of a film with a quirk."""
    made = Packets(5, 1, 0)
    for picture in film.pictures:
        yield from made.of(film, picture, picture.shown_s, quirks_of(words))


def shown(film: Film, words: str = "", changed: Change = iter) -> Shown:
    """What comes of a film with a quirk, whose packets were changed."""
    found = parse_description("v=0\r\n" + film.media)
    assembler, decoder = PictureAssembler(payload_of(found.track), found.payload_type), PictureDecoder(found.track)
    result, damaged = Shown([], [], 0), 0
    for packet in changed(packets(film, words)):
        assembler.clock_pair(packet)
        for coded in assembler.add(packet):
            frames = decoder.decode(coded)
            damaged += frames is None
            for frame in frames or ():
                result.lumas.append(frame.to_ndarray(format="gray"))
                result.ticks.append(frame.pts or 0)
    return Shown(result.lumas, result.ticks, damaged)
