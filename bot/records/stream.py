"""The values of a JSON text or of JSON Lines, one after the other, without ever holding them all.

Of a large object the lists under the names in ``_LISTS`` are not held either: they are ``Elements``.
Duplicate keys: the last one counts. NaN and Infinity, which JSON does not have, are read as null.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from bot.domain.errors import ImportRejected
from bot.records.cleaning import PROFILE_TOO_LONG
from bot.records.raw import count_values, start_of_text

_DECODER = json.JSONDecoder(parse_constant=lambda _name: None)
_SPACE = re.compile(r"[ \t\n\r]*")
_LONGEST_WORD = 16
_LONGEST_TAIL = 3
_WINDOW_BYTES = 256 * 1024
_LISTS = frozenset(
    {
        *("messages", "conversation", "history", "chat_messages", "conversations", "transcript"),
        *("turns", "msgs", "histories", "facts", "calls"),
    }
)
_MAX_AT_ONCE_CHARS = 8_000_000
_MAX_AT_ONCE_VALUES = 200_000
_MANY_CHARS = 500_000
_MAX_PROFILE_TEXT_CHARS = 1_000_000
_TOO_MUCH_AT_ONCE = (
    "holds one conversation that is too large to be read at once: send it as a list of messages."
)
_CUT_WORD = re.compile(
    r"(?:t(?:r(?:u)?)?|f(?:a(?:l(?:s)?)?)?|n(?:u(?:l)?)?|-|[.eE][-+]?|\\?u?[0-9a-fA-F]{0,3})?\s*\Z"
)
_PLAIN = {
    "Expecting value": "a value is missing or has no quotes",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing",
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Invalid control character at": "a line break or control character stands inside a text",
    "Invalid \\escape": "a backslash stands before a character that it cannot escape",
    "Invalid \\uXXXX escape": "a \\u is not followed by four hexadecimal digits",
}


class Elements:
    """A list inside of an object, read anew from the file each time that it is gone through."""

    def __init__(self, reader: "_Reader") -> None:
        self._start = reader.here()

    def __iter__(self) -> Iterator[Any]:
        return (part.value for part in _Reader(*self._start).elements(0))


LISTS = (list, Elements)
"""What a list in a value may be."""


class Part(NamedTuple):
    """One value; ``inside`` tells an element of a top-level list from a value that stands by itself."""

    document: int
    inside: bool
    value: Any


def read_parts(data: bytes, window_bytes: int = _WINDOW_BYTES) -> Iterator[Part]:
    """Yield the elements of each top-level list, and every other top-level value; raises ImportRejected."""
    return _Reader(data, window_bytes, start_of_text(data)).parts()


class _Reader:
    """A window that moves over the bytes; ``_line`` and ``_column`` say where its first character stands."""

    def __init__(self, data: bytes, window_bytes: int, start: int, line: int = 1, column: int = 1) -> None:
        self._data = data
        self._next = start
        self._window_bytes = window_bytes
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._line, self._column = line, column

    def here(self) -> tuple[bytes, int, int, int, int]:
        """What another reader needs to go on from the next character."""
        ahead = len(self._decoder.getstate()[0]) + len(self._text[self._at :].encode())
        return (
            self._data,
            self._window_bytes,
            min(self._next, len(self._data)) - ahead,
            *self._place(self._at),
        )

    def parts(self) -> Iterator[Part]:
        document = 0
        while char := self._peek():
            if char == "[":
                self._at += 1
                yield from self.elements(document)
            elif char == "{":
                yield Part(document, inside=False, value=self._object())
            else:
                yield Part(document, inside=False, value=self._value())
            document += 1

    def _object(self) -> Any:
        """Read an object at once if the window holds it, else member by member."""
        for _ in range(2):
            try:
                value, self._at = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if not self._take_more():
                    break
            else:
                return value
        members: dict[str, Any] = {}
        self._at += 1
        mark = self._peek()
        while mark != "}" or members:
            if self._peek() != '"':
                self._refuse("Expecting property name enclosed in double quotes", self._at)
            key = self._value()
            if self._peek() != ":":
                self._refuse("Expecting ':' delimiter", self._at)
            self._at += 1
            members[key] = self._member(key)
            mark = self._peek()
            if mark not in {",", "}"}:
                self._refuse("Expecting ',' delimiter", self._at)
            if mark == "}":
                break
            self._at += 1
        self._at += 1
        return members

    def _member(self, key: str) -> Any:
        if self._peek() == "[" and key in _LISTS:
            self._at += 1
            found = Elements(self)
            for _ in self.elements(0):
                pass
            return found
        if key == "profile":
            return self._value(_MAX_PROFILE_TEXT_CHARS, PROFILE_TOO_LONG)
        return self._value()

    def elements(self, document: int) -> Iterator[Part]:
        """Yield the rest of a list whose bracket was read."""
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield Part(document, inside=True, value=self._value())
            mark = self._peek()
            if mark not in {",", "]"}:
                self._refuse("Expecting ',' delimiter", self._at)
            self._at += 1
            if mark == "]":
                return

    def _peek(self) -> str:
        """Skip white space; the next character, or nothing at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or not self._take_more():
                return self._text[self._at : self._at + 1]

    def _value(self, max_chars: int = _MAX_AT_ONCE_CHARS, too_much: str = _TOO_MUCH_AT_ONCE) -> Any:
        while True:
            self._peek()
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_near_end = error.pos > len(self._text) - _LONGEST_WORD or error.msg.startswith(
                    "Unterminated"
                )
                if is_near_end:
                    rest = len(self._text) - self._at
                    is_many = (
                        rest > _MANY_CHARS
                        and count_values(self._text[self._at :].encode()) > _MAX_AT_ONCE_VALUES
                    )
                    if rest > max_chars or is_many:
                        raise ImportRejected(too_much) from None
                    if self._take_more():
                        continue
                self._refuse(error.msg, error.pos)
            except ValueError:
                line, _ = self._place(self._at)
                raise ImportRejected(
                    f"contains a number with thousands of digits, in or after line {line:,}: take it out."
                ) from None
            # A number may go on in the next window: of 1.5e+3 a window that ends in "1.5e+" shows 1.5.
            if end > len(self._text) - _LONGEST_TAIL and self._take_more():
                continue
            self._at = end
            return value

    def _take_more(self) -> bool:
        """Drop what was read and double what is left of the window; False at the end of the data."""
        if self._next >= len(self._data):
            return False
        self._line, self._column = self._place(self._at)
        rest = self._text[self._at :]
        begin, self._next = self._next, self._next + max(self._window_bytes, len(rest))
        pending = len(self._decoder.getstate()[0])
        try:
            more = self._decoder.decode(self._data[begin : self._next], final=self._next >= len(self._data))
        except UnicodeDecodeError as error:
            offset = begin - pending + error.start
            line = self._data.count(b"\n", 0, offset) + 1
            raise ImportRejected(
                f"is not UTF-8 text (byte {offset:,}, line {line:,}): save it again with the encoding UTF-8."
            ) from None
        self._text, self._at = rest + more, 0
        return True

    def _place(self, position: int) -> tuple[int, int]:
        """Line and column, both from 1, of a position in the window."""
        breaks = self._text.count("\n", 0, position)
        if not breaks:
            return self._line, self._column + position
        return self._line + breaks, position - self._text.rindex("\n", 0, position)

    def _refuse(self, message: str, position: int) -> NoReturn:
        is_cut = self._next >= len(self._data) and (
            message.startswith("Unterminated") or _CUT_WORD.match(self._text, position)
        )
        if is_cut:
            line, column = self._place(len(self._text.rstrip()))
            raise ImportRejected(
                f"looks cut off: it ends in line {line:,}, column {column:,}; export it again."
            )
        line, column = self._place(position)
        reason = _PLAIN.get(message, "something is wrong")
        raise ImportRejected(f"is not valid JSON: in line {line:,}, column {column:,} {reason}.")
