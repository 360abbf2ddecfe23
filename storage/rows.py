"""Rows and domain values: the one place that knows both.

Times are ISO text in UTC with microseconds, always 32 characters, so that they sort as they happened.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.call import Call, CallId, CallRef, CallState, Delivery, Job, PlayedVersion, TalkLink
from bot.domain.caller import Account, Consent, Person, PersonId
from bot.domain.conversation import Turn

Row = Mapping[str, Any]


def to_text(moment: datetime) -> str:
    """Write an aware time as text; raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_time(text: str) -> datetime:
    """Read a time that ``to_text`` wrote."""
    return datetime.fromisoformat(text)


def to_text_or_none(moment: datetime | None) -> str | None:
    """Write a time that may be missing."""
    return None if moment is None else to_text(moment)


def to_time_or_none(text: str | None) -> datetime | None:
    """Read a time that may be missing."""
    return None if text is None else to_time(text)


def storable(text: str) -> str:
    """Return what somebody wrote without NUL and half surrogates, which a database cannot take."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def person_from(row: Row, consent: Row | None) -> Person:
    """Build a person from ``people`` and their latest of ``consents``."""
    return Person(
        id=PersonId(row["id"]),
        name=row["name"],
        consent=None if consent is None else _consent_from(consent),
    )


def _consent_from(row: Row) -> Consent:
    return Consent(row["text_version"], bool(row["remember"]), to_time(row["answered_at"]))


def call_from(row: Row) -> Call:
    """Build a call from ``calls``."""
    return Call(
        id=CallId(row["id"]),
        ref=CallRef(row["ref"]),
        person_id=PersonId(row["person_id"]),
        account=Account(row["platform"], row["tenant"], row["account_id"]),
        slug=row["slug"],
        version=PlayedVersion(row["persona_version"], row["house_rules_version"], row["voices_version"]),
        delivery=Delivery(row["delivery"]),
        topic=row["topic"],
        reach=row["reach"],
        state=CallState(row["state"]),
        asked_at=to_time(row["asked_at"]),
        opened_at=to_time_or_none(row["opened_at"]),
        ended_at=to_time_or_none(row["ended_at"]),
        duration_seconds=row["duration_seconds"],
        failure=row["failure"],
        purpose=row["purpose"],
        due_at=to_time_or_none(row["due_at"]),
        phone_id=row["phone_id"],
        place=row["place"],
        channel=row["channel"],
        granted_minutes=row["granted_minutes"],
        continues=row["continues"],
        is_told=bool(row["is_told"]),
        is_inbound=bool(row["is_inbound"]),
        counts=bool(row["charged_calls"]),
    )


def row_of_call(call: Call) -> dict[str, Any]:
    """Write a call for ``calls``."""
    return {
        "id": call.id,
        "ref": call.ref,
        "person_id": call.person_id,
        "platform": call.account.platform,
        "tenant": call.account.tenant,
        "account_id": call.account.id,
        "slug": call.slug,
        **row_of_version(call.version),
        "delivery": call.delivery.value,
        "topic": storable(call.topic),
        "reach": call.reach,
        "state": call.state.value,
        "asked_at": to_text(call.asked_at),
        "opened_at": to_text_or_none(call.opened_at),
        "ended_at": to_text_or_none(call.ended_at),
        "duration_seconds": call.duration_seconds,
        "failure": storable(call.failure),
        "purpose": call.purpose,
        "due_at": to_text_or_none(call.due_at),
        "phone_id": call.phone_id,
        "place": storable(call.place),
        "continues": call.continues,
        "channel": storable(call.channel),
        "granted_minutes": call.granted_minutes,
        "is_told": call.is_told,
        "is_inbound": call.is_inbound,
    }


def row_of_version(version: PlayedVersion) -> dict[str, str]:
    """Write the three texts that a call is played from, as columns of ``calls``."""
    return {
        "persona_version": version.persona,
        "house_rules_version": version.house_rules,
        "voices_version": version.voices,
    }


def link_from(row: Row) -> TalkLink:
    """Build a link from ``links``."""
    return TalkLink(
        token_hash=row["token_hash"],
        call_id=CallId(row["call_id"]),
        expires_at=to_time(row["expires_at"]),
        cookie_hash=row["cookie_hash"],
        withdrawn=bool(row["withdrawn"]),
    )


def turn_from(row: Row) -> Turn:
    """Build an utterance from ``turns``."""
    return Turn(role=row["role"], text=row["text"], seconds=row["seconds"])


def job_from(row: Row) -> Job:
    """Build a claimed job from ``jobs``."""
    return Job(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        attempts=row["attempts"],
        lease_until=to_time(row["lease_until"]),
    )
