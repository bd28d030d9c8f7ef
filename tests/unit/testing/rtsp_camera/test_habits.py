"""Habits of the testing camera, named on its command line."""

from testing.rtsp_camera.habits import Habits, habits_of


def test_habits_are_named_by_words() -> None:
    assert habits_of("") == Habits()
    wanted = Habits(nonce_uses=1, sequence="none", only_udp=True, channel=4, control="/a/b", session_timeout_s=1.5)
    assert habits_of("nonce_uses=1,sequence=none,only_udp,channel=4,control=/a/b,session_timeout_s=1.5") == wanted
