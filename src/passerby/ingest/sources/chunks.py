"""HTTP's chunks: a stream that comes in pieces, each with its length before it."""

from passerby.ingest.sources.errors import StreamError


class Chunks:
    """Puts together what HTTP/1.1 cuts into chunks (RFC 9112, 7.1)."""

    _LONGEST_HEAD = 1024

    def __init__(self) -> None:
        self._head = b""
        self._left = 0
        self._between = False

    def joined(self, part: bytes) -> bytes:
        """The content in the next part of the stream.

        Raises:
            StreamError: these are no chunks, or the last one came.
        """
        content = []
        while part:
            if self._left:
                content.append(part[: self._left])
                self._left, part = self._left - len(content[-1]), part[self._left :]
                self._between = not self._left
                continue
            row, mark, part = (self._head + part).partition(b"\n")
            if not mark:
                if len(row) > self._LONGEST_HEAD:
                    raise StreamError("the camera's chunks have no lengths")
                self._head = row
                break
            self._head = b""
            if self._between and not row.strip():  # the line end behind each chunk
                self._between = False
                continue
            self._left = self._length(row)
        return b"".join(content)

    @staticmethod
    def _length(row: bytes) -> int:
        digits = row.partition(b";")[0].strip()
        try:
            length = int(digits, 16) if 0 < len(digits) <= 8 and digits.isalnum() else -1
        except ValueError:
            length = -1
        if length < 0:
            raise StreamError("the camera's chunks have no lengths")
        if length == 0:
            raise StreamError("the camera ended its stream")
        return length
