"""What is taken over from a file while it is read: one place decides what is kept, and counts the rest."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.conversation import Dropped, ImportedRecord, Role, Transcript, Turn
from bot.domain.errors import ImportRejected
from bot.records import reasons
from bot.records.cleaning import clean_line, clean_profile, clean_title
from bot.records.dates import read_date
from bot.records.reasons import MAX_LINES, MAX_TURNS, Reason
from bot.records.speakers import Speakers
from bot.records.texts import Words
from bot.records.who import Side

_ROLES: Mapping[Side, Role] = {"user": "user", "agent": "agent"}
_LEFT_OUT = {
    "system": reasons.SYSTEM,
    "tool": reasons.TOOL,
    "other": reasons.OTHER_PEOPLE,
    "nobody": reasons.NO_SPEAKER,
}
_MAX_NAME_CHARS = 80


@dataclass
class Draft:
    """A conversation as far as it is read; ``speaker`` names whoever has no name of their own in it."""

    number: int
    header: Transcript
    speaker: str = ""
    lines: list[tuple[Turn, str | None]] = field(default_factory=list)
    seen: int = 0
    has_others: bool = False


class Gathering:
    """Collects conversations and profile fields of one file.

    ``seen`` counts every line that was met: each is kept as a turn or counted under a reason that is a line.
    """

    def __init__(self, member_name: str | None = None) -> None:
        self.speakers = Speakers(member_name or "")
        self.profile: dict[str, Any] = {}
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
        )
        draft = Draft(number, header, speaker[:_MAX_NAME_CHARS] if isinstance(speaker, str) else "")
        self._drafts.append(draft)
        return draft

    def running(self) -> Draft:
        """The conversation of messages that stand by themselves: one per list, one for all JSON lines."""
        if self.place not in self._running:
            self._running[self.place] = self.begin()
        return self._running[self.place]

    def add(
        self, draft: Draft, side: Side, name: str, words: Words, *, date: Any = None, seconds: Any = None
    ) -> None:
        """Take one line over, or count why not; ``date`` and ``seconds`` are whatever the file has."""
        self._meet_line()
        draft.seen += 1
        when = self.date(date)
        name = name or (draft.speaker if side == "user" else "")
        role = "user" if side == "other" and self.speakers.is_member(name) else _ROLES.get(side)
        if role is None:
            draft.has_others |= side == "other"
            self.note(_LEFT_OUT[side])
            return
        self.note(reasons.NOT_TEXT, words.other_parts)
        if not words.text.strip():
            self.note(reasons.EMPTY)
        elif self._kept >= MAX_TURNS:
            self.note(reasons.BEYOND)
        else:
            self._keep(draft, role, name, words.text, _seconds(draft, when, seconds))

    def _keep(self, draft: Draft, role: Role, name: str, raw: str, seconds: float) -> None:
        line = clean_line(raw, f"message {draft.seen:,} of conversation {draft.number:,}")
        for note in line.notes:
            self.note(note)
        if not line.text:
            self.note(reasons.EMPTY)
            return
        speaker = self.speakers.meet(name) if role == "user" else None
        draft.lines.append((Turn(role, line.text, seconds), speaker))
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

    def finish(self, format_name: str, sha256: str) -> ImportedRecord:
        """Decide whose lines stay; raises ImportRejected if that cannot be told, or if nothing is left."""
        mine = self.speakers.choose()
        transcripts = tuple(found for draft in self._drafts if (found := self._transcript(draft, mine)))
        dropped = tuple(Dropped(count, reason.words(count)) for reason, count in self._counts.items())
        if not transcripts and not self.profile:
            only = ", ".join(f"{drop.count:,} {drop.what}" for drop in dropped)
            raise ImportRejected(
                f"has nothing to keep, only {only}: choose another file."
                if only
                else "holds no conversation: it is an empty list, choose another file."
            )
        return ImportedRecord(format_name, transcripts, sha256, dropped, self.profile)

    def _transcript(self, draft: Draft, mine: frozenset[str]) -> Transcript | None:
        kept = [(turn, speaker) for turn, speaker in draft.lines if speaker is None or speaker in mine]
        others = len(draft.lines) - len(kept)
        self.note(reasons.OTHER_PEOPLE, others)
        has_others = bool(others or draft.has_others)
        if has_others and all(speaker is None for _, speaker in kept):
            self.note(reasons.TO_OTHERS, len(kept))
            kept = []
        if not kept:
            self.note(reasons.NO_WORDS)
            return None
        header = draft.header
        if has_others and (header.title or header.summary):
            self.note(reasons.TOLD_OF_OTHERS)
            header = replace(header, title="", summary="")
        return replace(header, turns=tuple(turn for turn, _ in kept))


def _seconds(draft: Draft, when: Any, seconds: Any) -> float:
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < 10**9:
        return float(seconds)
    if when is None:
        return 0.0
    if draft.header.started_at is None:
        draft.header = replace(draft.header, started_at=when)
    started_at = draft.header.started_at
    return max(0.0, (when - started_at).total_seconds()) if started_at else 0.0
