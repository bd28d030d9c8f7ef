"""Pictures that a camera cuts or leaves out before it numbers its packets: none of what is shown is damaged."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.rtsp.payloads import payload_of
from passerby.ingest.sources.rtsp.rtp import PictureAssembler
from passerby.ingest.sources.rtsp.sdp import parse_description
from testing.rtsp_camera.film import Film, encode, packed
from testing.rtsp_camera.packets import Packets, quirks_of

CODECS = {"h264": 4, "hevc": 4, "hevc whole": 1, "mpeg4": 1, "mjpeg": 1}
"""Codec, and slices to a picture."""


@dataclass(frozen=True)
class Shown:
    """What came of a stream: the luma of each picture that was shown, by its stamp, and how many were damaged."""

    lumas: dict[int, np.ndarray]
    damaged: int


def shown(film: Film, words: str) -> Shown:
    """What the assembler and the decoder make of a film with a quirk."""
    found = parse_description("v=0\r\n" + film.media)
    assembler, decoder = PictureAssembler(payload_of(found.track), found.payload_type), PictureDecoder(found.track)
    packets, damaged = Packets(5, 1, 0), 0
    lumas: dict[int, np.ndarray] = {}
    for picture in film.pictures:
        for packet in packets.of(film, picture, picture.shown_s, quirks_of(words)):
            for coded in assembler.add(packet):
                frames = decoder.decode(coded)
                damaged += frames is None
                lumas |= {frame.pts or 0: frame.to_ndarray(format="gray") for frame in frames or ()}
    return Shown(lumas, damaged)


@pytest.fixture(scope="module")
def film_of(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Film]:
    """Makes the recording in a codec, once."""
    folder = tmp_path_factory.mktemp("coded")

    @cache
    def made(name: str) -> Film:
        path = folder / f"{name}.{'avi' if name == 'mjpeg' else 'mp4'}"
        encode(recording, path, name.partition(" ")[0], slices=CODECS[name])
        return packed(path)

    return made


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("words", ["", "marker=none", "marker=unit"])
def test_a_stream_in_order_has_no_damage(name: str, words: str, film_of: Callable[[str], Film]) -> None:
    assert shown(film_of(name), words).damaged == 0


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("words", ["cut=11", "leave_out=9", "cut=11,marker=none"])
def test_nothing_that_is_damaged_is_shown(name: str, words: str, film_of: Callable[[str], Film]) -> None:
    truth, found = shown(film_of(name), ""), shown(film_of(name), words)
    assert len(found.lumas) >= len(truth.lumas) / 3
    assert found.damaged > 0 or (name == "mjpeg" and "leave" in words)  # each of its pictures stands for itself
    for ticks, luma in found.lumas.items():
        assert np.array_equal(luma, truth.lumas[ticks])
