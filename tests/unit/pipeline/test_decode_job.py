"""What a decoder's process hears of the frames that it has handed over."""

import os
import threading
import time

import pytest

from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.frame_ring import ANSWER
from passerby.ingest.sources.live import LiveSource
from passerby.pipeline import decode_job
from passerby.pipeline.decode_job import AnalysisAnswers
from passerby.pipeline.watch_job import DecoderAnswers


class Heard(LiveSource):
    def __init__(self) -> None:
        super().__init__(CameraSource(SourceKind.RTSP, "camera", 554), "square", analysed_fps=5.0, connector=None)
        self.heard: list[tuple[int, bool, float]] = []

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        self.heard.append((index, quiet, small))


@pytest.fixture
def ends():
    out, into = os.pipe()
    source = Heard()
    yield AnalysisAnswers(out, source), DecoderAnswers(into), source, into
    os.close(out)
    os.close(into)


def test_answers_arrive_in_their_order(ends) -> None:
    answers, decoder, source, _ = ends
    answers.read()
    for index, quiet, small in ((3, False, 0.25), (8, True, 0.0), (13, True, 0.5)):
        decoder.send(index, quiet, small)
    answers.read()
    assert source.heard == [(3, False, 0.25), (8, True, 0.0), (13, True, 0.5)]


def test_an_answer_that_comes_in_parts_is_put_together(ends) -> None:
    answers, _, source, into = ends
    whole = ANSWER.pack(70_000, True, 0.125)
    os.write(into, whole[:5])
    answers.read()
    assert source.heard == []
    os.write(into, whole[5:])
    answers.read()
    assert source.heard == [(70_000, True, 0.125)]


def test_the_next_of_a_row_waits_for_the_one_before(ends) -> None:
    answers, decoder, source, _ = ends
    answers.awaited = 40
    later = threading.Timer(0.05, decoder.send, [40, False, 0.0])
    later.start()
    answers.wait()
    later.join()
    assert source.heard == [(40, False, 0.0)]
    answers.wait()


def test_an_analysis_that_says_nothing_holds_the_decoder_for_a_limited_time(ends, monkeypatch) -> None:
    answers, _, source, _ = ends
    monkeypatch.setattr(decode_job, "ANSWER_S", 0.05)
    answers.awaited, begun_s = 40, time.monotonic()
    answers.wait()
    assert source.heard == []
    assert time.monotonic() - begun_s < 30.0


def test_a_decoder_that_takes_nothing_does_not_hold_the_analysis(ends) -> None:
    _, decoder, _, _ = ends
    for index in range(20_000):
        decoder.send(index, True, 0.5)
