"""Calls from asked-for to bound, and the links that open them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from bot.domain.call import (
    Binding,
    Bound,
    Call,
    CallId,
    CallRef,
    CallState,
    NewJob,
    Opener,
    PlayedVersion,
    Reach,
    TalkLink,
)
from bot.domain.caller import Person
from storage.rows import call_from, link_from, row_of_call, row_of_version, storable, to_text
from storage.sqlite.characters import find_generation
from storage.sqlite.jobs import drop_job, queue
from storage.sqlite.people import fetch_person
from storage.sqlite.thread import Room, reads, writes


class Calls(Room):
    """The part of the store that follows a call until its conversation comes home."""

    @writes
    def place_call(
        self,
        database: Database,
        call: Call,
        link: TalkLink | None,
        jobs: Sequence[NewJob],
        texts: Mapping[tuple[str, str], str],
    ) -> None:
        """Add the call; withdraw the person's unopened links, with their calls and ``expire`` jobs.

        ``texts`` maps (slug, version) to a file's text; each is kept once.
        """
        unopened = database.execute(
            """
            SELECT id FROM calls INDEXED BY calls_asked WHERE person_id = ? AND state = 'asked'
            AND EXISTS (SELECT 1 FROM links WHERE links.call_id = calls.id)
            """,
            (call.person_id,),
        ).fetchall()
        for row in unopened:
            _expire(database, row["id"], call.asked_at)
            drop_job(database, "expire", row["id"])
        database.table("calls").insert(
            {**row_of_call(call), "generation": find_generation(database, call.slug)}
        )
        if link is not None:
            database.execute(
                "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
                (link.token_hash, call.id, to_text(link.expires_at), link.cookie_hash, link.withdrawn),
            )
        _keep_texts(database, texts)
        queue(database, jobs)

    @reads
    def fetch_link(self, database: Database, token_hash: str) -> tuple[TalkLink, Call, Person] | None:
        """Return a link with its call and the person whom it is for."""
        row = database.execute("SELECT * FROM links WHERE token_hash = ?", (token_hash,)).fetchone()
        call = find_call(database, row["call_id"]) if row else None
        if call is None:
            return None
        return link_from(row), call, fetch_person(database, call.person_id)

    @writes
    def bind_conversation(
        self,
        database: Database,
        call_id: CallId,
        conversation_id: str,
        version: PlayedVersion,
        texts: Mapping[tuple[str, str], str],
        reach: Reach,
        now: datetime,
        jobs: Sequence[NewJob],
        *,
        opener: Opener | None = None,
    ) -> Bound:
        """Record that this conversation belongs to this call, which is live now.

        ``conversation_id`` is empty when it is not known yet. With ``opener`` the link is tied to that
        browser, or nothing is done: ``taken`` where another has it, ``gone`` where it ran out or was
        withdrawn. ``gone`` too if the call was erased or is over, or the conversation is another call's.
        Whoever said meanwhile that nothing is to be kept gets ``none`` for a reach.
        """
        if opener is not None and (refusal := _find_refusal(database, call_id, opener, now)):
            return refusal
        call = find_call(database, call_id)
        if call is not None and fetch_person(database, call.person_id).declined:
            reach = "none"
        opened = database.execute(
            """
            UPDATE calls SET state = 'live', opened_at = coalesce(opened_at, :now), reach = :reach,
                persona_version = :persona_version, house_rules_version = :house_rules_version,
                voices_version = :voices_version
            WHERE id = :id AND state IN ('asked', 'live')
            AND NOT EXISTS (SELECT 1 FROM bindings WHERE conversation_id = :conversation AND call_id <> :id)
            """,
            {
                "id": call_id,
                "now": to_text(now),
                "reach": reach,
                "conversation": conversation_id,
                **row_of_version(version),
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
            _bind(database, conversation_id, call_id, reach)
        _keep_texts(database, texts)
        queue(database, jobs)
        return "bound"

    @writes
    def adopt_conversation(
        self, database: Database, call_ref: CallRef, conversation_id: str
    ) -> Binding | None:
        """Bind a conversation that came back with a call's reference, if that call can still have one.

        It can when nothing is bound to it and it was opened, or has a link that we cannot see being opened
        (hosted), however late. None otherwise; adopting again what is bound already changes nothing.
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
        call = replace(call_from(row), state=CallState.LIVE, ended_at=None, failure="")
        database.execute(
            "UPDATE calls SET state = 'live', ended_at = NULL, failure = '' WHERE id = ?", (call.id,)
        )
        _bind(database, conversation_id, call.id, call.reach)
        return Binding(conversation_id, call, finished=False)

    @reads
    def fetch_call(self, database: Database, call_id: CallId) -> Call | None:
        """Return a call by its whole id."""
        return find_call(database, call_id)

    @reads
    def fetch_call_by_ref(self, database: Database, call_ref: CallRef) -> Call | None:
        """Return the call that sent this reference along."""
        row = database.execute("SELECT * FROM calls WHERE ref = ?", (call_ref,)).fetchone()
        return call_from(row) if row else None

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

    @writes
    def expire_call(self, database: Database, call_id: CallId, now: datetime) -> bool:
        """Close a call that was asked for and never opened, and its link; True if this did it."""
        return _expire(database, call_id, now)

    @writes
    def fail_call(
        self, database: Database, call_id: CallId, failure: str, now: datetime, jobs: Sequence[NewJob]
    ) -> bool:
        """Close a live call that has no conversation to show; True if this did it, and queued the jobs."""
        failed = database.execute(
            "UPDATE calls SET state = 'failed', failure = ?, ended_at = ? WHERE id = ? AND state = 'live'",
            (storable(failure), to_text(now), call_id),
        ).rowcount
        if failed:
            drop_topic(database, call_id)
            queue(database, jobs)
        return bool(failed)


def find_call(database: Database, call_id: str) -> Call | None:
    """Return a call inside a transaction that is open already."""
    row = database.execute("SELECT * FROM calls WHERE id = ?", (call_id,)).fetchone()
    return call_from(row) if row else None


def find_binding(database: Database, conversation_id: str) -> Binding | None:
    """Return a binding inside a transaction that is open already."""
    row = database.execute("SELECT * FROM bindings WHERE conversation_id = ?", (conversation_id,)).fetchone()
    call = find_call(database, row["call_id"]) if row else None
    return None if call is None else Binding(conversation_id, call, row["finished_at"] is not None)


def drop_topic(database: Database, call_id: str) -> None:
    """Forget what a call that is over was to be about, if nothing of it is to be kept."""
    database.execute("UPDATE calls SET topic = '' WHERE id = ? AND reach = 'none'", (call_id,))


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


def _expire(database: Database, call_id: str, now: datetime) -> bool:
    expired = database.execute(
        "UPDATE calls SET state = 'expired', ended_at = ? WHERE id = ? AND state = 'asked'",
        (to_text(now), call_id),
    ).rowcount
    if expired:
        database.execute("UPDATE links SET withdrawn = 1 WHERE call_id = ?", (call_id,))
        drop_topic(database, call_id)
    return bool(expired)


def _bind(database: Database, conversation_id: str, call_id: str, reach: str) -> None:
    database.execute(
        "INSERT INTO bindings (conversation_id, call_id, reach) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (conversation_id, call_id, reach),
    )


def _keep_texts(database: Database, texts: Mapping[tuple[str, str], str]) -> None:
    database.conn.executemany(
        "INSERT INTO persona_versions VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(slug, version, text) for (slug, version), text in texts.items()],
    )
