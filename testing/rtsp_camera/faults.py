"""The faults that the camera can be set to have."""

from dataclasses import dataclass


@dataclass(slots=True)
class Faults:
    """Switches, all off; they work on connections that are there already, where that makes sense.

    Attributes:
        silent: keeps its connections and sends nothing on them.
        frozen: sends the same key picture again and again.
        clock_stands: its time stamps stand still.
        redirect_to: the address that it redirects to, with RTSP's 302; empty for none.
        endless_head: answers DESCRIBE with fields without end.
        trickle: sends its answers a byte a second.
        garbage: sends bytes that are no RTSP in answer to PLAY.
        noise: fills its packets with random bytes: a stream in good order whose pictures are rubbish.
        lose_every: leaves out one packet in so many; 0 for none.
    """

    silent: bool = False
    frozen: bool = False
    clock_stands: bool = False
    redirect_to: str = ""
    endless_head: bool = False
    trickle: bool = False
    garbage: bool = False
    noise: bool = False
    lose_every: int = 0
