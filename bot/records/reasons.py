"""Why something in a file was not taken over, in words that follow a count."""

from typing import NamedTuple

MAX_LINES = 500_000
MAX_TURNS = 200_000
MAX_TURN_CHARS = 20_000


class Reason(NamedTuple):
    """``one`` and ``many`` follow the count; ``is_line`` when a whole line was left out."""

    one: str
    many: str
    is_line: bool = True

    def words(self, count: int) -> str:
        """What is written after the count."""
        return self.one if count == 1 else self.many


SYSTEM = Reason("system line", "system lines")
TOOL = Reason("tool line", "tool lines")
HIDDEN = Reason("hidden line", "hidden lines")
OTHER_BRANCH = Reason("line of an edited or regenerated version", "lines of an edited or regenerated version")
OTHER_PEOPLE = Reason("line by other people", "lines by other people")
TO_OTHERS = Reason("line said by a character to other people", "lines said by a character to other people")
OTHER_AI = Reason("line by another AI", "lines by other AIs")
NOT_CHOSEN_LINE = Reason("line that you did not choose", "lines that you did not choose")
NO_SPEAKER = Reason("line without a speaker", "lines without a speaker")
EMPTY = Reason("line without text", "lines without text")
BEYOND = Reason(f"line beyond the first {MAX_TURNS:,}", f"lines beyond the first {MAX_TURNS:,}")
UNREADABLE = Reason("entry that is not a message", "entries that are not messages")
CLIPPED = Reason(
    f"clipped ending of a line over {MAX_TURN_CHARS:,} characters",
    f"clipped endings of lines over {MAX_TURN_CHARS:,} characters",
    is_line=False,
)
NOT_TEXT = Reason(
    "picture, recording, file or tool call", "pictures, recordings, files or tool calls", is_line=False
)
CONTROL = Reason("line's invisible control characters", "lines' invisible control characters", is_line=False)
BAD_DATE = Reason("date that makes no sense", "dates that make no sense", is_line=False)
NO_WORDS = Reason("conversation with nothing to keep", "conversations with nothing to keep", is_line=False)
NOT_CHOSEN = Reason(
    "conversation that you did not choose", "conversations that you did not choose", is_line=False
)
KEEPS_NOTHING = Reason(
    "conversation with a character that keeps nothing",
    "conversations with characters that keep nothing",
    is_line=False,
)
CALL_RECORD = Reason(
    "entry of a call, which is for reading", "entries of calls, which are for reading", is_line=False
)
NO_FACT = Reason("fact that cannot be read", "facts that cannot be read", is_line=False)
NO_TRANSCRIPT = Reason("event without a transcript", "events without a transcript", is_line=False)
BAD_NUMBER = Reason("profile number that is too large", "profile numbers that are too large", is_line=False)
TOLD_OF_OTHERS = Reason(
    "heading of a conversation with other people",
    "headings of conversations with other people",
    is_line=False,
)


_BY_ONE = {reason.one: reason for reason in list(globals().values()) if isinstance(reason, Reason)}
_BY_MANY = {reason.many: reason for reason in _BY_ONE.values()}


def as_many(what: str) -> str:
    """Return what stands after a count as it stands after a higher one, so that it can be added up."""
    return _BY_ONE[what].many if what in _BY_ONE else what


def words_for(many: str, count: int) -> str:
    """Return what stands after this count, of what ``as_many`` returned."""
    return _BY_MANY[many].words(count) if many in _BY_MANY else many
