"""What is met in a file while it is read; what of it is taken over is decided afterwards, in ``opened``."""

from collections import Counter
from datetime import datetime
from typing import Any

from bot.domain.conversation import Transcript
from bot.domain.errors import ImportRejected
from bot.domain.fact import Fact
from bot.records import reasons
from bot.records.cleaning import clean_profile, clean_title
from bot.records.dates import read_date
from bot.records.lines import Draft, Line, LineSide
from bot.records.opened import Opened
from bot.records.reasons import MAX_LINES, MAX_TURNS, Reason
from bot.records.speakers import Speakers
from bot.records.texts import Words
from bot.records.who import Side

_LEFT_OUT = {"system": reasons.SYSTEM, "tool": reasons.TOOL, "nobody": reasons.NO_SPEAKER}
_SIDES: dict[Side, LineSide] = {"user": "user", "agent": "agent", "other": "other"}
_MAX_NAME_CHARS = 80


class Gathering:
    """Collects conversations, profile fields and facts of one file.

    ``seen`` counts every line that was met: each is kept, or counted under a reason that is a line.
    """

    def __init__(self) -> None:
        self.speakers = Speakers()
        self.profile: dict[str, Any] = {}
        self.facts: list[Fact] = []
        self.seen = 0
        self.place: int | None = None
        self._drafts: list[Draft] = []
        self._running: dict[int | None, Draft] = {}
        self._counts: Counter[Reason] = Counter()
        self._kept = 0

    def begin(
        self,
        *,
        title: Any = None,
        summary: Any = None,
        conversation_id: Any = None,
        started_at: Any = None,
        duration_seconds: Any = None,
        ended_badly: Any = None,
        speaker: Any = None,
        character: Any = None,
        reach: Any = None,
        by_date: bool = False,
    ) -> Draft:
        """Begin a conversation from whatever the file has under these names; wrong types count as missing."""
        number = len(self._drafts) + 1
        where = f"the heading of conversation {number:,}"
        is_length = isinstance(duration_seconds, int | float) and 0 <= duration_seconds < 10**9
        header = Transcript(
            turns=(),
            started_at=self.date(started_at),
            duration_seconds=int(duration_seconds) if is_length else 0,
            title=clean_title(title, where),
            summary=clean_title(summary, where, max_chars=4_000),
            conversation_id=clean_title(conversation_id, where),
            ended_badly=clean_title(ended_badly, where),
            slug=character if isinstance(character, str) else None,
            reach="shared" if reach == "shared" else "own",
        )
        named = speaker[:_MAX_NAME_CHARS] if isinstance(speaker, str) else ""
        draft = Draft(number, header, named, by_date)
        self._drafts.append(draft)
        return draft

    def running(self, *, by_date: bool = False) -> Draft:
        """The conversation of messages that stand by themselves: one per list, one for all JSON lines."""
        if self.place not in self._running:
            self._running[self.place] = self.begin(by_date=by_date)
        return self._running[self.place]

    def begin_running(self, *, title: Any = None, started_at: Any = None) -> None:
        """Begin the conversation of the messages that follow by themselves."""
        self._running[self.place] = self.begin(title=title, started_at=started_at)

    def add(
        self,
        draft: Draft,
        side: Side,
        name: str,
        words: Words,
        *,
        date: Any = None,
        seconds: Any = None,
        speaker_id: str = "",
    ) -> None:
        """Note one line, or count why not; ``date`` and ``seconds`` are whatever the file has."""
        self._meet_line()
        draft.seen += 1
        when: datetime | None = self.date(date)
        kept = _SIDES.get(side)
        if kept is None:
            self.note(_LEFT_OUT[side])
            return
        if self._kept >= MAX_TURNS:
            self.note(reasons.BEYOND)
            return
        name = name or (draft.speaker if side == "user" else "")
        key = self.speakers.meet(kept, name, speaker_id)
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        after = float(seconds) if is_number and 0 <= seconds < 10**9 else None
        raw = words.text.strip()
        draft.lines.append(Line(draft.seen, kept, key, raw, words.other_parts, when, after))
        self._kept += 1

    def leave(self, reason: Reason, draft: Draft | None = None) -> None:
        """Count one line that a format leaves out for a reason of its own."""
        self._meet_line()
        if draft:
            draft.seen += 1
        self.note(reason)

    def _meet_line(self) -> None:
        self.seen += 1
        if self.seen > MAX_LINES:
            raise ImportRejected(f"holds more than {MAX_LINES:,} lines: send it in several smaller files.")

    def note(self, reason: Reason, count: int = 1) -> None:
        """Count something that was not taken over."""
        if count:
            self._counts[reason] += count

    def date(self, value: Any) -> Any:
        """Read a date; one that is there but makes no sense is counted."""
        when = read_date(value)
        if when is None and value is not None and value != "":
            self.note(reasons.BAD_DATE)
        return when

    def add_profile(self, profile: dict[str, Any]) -> None:
        """Take over fields about the person; a later value replaces an earlier one."""
        cleaned, too_large = clean_profile(profile)
        self.profile.update(cleaned)
        self.note(reasons.BAD_NUMBER, too_large)

    def finish(self, format_name: str, sha256: str) -> Opened:
        """Return all of it, for its member to choose from."""
        return Opened(
            format_name,
            sha256,
            self.speakers,
            self._drafts,
            self._counts,
            self.profile,
            tuple(self.facts),
        )
