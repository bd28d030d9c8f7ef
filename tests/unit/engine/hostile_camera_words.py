"""What the hostile process of a camera sends, and what is reported of it."""

ENDED = {
    "400 digits": "no message: what came is no JSON",
    "too large for a float": "no message: what came is no JSON",
    "no number": "no message: what came is no JSON",
    "deep": "no message",
    "long text": "no message: CameraHealth: why",
    "70 dimensions": "no message: an array's shape",
    "huge side": "no message",
    "negative side": "no message: an array's sides",
    "huge length": "too large",
    "another kind": "no message",
    "a long failure": "long long",
    "half a letter": "half a ? letter",
    "a recording's report": "does not send now (Progress)",
    "a level later": "does not send now (Isolation)",
    "a flood": "messages a second",
    "odd lengths": "no whole minutes",
    "between minutes": "no whole minutes",
    "another century": "more than a day from now",
    "another place": "a place that its camera does not have",
    "another direction": "a direction that there is not",
    "the same twice": "the same number twice",
    "half a message": "ended without a result",
    "noise": "no message",
}
STORED = ("another camera",)
