"""The line protocol of Asterisk's manager interface (AMI): bytes in, messages out, whatever their cut.

A message is lines `Key: Value`, ended by an empty one; before the first, Asterisk greets with a line of its
own. What is no such line, and lines and messages longer than any that Asterisk writes, are dropped: never
believed, never kept in memory, and counted.
"""

from collections.abc import Iterator, Mapping

Message = Mapping[str, str]

LONGEST_LINE = 16_384
MOST_LINES = 512


class AmiReader:
    """Takes the stream as it comes and gives each message once it is whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._message: dict[str, str] = {}
        self._is_dropping_line = False
        self._is_dropping_message = False
        #: Lines and messages that were too long, or no lines of the protocol.
        self.dropped = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that end in `data`."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._is_dropping_line:
                # The end of a line whose beginning is gone already.
                self._is_dropping_line = False
            elif (message := self._take(line.rstrip(b"\r"))) is not None:
                yield message
        if len(self._rest) > LONGEST_LINE:
            self._drop_message()
            self._rest, self._is_dropping_line = b"", True

    def _take(self, line: bytes) -> Message | None:
        if not line:
            message, self._message = self._message, {}
            self._is_dropping_message = False
            return message or None
        key, colon, value = line.partition(b":")
        if len(line) > LONGEST_LINE or len(self._message) >= MOST_LINES:
            self._drop_message()
        elif not colon or not key.strip():
            # The greeting, and garbage: nothing is lost by passing over it.
            self.dropped += 1
        elif not self._is_dropping_message:
            self._message[_text(key)] = _text(value)
        return None

    def _drop_message(self) -> None:
        self._message = {}
        if not self._is_dropping_message:
            self.dropped += 1
        self._is_dropping_message = True


def _text(value: bytes) -> str:
    return value.strip().decode("utf-8", errors="replace")


def written(action: str, fields: Mapping[str, str]) -> bytes:
    """An action as AMI reads it. Raises ValueError for a value that would be more than one line."""
    lines = [f"{key}: {value}" for key, value in {"Action": action, **fields}.items()]
    if any(sign in line for line in lines for sign in "\r\n"):
        raise ValueError("a value of an AMI action must be one line")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
