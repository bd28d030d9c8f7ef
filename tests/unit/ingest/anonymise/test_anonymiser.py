from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame
from passerby.ingest.anonymise.anonymiser import Anonymiser, FilmAnonymiser, FilmLearner
from passerby.ingest.anonymise.concealment import ConcealmentMeter
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.guard import MaskReason
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import RawFrame

SITTER = (40, 120, 70, 180)
BOTH = pytest.mark.parametrize("mode", list(Mode))


def walker(stream_s: float) -> tuple[int, int, int, int]:
    left = 20 + int(stream_s * 12) % 260
    return left, 60, left + 24, 124


def run(
    street, anonymiser, seconds: float, found: bool = True, start_s: float = 0.0
) -> Iterator[tuple[RawFrame, Detections, AnonymousFrame]]:
    """A walker and one who sits; the sitter is found in every third frame only, and weakly."""
    for step in range(int(seconds * 5)):
        stream_s = start_s + step / 5
        raw = street.raw(stream_s, [SITTER, walker(stream_s)])
        people = ([walker(stream_s)] if found else []) + ([SITTER] if step % 3 == 0 else [])
        detections = street.seen(raw, people, 0.12 if step % 3 == 0 else 0.7)
        anonymiser.learn(raw, detections)
        yield raw, detections, anonymiser.show(raw, detections, Silhouettes(detections.xyxy_px, detections.road_user))


def correlation(raw: RawFrame, frame: AnonymousFrame, box: tuple[int, int, int, int]) -> float:
    """Of detail between camera and picture inside a box."""
    left, top, right, bottom = box
    both = []
    for picture in (raw.picture(raw.size_px), frame.image):
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
        both.append((grey - cv2.GaussianBlur(grey, (0, 0), 2))[top:bottom, left:right].ravel())
    one, two = (detail - detail.mean() for detail in both)
    return float(one @ two / np.sqrt((one @ one) * (two @ two) + 1e-3))


@BOTH
def test_the_background_becomes_sharp_and_people_never_do(street, mode: Mode) -> None:
    anonymiser = Anonymiser(street.size_px, mode)
    frames = list(run(street, anonymiser, 30))
    for raw, _, frame in frames:
        people = [SITTER, walker(raw.stamp.stream_s)]
        assert all(correlation(raw, frame, box) < 0.2 for box in people)
    raw, _, last = frames[-1]
    assert last.method == mode.value
    assert anonymiser.sharp_share > 0.5
    assert correlation(raw, last, (120, 150, 310, 230)) > 0.5


@BOTH
def test_nothing_is_shown_before_the_background_is_known(street, mode: Mode) -> None:
    anonymiser = Anonymiser(street.size_px, mode)
    methods = [frame.method for _, _, frame in run(street, anonymiser, 4)]
    assert methods[0] == "masked"
    assert anonymiser.masked[MaskReason.LEARNING] == methods.count("masked") > 3


@BOTH
def test_a_person_the_detector_never_finds_is_not_copied(street, mode: Mode) -> None:
    anonymiser = Anonymiser(street.size_px, mode)
    for raw, _, frame in run(street, anonymiser, 30, found=False):
        assert correlation(raw, frame, walker(raw.stamp.stream_s)) < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("by_face", [False, True])
def test_one_who_stands_still_for_minutes_is_caught_by_the_inspection(street, by_face: bool) -> None:
    """Found in no live frame at all, but in the learned background, as a person or by nothing but the face."""

    def finder(picture: np.ndarray) -> Boxes:
        strong = cv2.blur((cv2.absdiff(picture, cv2.medianBlur(picture, 5))[:, :, 0] > 60).astype(np.float32), (9, 9))
        rows, columns = np.nonzero(strong > 0.3)
        if not len(rows):
            return Boxes.none()
        bottom = rows.min() + (rows.max() - rows.min()) / (7 if by_face else 1)
        box = np.array([[columns.min(), rows.min(), columns.max(), bottom]], np.float32)
        return Boxes(box, np.array([0.2], np.float32), np.zeros(1, np.int16))

    finders, face_finders = ([], [finder]) if by_face else ([finder], [])
    anonymiser = Anonymiser(street.size_px, finders=finders, face_finders=face_finders)
    for step in range(200):
        raw = street.raw(step / 2, [SITTER])
        anonymiser.learn(raw, street.seen(raw, []))
        frame = anonymiser.show(raw, street.seen(raw, []), Silhouettes())
        assert correlation(raw, frame, SITTER) < 0.2
    assert anonymiser.sharp_share > 0.3


def test_while_the_face_finder_fails_nothing_becomes_sharp(street) -> None:
    def failing(_picture: np.ndarray) -> Boxes:
        raise RuntimeError("broken on purpose")

    anonymiser = Anonymiser(street.size_px, face_finders=[failing])
    for _ in run(street, anonymiser, 20):
        assert anonymiser.sharp_share == 0.0
    assert anonymiser.masked[MaskReason.FAULT] > 0


def test_a_films_background_is_not_returned_where_the_face_finder_fails(street) -> None:
    def failing(_picture: np.ndarray) -> Boxes:
        raise RuntimeError("broken on purpose")

    learner = FilmLearner(street.size_px, [], 20, face_finders=[failing])
    for _ in run(street, learner, 20):
        pass
    with pytest.raises(RuntimeError, match="on purpose"):
        learner.backgrounds()


def test_the_output_shares_no_memory_and_is_read_only(street) -> None:
    anonymiser = Anonymiser(street.size_px)
    for raw, _, frame in run(street, anonymiser, 6):
        for plane in (raw.luma, raw.chroma_u, raw.chroma_v):
            assert not np.shares_memory(plane, frame.image)
        assert not frame.image.flags.writeable


class Known:
    """An anonymiser that has learned, and what the next frame would be."""

    def __init__(self, street) -> None:
        self.street = street
        self.anonymiser = Anonymiser(street.size_px)
        for _ in run(street, self.anonymiser, 15):
            pass
        self.raw = street.raw(15.0, [SITTER])
        self.detections = street.seen(self.raw, [SITTER])

    def show(self, detections: Detections | None, raw: RawFrame | None = None) -> AnonymousFrame:
        return self.anonymiser.show(raw or self.raw, detections, Silhouettes())


@pytest.fixture
def known(street) -> Known:
    known = Known(street)
    assert known.show(known.detections).method == "redrawn"
    return known


def test_a_failed_detector_masks(known: Known) -> None:
    assert known.show(None).method == "masked"
    assert known.anonymiser.reason is MaskReason.DETECTOR_FAILED


def test_a_late_detector_masks(known: Known) -> None:
    late = known.street.raw(16.5, [SITTER])
    assert known.show(known.detections, late).method == "masked"
    assert known.anonymiser.reason is MaskReason.DETECTOR_LATE


def test_detections_from_the_future_mask(known: Known) -> None:
    early = known.street.raw(14.0, [SITTER])
    assert known.show(known.detections, early).method == "masked"


def test_darkness_masks(known: Known) -> None:
    dark = known.street.raw(15.2, [], light=-90)
    assert known.show(known.detections, dark).method == "masked"
    assert known.anonymiser.reason is MaskReason.DARK


def test_another_size_masks(known: Known) -> None:
    raw = known.raw
    small = RawFrame(raw.stamp, raw.luma[:120], raw.chroma_u[:60], raw.chroma_v[:60])
    assert known.show(known.detections, small).method == "masked"
    assert known.anonymiser.reason is MaskReason.FAULT


@pytest.mark.parametrize("part", ["_drawing", "_source", "_guard"])
def test_any_fault_masks(known: Known, part: str) -> None:
    class Broken:
        def __getattr__(self, name: str) -> None:
            raise RuntimeError("broken on purpose")

    setattr(known.anonymiser, part, Broken())
    known.anonymiser._decided = None
    frame = known.show(known.detections)
    assert frame.method == "masked"
    assert known.anonymiser.masked[MaskReason.FAULT] == 1


def test_a_fault_while_learning_masks_until_it_is_over(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(detections: Detections) -> None:
        raise ValueError("broken on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(known.anonymiser._source, "add_detections", broken)
        known.anonymiser.learn(known.raw, known.detections)
        assert known.show(known.detections).method == "masked"
    known.anonymiser.learn(known.raw, known.detections)
    assert known.show(known.detections).method == "redrawn"


def test_a_cut_masks_and_starts_anew(known: Known) -> None:
    other = type(known.street)(ground=np.fliplr(known.street.ground).copy() * 0.5 + 60, index=1000)
    methods = []
    for step in range(40):
        raw = other.raw(15.2 + step / 5, [SITTER])
        detections = other.seen(raw, [SITTER])
        known.anonymiser.learn(raw, detections)
        frame = known.anonymiser.show(raw, detections, Silhouettes())
        methods.append(frame.method)
        assert correlation(raw, frame, SITTER) < 0.2
    assert methods[0] == "masked"
    assert known.anonymiser.masked[MaskReason.LEARNING] > 3


@BOTH
def test_a_film_is_drawn_from_its_first_picture_on_and_its_people_are_covered(street, mode: Mode) -> None:
    learner = FilmLearner(street.size_px, [], 20)
    frames = [(raw, detections) for raw, detections, _ in run(street, learner, 20)]
    anonymiser = FilmAnonymiser(street.size_px, mode, learner.backgrounds())
    truth = {raw.stamp.index: np.array([SITTER, walker(raw.stamp.stream_s)], np.float32) for raw, _ in frames}
    meter = ConcealmentMeter(truth)
    for raw, detections in frames:
        anonymiser.learn(raw, detections)
        silhouettes = Silhouettes(detections.xyxy_px, detections.road_user)
        meter.measure(raw, anonymiser.show(raw, detections, silhouettes), anonymiser)
    assert anonymiser.masked.total() == 0
    assert anonymiser.sharp_share > 0.5
    assert meter.boxes_covered == 1.0
    assert meter.area_covered > 0.995
