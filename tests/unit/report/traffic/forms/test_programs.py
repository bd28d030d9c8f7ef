"""The JSON: every table with keys and units, null for what is not known."""

import json

from passerby.report.traffic.forms.programs import SCHEMA_VERSION, report_json
from tests.unit.report.traffic.counted_days import junction_report


def test_tables_have_keys_units_times_with_offsets_and_nulls() -> None:
    document = json.loads(report_json(junction_report()))
    assert document["schema_version"] == SCHEMA_VERSION
    tables = {table["key"]: table for section in document["sections"] for table in section["tables"]}
    peak = next(row for row in tables["peak_hours"]["rows"] if row["volume"] == 278)
    assert peak["start"] == "2026-06-01T08:15:00+00:00"
    assert tables["counts/North arm/forward/900"]["rows"][8]["car"] is None
    units = {column["key"]: column["unit"] for column in tables["speeds"]["columns"]}
    assert (units["v85"], units["n"], units["line"]) == ("km/h", "1", None)
