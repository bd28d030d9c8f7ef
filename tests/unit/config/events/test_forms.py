"""What rules are written with goes with the models that site files are held against."""

from passerby.config.events.forms import rule_forms
from passerby.config.events.thresholds import MODELS
from passerby.domain.event_rules import RAISED_BY_RULES
from passerby.domain.rule_forms import PlaceKind


def test_every_kind_of_a_site_file_has_a_form() -> None:
    assert tuple(form.kind for form in rule_forms()) == RAISED_BY_RULES


def test_places_and_thresholds_are_keys_of_the_model() -> None:
    for form in rule_forms():
        keys = MODELS[form.kind].model_fields
        assert all(each.key in keys for each in form.thresholds)
        assert form.place is PlaceKind.CAMERA or form.place in keys
        assert form.words.endswith(".")
