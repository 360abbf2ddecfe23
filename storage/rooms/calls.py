"""Calls from asked-for to bound, and the links that open them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.domain.call import (
    MOST_STARTS,
    Binding,
    Bound,
    Call,
    CallId,
    CallRef,
    CallState,
    Delivery,
    NewJob,
    OnTheLine,
    Opener,
    Played,
    Reach,
    Slot,
    TalkLink,
)
from bot.domain.caller import Person
from storage.database import Database
from storage.rooms.hindrances import find_pause, is_blocked, is_full
from storage.rooms.jobs import forget_again, queue
from storage.rooms.people import find_person
from storage.rooms.reserving import holders_of
from storage.rooms.room import Room, reads, writes
from storage.rows import call_from, link_from, row_of_version, to_text


class Calls(Room):
    """The part of the store that follows a call until its conversation comes home."""

    @reads
    def fetch_link(self, database: Database, token_hash: str) -> tuple[TalkLink, Call, Person] | None:
        """Return a link with its call and the person whom it is for."""
        row = database.execute("SELECT * FROM links WHERE token_hash = ?", (token_hash,)).fetchone()
        call = find_call(database, row["call_id"]) if row else None
        if call is None:
            return None
        return link_from(row), call, find_person(database, call.person_id)

    @writes
    def bind_conversation(
        self,
        database: Database,
        call_id: CallId,
        conversation_id: str,
        played: Played,
        slot: Slot,
        now: datetime,
        jobs: Sequence[NewJob],
        *,
        opener: Opener | None = None,
    ) -> Bound:
        """Record that this conversation belongs to this call, which is live now.

        ``conversation_id`` is empty when it is not known yet. With ``opener`` the link is tied to that
        browser, or nothing is done: ``taken`` where another has it, ``gone`` where it ran out or was
        withdrawn. ``gone`` too if the call was erased or is over, its person was blocked before it began, or
        the conversation is another call's; a phone call is dialed instead. A call that is not live yet may be
        ``paused``, or find every line busy (``full``).
        """
        if opener is not None and (refusal := _find_refusal(database, call_id, opener, now)):
            return refusal
        call = find_call(database, call_id)
        if (
            call is None
            or self._is_refused(database, call)
            or _is_worn_out(database, call_id, conversation_id)
        ):
            return "gone"
        if call.state is CallState.ASKED and find_pause(database):
            return "paused"
        starts = call.delivery is not Delivery.CHAT and find_binding(database, conversation_id) is None
        if starts and is_full(database, call_id, slot.at_once, now):
            return "full"
        reach = reach_now(database, call_id, played.reach)
        opened = database.execute(
            """
            UPDATE calls SET state = 'live', opened_at = coalesce(opened_at, :now), busy_until = :until,
                reach = :reach, persona_version = :persona_version,
                house_rules_version = :house_rules_version, voices_version = :voices_version
            WHERE id = :id AND state IN ('asked', 'live') AND delivery <> 'phone'
            AND NOT EXISTS (SELECT 1 FROM bindings WHERE conversation_id = :conversation AND call_id <> :id)
            """,
            {
                "id": call_id,
                "now": to_text(now),
                "until": to_text(slot.until),
                "reach": reach,
                "conversation": conversation_id,
                **row_of_version(played.version),
            },
        ).rowcount
        if not opened:
            return "gone"
        if opener is not None:
            database.execute(
                "UPDATE links SET cookie_hash = ? WHERE token_hash = ?",
                (opener.cookie_hash, opener.token_hash),
            )
        if conversation_id:
            bind(database, conversation_id, call_id, reach)
        keep_texts(database, played.texts)
        queue(database, jobs)
        return "bound"

    def _is_refused(self, database: Database, call: Call) -> bool:
        """Whether a call was asked for and its person blocked before it began."""
        return call.state is CallState.ASKED and is_blocked(
            database, holders_of(database, self.vault, call.person_id)
        )

    @writes
    def adopt_conversation(
        self, database: Database, call_ref: CallRef, conversation_id: str
    ) -> Binding | None:
        """Bind a conversation that came back with a call's reference, if that call can still have one.

        It can when nothing is bound to it and it was opened, or has a link that we cannot see being opened
        (hosted), however late. None otherwise; adopting again what is bound already changes nothing. A phone
        call that was given up stays so until its conversation is finished: another one may go on by now.
        """
        bound = find_binding(database, conversation_id)
        if bound is not None:
            return bound if bound.call.ref == call_ref else None
        row = database.execute(
            """
            SELECT * FROM calls WHERE ref = ? AND state <> 'done'
            AND (delivery = 'hosted' OR opened_at IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM bindings WHERE call_id = calls.id)
            """,
            (call_ref,),
        ).fetchone()
        if row is None:
            return None
        call = call_from(row)
        if call.delivery is not Delivery.PHONE or not call.state.is_over:
            call = replace(call, state=CallState.LIVE, ended_at=None, failure="")
            database.execute(
                "UPDATE calls SET state = 'live', ended_at = NULL, failure = '' WHERE id = ?", (call.id,)
            )
        bind(database, conversation_id, call.id, call.reach)
        return Binding(conversation_id, call, finished=False)

    @reads
    def fetch_call(self, database: Database, call_id: CallId) -> Call | None:
        """Return a call by its whole id."""
        return find_call(database, call_id)

    @writes
    def fetch_call_to_tell(self, database: Database, call_id: CallId) -> Call | None:
        """Return a call whose end is about to be told; a recap that was asked for before is this one."""
        forget_again(database, "recap", call_id)
        return find_call(database, call_id)

    @reads
    def fetch_call_by_ref(self, database: Database, call_ref: CallRef) -> Call | None:
        """Return the call that sent this reference along."""
        row = database.execute("SELECT * FROM calls WHERE ref = ?", (call_ref,)).fetchone()
        return call_from(row) if row else None

    @reads
    def fetch_call_on_line(self, database: Database, call_ref: CallRef, now: datetime) -> OnTheLine | None:
        """Return the talk that sent this reference along; None unless it goes on and is not past its end.

        One of whose conversations one came home goes on while another may: its page was loaded anew.
        """
        row = database.execute(
            """
            SELECT * FROM calls WHERE ref = ? AND purpose = 'talk' AND busy_until > ? AND (state = 'live' OR (
                state = 'done'
                AND EXISTS (SELECT 1 FROM bindings WHERE call_id = calls.id AND finished_at IS NULL)
            ))
            """,
            (call_ref, to_text(now)),
        ).fetchone()
        if row is None:
            return None
        bound = database.execute(
            """
            SELECT conversation_id FROM bindings WHERE call_id = ? AND finished_at IS NULL
            ORDER BY conversation_id
            """,
            (row["id"],),
        )
        ids = tuple(one["conversation_id"] for one in bound)
        return OnTheLine(call_from(row), find_person(database, row["person_id"]), ids)

    @writes
    def count_look_up(self, database: Database, call_id: CallId, most: int) -> bool:
        """Count that a character looks something up; False where it did so ``most`` times already."""
        counted = database.execute(
            "UPDATE calls SET look_ups = look_ups + 1 WHERE id = ? AND look_ups < ? RETURNING id",
            (call_id, most),
        )
        return counted.fetchone() is not None

    @reads
    def fetch_binding(self, database: Database, conversation_id: str) -> Binding | None:
        """Return the call that one of ElevenLabs' conversations belongs to."""
        return find_binding(database, conversation_id)

    @reads
    def fetch_bindings(self, database: Database, call_id: CallId) -> tuple[Binding, ...]:
        """Return the conversations of a call, sorted by their ids."""
        call = find_call(database, call_id)
        if call is None:
            return ()
        rows = database.execute(
            "SELECT * FROM bindings WHERE call_id = ? ORDER BY conversation_id", (call_id,)
        )
        return tuple(Binding(row["conversation_id"], call, row["finished_at"] is not None) for row in rows)


def find_call(database: Database, call_id: str) -> Call | None:
    """Return a call inside a transaction that is open already."""
    row = database.execute("SELECT * FROM calls WHERE id = ?", (call_id,)).fetchone()
    return call_from(row) if row else None


def find_binding(database: Database, conversation_id: str) -> Binding | None:
    """Return a binding inside a transaction that is open already."""
    row = database.execute("SELECT * FROM bindings WHERE conversation_id = ?", (conversation_id,)).fetchone()
    call = find_call(database, row["call_id"]) if row else None
    return None if call is None else Binding(conversation_id, call, row["finished_at"] is not None)


def reach_now(database: Database, call_id: str, reach: Reach) -> Reach:
    """Return how far a call may be read: not at all if its person said meanwhile that nothing is kept."""
    call = find_call(database, call_id)
    return "none" if call is not None and find_person(database, call.person_id).declined else reach


def _is_worn_out(database: Database, call_id: str, conversation_id: str) -> bool:
    """Whether a call was started as often as it may be, not counting this conversation."""
    others = database.execute(
        "SELECT count(*) FROM bindings WHERE call_id = ? AND conversation_id <> ?", (call_id, conversation_id)
    ).fetchone()[0]
    return bool(others >= MOST_STARTS)


def _find_refusal(
    database: Database, call_id: str, opener: Opener, now: datetime
) -> Literal["taken", "gone"] | None:
    row = database.execute(
        """
        SELECT links.* FROM links JOIN calls ON calls.id = links.call_id
        WHERE token_hash = ? AND call_id = ? AND state IN ('asked', 'live')
        """,
        (opener.token_hash, call_id),
    ).fetchone()
    if row is None:
        return "gone"
    link = link_from(row)
    if link.is_open_to(opener.cookie_hash, now):
        return None
    return "taken" if link.cookie_hash and not link.withdrawn else "gone"


def bind(database: Database, conversation_id: str, call_id: str, reach: str) -> None:
    """Record that a conversation is a call's, inside a transaction that is open already."""
    database.execute(
        "INSERT INTO bindings (conversation_id, call_id, reach) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (conversation_id, call_id, reach),
    )


def keep_texts(database: Database, texts: Mapping[tuple[str, str], str]) -> None:
    """Keep each version of a text once."""
    database.executemany(
        "INSERT INTO persona_versions VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(slug, version, text) for (slug, version), text in texts.items()],
    )
