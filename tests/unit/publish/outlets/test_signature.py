"""Signatures as Standard Webhooks has them."""

import base64

import pytest

from passerby.publish.outlets.signature import signed_headers, signing_key


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the specification's own reference implementations."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("number", [24, 32, 64])
def test_keys_of_the_lengths_that_are_allowed_are_taken(number: int) -> None:
    assert signing_key("whsec_" + base64.b64encode(bytes(number)).decode()) == bytes(number)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_!!!", "whsec_" + base64.b64encode(bytes(23)).decode(),
               "whsec_" + base64.b64encode(bytes(65)).decode(), base64.b64encode(bytes(32)).decode(), "whsec_žžž"],
)  # fmt: skip
def test_other_secrets_are_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as caught:
        signing_key(secret)
    assert secret in ("", "whsec_") or secret not in str(caught.value)
