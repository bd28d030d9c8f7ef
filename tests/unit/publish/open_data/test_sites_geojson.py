"""Where counters are, as GeoJSON."""

import json
from dataclasses import replace

from passerby.publish.open_data.sites_geojson import sites_geojson
from tests.unit.publish.published_numbers import COUNTERS, DESCRIPTION, LINE


def test_each_counter_is_a_point_longitude_first() -> None:
    made = json.loads(json.dumps(sites_geojson(DESCRIPTION, COUNTERS), allow_nan=False))
    assert made["type"] == "FeatureCollection"
    assert [feature["geometry"] for feature in made["features"]] == [
        {"type": "Point", "coordinates": [19.85, 45.254]},
        {"type": "Point", "coordinates": [19.8451, 45.2551]},
    ]
    about = made["features"][1]["properties"]
    assert about["ways"] == {"forward": "out of the square", "backward": "into the square"}
    assert about["channels"][0] == "square-north-a1b2c3-on-foot-forward"
    assert "geometry" not in about  # what tells geometries apart is not published


def test_one_without_a_place_is_left_out() -> None:
    assert sites_geojson(DESCRIPTION, [replace(LINE, camera="elsewhere")])["features"] == []
