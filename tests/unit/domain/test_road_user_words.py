"""The words and units that leave the program."""

import pytest

from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RIDDEN, RoadUser


def test_class_words_go_there_and_back():
    assert [RoadUser.from_label(user.label) for user in RoadUser] == list(RoadUser)
    assert {user.label for user in RIDDEN} == {"bicycle", "motorcycle"}
    with pytest.raises(KeyError):
        RoadUser.from_label("dog")


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        (Quantity.FLOW, "1"),
        (Quantity.OCCUPANCY_MAX, "1"),
        (Quantity.DENSITY_MEAN, "m-2"),
        (Quantity.DWELL_P85, "s"),
        (Quantity.SPEED_MEAN, "m/s"),
    ],
)
def test_the_unit_follows_from_the_quantity(quantity, unit):
    assert quantity.unit == unit


def test_a_site_file_error_says_all_faults_at_once():
    error = SiteFileError(["site.yaml:3 lines.a: no length", "site.yaml:9 zones.b: crosses itself"])
    assert isinstance(error, PasserbyError)
    assert str(error).count("\n") == 1
    assert error.faults[1].startswith("site.yaml:9")
