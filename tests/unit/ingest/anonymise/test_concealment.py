"""How much of labelled people a picture hides, to the pixel."""

from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import SourceError
from passerby.domain.film import Concealment
from passerby.domain.frames import AnonymousFrame
from passerby.ingest.anonymise.anonymiser import MASKED, Anonymiser
from passerby.ingest.anonymise.concealment import SAME_LUMA, ConcealmentMeter, read_truth
from passerby.ingest.raw import RawFrame

BOX = (200, 150, 300, 230)


class OpenAnonymiser(Anonymiser):
    """An anonymiser whose picture claims to hide nothing, or what a test sets."""

    hidden: np.ndarray | None = None

    @property
    def concealed(self) -> np.ndarray:
        return np.zeros(self.canvas.shape, np.uint8) if self.hidden is None else self.hidden


@pytest.fixture
def raw(street) -> RawFrame:
    raw: RawFrame = street.raw(0.0, [])
    return raw


def meter_for(raw: RawFrame, *boxes: tuple[int, int, int, int]) -> ConcealmentMeter:
    return ConcealmentMeter({raw.stamp.index: np.array(boxes, np.float32).reshape(-1, 4)})


def drawn(raw: RawFrame, lighter: int = 0, method: str = "redrawn") -> AnonymousFrame:
    picture = np.clip(raw.picture(raw.size_px).astype(int) + lighter, 0, 255).astype(np.uint8)
    return AnonymousFrame(raw.stamp, picture, method)


def test_the_cameras_own_picture_hides_nothing(raw: RawFrame) -> None:
    meter = meter_for(raw, BOX)
    meter.measure(raw, drawn(raw), OpenAnonymiser(raw.size_px))
    assert meter.summed() == Concealment(1, 0.0, 0.0, 0.0)


def test_a_masked_picture_hides_everything(raw: RawFrame) -> None:
    meter = meter_for(raw, BOX)
    meter.measure(raw, drawn(raw, method=MASKED), OpenAnonymiser(raw.size_px))
    assert meter.summed() == Concealment(1, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(("lighter", "covered"), [(SAME_LUMA - 3, 0.0), (SAME_LUMA + 3, 1.0)])
def test_what_differs_from_the_live_picture_is_covered(raw: RawFrame, lighter: int, covered: float) -> None:
    meter = meter_for(raw, BOX)
    meter.measure(raw, drawn(raw, lighter), OpenAnonymiser(raw.size_px))
    assert meter.area_covered == pytest.approx(covered, abs=0.01)


def test_boxes_and_areas_are_summed_up_apart(raw: RawFrame) -> None:
    anonymiser = OpenAnonymiser(raw.size_px)
    anonymiser.hidden = np.zeros(anonymiser.canvas.shape, np.uint8)
    anonymiser.hidden[150:230, 200:300] = 255
    meter = meter_for(raw, BOX, (200, 150, 210, 155), (0, 0, 50, 40), (200, 140, 300, 150))
    meter.measure(raw, drawn(raw), anonymiser)
    assert meter.shares == [1.0, 1.0, 0.0, 0.0]
    assert meter.boxes_covered == 0.5
    assert meter.area_covered == pytest.approx(8050 / (8050 + 2000 + 1000))
    assert meter.worst_covered == 0.0


def test_a_box_counts_as_covered_from_95_percent_of_it(raw: RawFrame) -> None:
    for columns, covered in ((95, 1.0), (94, 0.0)):
        anonymiser = OpenAnonymiser(raw.size_px)
        anonymiser.hidden = np.zeros(anonymiser.canvas.shape, np.uint8)
        anonymiser.hidden[:, 200 : 200 + columns] = 255
        meter = meter_for(raw, BOX)
        meter.measure(raw, drawn(raw), anonymiser)
        assert meter.boxes_covered == covered


def test_boxes_are_cut_at_the_pictures_edge_and_slivers_are_left_out(raw: RawFrame) -> None:
    meter = meter_for(raw, (310, 230, 400, 300), (319, 0, 400, 100), (10, 200, 60, 201), (-50, 10, 1, 100))
    meter.measure(raw, drawn(raw), OpenAnonymiser(raw.size_px))
    assert meter.areas_px == [100]


def test_frames_without_labels_are_left_out(raw: RawFrame) -> None:
    meter = ConcealmentMeter({raw.stamp.index + 1: np.array([BOX], np.float32)})
    meter.measure(raw, drawn(raw), OpenAnonymiser(raw.size_px))
    assert meter.summed() == Concealment(0, 1.0, 1.0, 1.0)


def test_truth_is_read_and_faults_in_it_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "gt.txt"
    path.write_text("1,7,10,20,30,40,1\n3,7,11,20,30,40,1\n3,8,0,0,5,5,1\n")
    truth = read_truth(path)
    assert sorted(truth) == [0, 2]
    assert truth[0].tolist() == [[10, 20, 40, 60]]
    assert len(truth[2]) == 2
    path.write_text("not,a,table\n")
    with pytest.raises(SourceError, match=r"gt\.txt"):
        read_truth(path)
    with pytest.raises(SourceError, match=r"gt\.txt"):
        read_truth(tmp_path / "missing" / "gt.txt")


def test_luma_that_differs_by_the_limit_is_still_the_same(raw: RawFrame) -> None:
    grey = np.full(raw.luma.shape, 100, np.uint8)
    even = RawFrame(raw.stamp, grey, raw.chroma_u, raw.chroma_v)
    level = int(even.picture(even.size_px)[0, 0, 0])
    for lighter, covered in ((SAME_LUMA, 0.0), (SAME_LUMA + 1, 1.0)):
        picture = np.full((*grey.shape, 3), level + lighter, np.uint8)
        meter = meter_for(even, BOX)
        meter.measure(even, AnonymousFrame(even.stamp, picture, "redrawn"), OpenAnonymiser(even.size_px))
        assert meter.area_covered == covered
