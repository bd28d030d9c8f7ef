"""What sightings say of a track's class."""

import numpy as np
import numpy.typing as npt
import pytest

from passerby.domain.road_user import RoadUser
from passerby.track.evidence import CUT, EITHER, HIDDEN, ClassEvidence, sighting_weights

SIZE_PX = (640, 360)


def of(*seen: tuple[RoadUser, float], size: float = 0.3) -> ClassEvidence:
    """One track, seen as these with these weights."""
    evidence = ClassEvidence()
    evidence.append(1)
    for user, weight in seen:
        evidence.add(np.array([0]), np.array([user], np.int16), np.array([weight]), np.array([size]))
    return evidence


def named(evidence: ClassEvidence, certainty: float = 0.9) -> RoadUser:
    return RoadUser(int(evidence.road_user(certainty)[0]))


def weights(box: tuple[float, ...], *, hidden: bool = False, since_s: float = np.inf) -> tuple[float, float]:
    found = sighting_weights(
        np.array([0.5], np.float32), np.array([box]), np.array([hidden]), SIZE_PX, np.array([since_s])
    )
    return float(found[0][0]), float(found[1][0])


def test_a_bus_and_a_truck_are_one_kind_against_a_car() -> None:
    seen = (RoadUser.CAR, 4.0), (RoadUser.BUS, 3.0), (RoadUser.TRUCK, 3.0)
    assert named(of(*seen)) is RoadUser.HEAVY_VEHICLE
    assert named(of(*seen, (RoadUser.CAR, 2.5))) is RoadUser.CAR


@pytest.mark.parametrize(
    ("bus", "truck", "certainty", "wanted"),
    [
        (0.5, 9.0, 0.9, RoadUser.TRUCK),
        (9.0, 0.5, 0.9, RoadUser.BUS),
        (2.0, 9.0, 0.9, RoadUser.HEAVY_VEHICLE),
        (2.0, 9.0, 0.7, RoadUser.TRUCK),
        (0.0, 1.0, 0.9, RoadUser.HEAVY_VEHICLE),
        (0.0, 99.0, 1.0, RoadUser.HEAVY_VEHICLE),
        (4.0, 4.5, EITHER, RoadUser.TRUCK),
        (4.5, 4.0, EITHER, RoadUser.BUS),
    ],
)
def test_a_heavy_vehicle_is_named_where_it_is_sure_enough(
    bus: float, truck: float, certainty: float, wanted: RoadUser
) -> None:
    assert named(of((RoadUser.BUS, bus), (RoadUser.TRUCK, truck)), certainty) is wanted


def test_one_that_is_small_is_a_heavy_vehicle_however_often_it_is_called_a_bus() -> None:
    """Lorries of a motorway, 26 px of 288, were counted as nine buses."""
    seen = [(RoadUser.BUS, 0.5)] * 100
    assert named(of(*seen, size=0.09)) is RoadUser.HEAVY_VEHICLE
    assert named(of(*seen, size=0.09), EITHER) is RoadUser.BUS
    assert named(of(*seen, size=0.2)) is RoadUser.BUS


def test_a_bicycle_outweighs_its_rider() -> None:
    assert named(of((RoadUser.PEDESTRIAN, 1.5), (RoadUser.BICYCLE, 1.0))) is RoadUser.BICYCLE
    assert named(of((RoadUser.PEDESTRIAN, 2.5), (RoadUser.BICYCLE, 1.0))) is RoadUser.PEDESTRIAN


def test_a_sighting_weighs_less_where_it_shows_less() -> None:
    whole, size = weights((100, 100, 160, 160))
    assert (whole, size) == pytest.approx((0.5, 60 / 360))
    assert weights((2, 100, 62, 160))[0] == pytest.approx(0.5 * CUT)
    assert weights((578, 100, 638, 160))[0] == pytest.approx(0.5 * CUT)
    assert weights((100, 300, 160, 359))[0] == pytest.approx(0.5 * CUT)
    assert weights((100, 100, 160, 160), hidden=True)[0] == pytest.approx(0.5 * HIDDEN)
    assert weights((100, 100, 114.4, 114.4))[0] == pytest.approx(0.25)
    assert weights((100, 100, 160, 160), since_s=0.04)[0] == pytest.approx(0.2)
    assert weights((100, 100, 100, 160))[0] == 0.0


def test_tracks_come_and_go_in_rows() -> None:
    evidence = ClassEvidence()
    evidence.append(3)
    users: npt.NDArray[np.int16] = np.array([RoadUser.CAR, RoadUser.TRUCK], np.int16)
    evidence.add(np.array([0, 2]), users, np.array([1.0, 9.0]), np.array([0.3, 0.3]))
    evidence.keep(np.array([True, False, True]))
    evidence.append(1)
    assert len(evidence) == 3
    assert evidence.road_user(0.9).tolist() == [RoadUser.CAR, RoadUser.TRUCK, RoadUser.PEDESTRIAN]
    assert len(ClassEvidence().road_user(0.9)) == 0
