"""The keys of web push: which push services may be spoken to, and where they reach the city."""

from typing import Any

import pytest
from pydantic import ValidationError

from passerby.config.events.push_keys import PushKeys

GOOD: dict[str, Any] = {"contact": "mailto:it@example.org", "services": ("push.example.org", "*.notify.windows.com")}


def test_what_is_needed_is_enough() -> None:
    keys = PushKeys.model_validate(GOOD)
    assert (keys.contact, keys.services, keys.inside, keys.authority) == (*GOOD.values(), False, None)


@pytest.mark.parametrize("contact", ["it@example.org", "mailto:", "http://example.org", "https://", "mailto:a@b c"])
def test_a_contact_is_where_a_person_can_be_reached(contact: str) -> None:
    with pytest.raises(ValidationError, match=r"mailto:\.\.\. or https://"):
        PushKeys.model_validate(GOOD | {"contact": contact})
    PushKeys.model_validate(GOOD | {"contact": "https://count.example.org/contact"})


@pytest.mark.parametrize("services", [(), ("*",), ("*.com",), ("https://push.example.org/",), ("push.example.org/x",)])
def test_services_are_hosts(services: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        PushKeys.model_validate(GOOD | {"services": services})
