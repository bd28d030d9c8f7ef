"""What is settled of a notice stays known until it is through, of the newest notices."""

from passerby.publish.outlets.unfinished import MAX_UNFINISHED, Unfinished


def test_what_is_settled_is_known_until_the_notice_is_through() -> None:
    unfinished = Unfinished()
    unfinished.settled("a").accepted.add("here")
    unfinished.settled("a").refused["there"] = "550 no"
    settled = unfinished.settled("a")
    assert ["here" in settled, "there" in settled, "elsewhere" in settled] == [True, True, False]
    unfinished.finish("a")
    assert "here" not in unfinished.settled("a")


def test_of_too_many_the_oldest_are_dropped() -> None:
    unfinished = Unfinished()
    for number in range(MAX_UNFINISHED):
        unfinished.settled(str(number)).accepted.add("here")
    unfinished.settled("0")  # attempted again: it is the newest now
    unfinished.settled("new")
    assert "here" in unfinished.settled("0")
    assert "here" not in unfinished.settled("1")
