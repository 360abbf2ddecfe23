"""A file that was read: who speaks in it, which conversations it holds, and what of it is taken over."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from bot.domain.conversation import Dropped, ImportedRecord, Offered, Picked, Role, Speaker, Transcript, Turn
from bot.domain.errors import ImportRejected
from bot.domain.fact import Fact
from bot.records import reasons
from bot.records.cleaning import clean_line
from bot.records.lines import Draft, Line
from bot.records.reasons import MAX_TURNS, Reason
from bot.records.speakers import Speakers

EVERY_AI = "*"
"""What is chosen where all the AIs of a file are the character."""


@dataclass
class Opened:
    """Everything that was met in one file, before anybody chose.

    ``picked`` carries speakers by their keys; whatever is left open in it is told by ``settle``.
    """

    format: str
    sha256: str
    speakers: Speakers
    drafts: list[Draft]
    counts: Counter[Reason]
    profile: dict[str, Any]
    facts: tuple[Fact, ...] = ()
    file_name: str = ""
    rejected: Callable[[str, object], ImportRejected] = field(
        default=lambda _, reason: ImportRejected(str(reason))
    )

    @cached_property
    def conversations(self) -> tuple[Offered, ...]:
        """The conversations to choose from, numbered from 0 as they stand in the file."""
        return tuple(
            Offered(number, draft.header.title, draft.started_at, len(draft.lines))
            for number, draft in enumerate(self.drafts)
        )

    @cached_property
    def people(self) -> tuple[Speaker, ...]:
        """Who may be the member: everybody who is no AI, who speaks most first."""
        return self._found(("user", "other"))

    @cached_property
    def ais(self) -> tuple[Speaker, ...]:
        """Which AIs speak, who speaks most first."""
        return self._found(("agent",))

    def _found(self, sides: Collection[str]) -> tuple[Speaker, ...]:
        lines = Counter(line.key for draft in self.drafts for line in draft.lines if line.side in sides)
        shown = self.speakers.ais if "agent" in sides else self.speakers.people
        return tuple(Speaker(key, shown.get(key, ""), count) for key, count in lines.most_common())

    def settle(self, picked: Picked, names: Collection[str], ai_names: Collection[str]) -> Picked:
        """Return the choice with what needs no asking filled in; ``me`` or ``ai`` stays None where it does.

        ``names`` are those that the member goes by, names and platform ids, ``ai_names`` the character's.
        """
        me = picked.me if picked.me is not None else self.speakers.choose(names)
        ai = picked.ai
        if ai is None:
            found = [one.key for one in self.ais]
            known = next((one.key for one in self.ais if _is_called(one, ai_names)), None)
            ai = known if known is not None else EVERY_AI if len(found) < 2 else None
        return replace(picked, me=me, ai=ai)

    def take(self, picked: Picked, ai_names: Collection[str] = ()) -> ImportedRecord:
        """Return what is taken over of a settled choice; raises ImportRejected when nothing is left."""
        try:
            return _Taking(self, picked, ai_names).take()
        except ImportRejected as reason:
            raise self.rejected(self.file_name, reason) from None

    def refuse_to_guess(self, names: Collection[str]) -> ImportRejected:
        """Return what is said where nobody can be asked who of these the member is."""
        return self.rejected(self.file_name, self.speakers.cannot_tell(names))


def _is_called(speaker: Speaker, names: Iterable[str]) -> bool:
    called = {" ".join(name.split()).casefold() for name in names}
    return bool({speaker.key, " ".join(speaker.name.split()).casefold()} & called - {""})


@dataclass
class _Taking:
    """One choice, carried out; each line is kept or counted under the reason why it is not."""

    opened: Opened
    picked: Picked
    ai_names: Collection[str]
    counts: Counter[Reason] = field(init=False)
    kept: int = 0

    def take(self) -> ImportedRecord:
        """Go through all conversations."""
        opened, wanted = self.opened, self.picked.conversations
        self.counts = Counter(opened.counts)
        found: list[Transcript] = []
        for number, draft in enumerate(opened.drafts):
            if wanted is not None and number not in wanted:
                self._note(reasons.NOT_CHOSEN)
                self._note(reasons.NOT_CHOSEN_LINE, len(draft.lines))
            elif transcript := self._transcript(draft):
                found.append(transcript)
        dropped = tuple(Dropped(count, reason.words(count)) for reason, count in self.counts.items())
        if not found and not opened.profile and not opened.facts:
            only = ", ".join(f"{drop.count:,} {drop.what}" for drop in dropped)
            raise ImportRejected(
                f"has nothing to keep, only {only}: choose another file."
                if only
                else "holds no conversation: it is an empty list, choose another file."
            )
        ai = "" if self.picked.ai == EVERY_AI else self.picked.ai or ""
        return ImportedRecord(
            opened.format,
            tuple(found),
            opened.sha256,
            dropped,
            opened.profile,
            opened.facts,
            me=opened.speakers.people.get(self.picked.me or "", ""),
            character=opened.speakers.ais.get(ai, ""),
        )

    def _note(self, reason: Reason, count: int = 1) -> None:
        if count:
            self.counts[reason] += count

    def _transcript(self, draft: Draft) -> Transcript | None:
        """Return what stays of a conversation.

        Where several people write in one channel, an AI answers whoever wrote last before it.
        """
        lines = draft.in_order()
        has_others = any(self._is_other(line) for line in lines)
        is_mine_there = any(self._is_me(line) for line in lines)
        started_at = draft.started_at
        turns: list[Turn] = []
        last_was_me = True
        for line in lines:
            if self._is_other(line):
                self._note(reasons.OTHER_PEOPLE)
                last_was_me = False
                continue
            last_was_me = last_was_me or self._is_me(line)
            if not self._is_me(line) and not self._is_character(line):
                self._note(reasons.OTHER_AI)
            elif has_others and not (is_mine_there and (last_was_me or not draft.by_date)):
                self._note(reasons.TO_OTHERS)
            elif turn := self._turn(draft, line, started_at):
                turns.append(turn)
        if not turns:
            self._note(reasons.NO_WORDS)
            return None
        header = replace(draft.header, started_at=started_at)
        if has_others and (header.title or header.summary):
            self._note(reasons.TOLD_OF_OTHERS)
            header = replace(header, title="", summary="")
        return replace(header, turns=tuple(turns))

    def _is_me(self, line: Line) -> bool:
        return line.side != "agent" and line.key == self.picked.me and not self._is_named_ai(line)

    def _is_other(self, line: Line) -> bool:
        return line.side != "agent" and not self._is_me(line) and not self._is_named_ai(line)

    def _is_named_ai(self, line: Line) -> bool:
        """Whether a speaker of whom the file says nothing more has the character's own name."""
        if line.side != "other" or line.key == self.picked.me:
            return False
        return _is_called(Speaker(line.key, self.opened.speakers.people.get(line.key, ""), 0), self.ai_names)

    def _is_character(self, line: Line) -> bool:
        return self._is_named_ai(line) or self.picked.ai in (EVERY_AI, None) or line.key == self.picked.ai

    def _turn(self, draft: Draft, line: Line, started_at: datetime | None) -> Turn | None:
        self._note(reasons.NOT_TEXT, line.other_parts)
        if not line.raw.strip():
            self._note(reasons.EMPTY)
            return None
        if self.kept >= MAX_TURNS:
            self._note(reasons.BEYOND)
            return None
        clean = clean_line(line.raw, f"message {line.number:,} of conversation {draft.number:,}")
        for note in clean.notes:
            self._note(note)
        if not clean.text:
            self._note(reasons.EMPTY)
            return None
        self.kept += 1
        role: Role = "agent" if line.side == "agent" or self._is_named_ai(line) else "user"
        return Turn(role, clean.text, _seconds(line, started_at))


def _seconds(line: Line, started_at: datetime | None) -> float:
    if line.seconds is not None:
        return line.seconds
    if line.at is None or started_at is None:
        return 0.0
    return max(0.0, (line.at - started_at) / timedelta(seconds=1))
