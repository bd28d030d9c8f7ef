"""Chunks, however the network cuts them, and what are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.http.mjpeg import ChunkDecoder


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1), st.integers(1, 30))
def test_chunks_are_put_together_however_they_are_cut(contents: list[bytes], step: int) -> None:
    sent = b"".join(b"%x;name=value\r\n%s\r\n" % (len(content), content) for content in contents)
    chunks = ChunkDecoder()
    joined = b"".join(chunks.decode(sent[at : at + step]) for at in range(0, len(sent), step))
    assert joined == b"".join(contents)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_chunks(junk: bytes) -> None:
    try:
        assert len(ChunkDecoder().decode(junk)) <= len(junk)
    except StreamError as fault:
        assert "camera" in str(fault)


@pytest.mark.parametrize("sent", [b"x\r\n", b"-1\r\n", b"\r\n", b"0\r\n\r\n", b"1" * 2000, b"fffffffff\r\n"])
def test_what_are_no_chunks_is_reported(sent: bytes) -> None:
    with pytest.raises(StreamError):
        ChunkDecoder().decode(sent)


def test_the_longest_head_of_a_chunk_is_itself_allowed() -> None:
    longest = b"3;" + b"x" * 1022
    chunks = ChunkDecoder()
    assert chunks.decode(longest) == b""
    assert chunks.decode(b"\r\nabc") == b"abc"
    with pytest.raises(StreamError, match="no lengths"):
        ChunkDecoder().decode(longest + b"x")
