"""The keys of `publish` alone: what is of no use is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from passerby.config.register.publishing import PublishKeys

SOUND = {
    "title": "Counts", "publisher": "City", "contact": "counts@example.org", "licence": "CC0-1.0",
    "audiences": {"public": {"recipient": "Everybody"}}, "counters": ({"camera": "square", "line": "north"},),
}  # fmt: skip


def test_a_text_may_be_in_several_languages_and_a_country_is_three_letters() -> None:
    plan = PublishKeys.model_validate(
        {**SOUND, "title": {"en": "Counts", "sr-Latn": "Brojevi"}, "country": "SRB"}
    ).plan(lambda _: None, Path())
    assert plan.title.texts == {"en": "Counts", "sr-Latn": "Brojevi"}
    assert plan.country == "SRB"


@pytest.mark.parametrize("changed", [{"country": "RS"}, {"counters": ()}, {"licence": "MIT"}, {"publisher": ""}])
def test_values_of_no_use_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PublishKeys.model_validate({**SOUND, **changed})
