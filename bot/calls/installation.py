"""What every use case works with: the ports, the operator's terms, the clock and the id maker."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.calls.figures import Figures
from bot.calls.pages import Pages, TalkPages
from bot.calls.shared_pages import SharedPages
from bot.calls.spots import Spots
from bot.calls.switchboard import Switchboard
from bot.domain.allowance import DEFAULT_LIMITS, Limits
from bot.domain.board import Board
from bot.domain.call import FRESH, Reach
from bot.domain.caller import DEFAULT_TENANT, Account, Caller, Person, PersonId, parse_account
from bot.domain.errors import CallerError
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord, Reading
from bot.ports import Agents, Characters, Store

ANSWER_SECONDS = 0.2
"""ElevenLabs does not say how long it waits for what a call starts with, and silence loses the call."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator decided; ``public_url`` is empty where calls go over hosted links.

    ``retention_days`` is 0 where everything is kept for ever, ``backup_days`` where there are no backups.
    No ``phone_regions``, or no number to call from: no phone calls.
    """

    public_url: str
    talk_url: str
    agent_id: str
    hosted_context: Literal["none", "hint", "full"]
    crisis_line: str
    community: str
    min_age: int
    timezone: ZoneInfo
    memory_consent: Literal["ask", "notice"] = "ask"
    retention_days: int = 365
    elevenlabs_retention_days: int = 30
    backup_days: int = 30
    is_on_server: bool = False
    """Whether a database server keeps everything, whose own log holds what was erased for a while."""
    limits: Limits = DEFAULT_LIMITS
    phone_number_id: str = ""
    phone_regions: frozenset[str] = frozenset()
    operator: Account | None = None
    trusted_platforms: frozenset[str] = frozenset({"slack"})
    """Platforms where whoever gave us a token let us in."""
    listed_places: frozenset[str] = frozenset()
    """The servers that the settings let in; empty: those whose managers let Troupe in."""
    room_origin: str = ""
    """Where WebRTC rooms are, as ``wss://host``; empty: talks go over WebSocket alone."""
    takes_calls: bool = False
    """Whether ElevenLabs asks us who rings the agent's number."""
    inbound_character: str = ""
    """The slug of who answers strangers; empty: the first of the cast."""
    boards: tuple[Board, ...] = ()
    """Where new characters are announced."""
    alert_boards: tuple[Board, ...] = ()
    """Where the operator is told what cannot wait."""
    hears_of_ends: bool = False
    """Whether ElevenLabs tells us at ``public_url`` when a call is over."""
    answer_seconds: float = ANSWER_SECONDS
    """For how long somebody who rings may wait until it is known who they are."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that a use case needs.

    ``new_id`` makes 128 random bits, ``new_token`` 256, ``new_code`` six random digits.
    """

    store: Store
    agents: Agents
    cast: Characters
    terms: Terms
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    new_token: Callable[[], str]
    new_code: Callable[[], str]
    process: str = ""
    """The id of this process among those that share the store; new with every start."""
    spots: Spots = field(default_factory=Spots)
    pages: TalkPages = field(default_factory=Pages)
    lines: Switchboard = field(default_factory=Switchboard)
    figures: Figures = field(default_factory=Figures)


def with_lines(house: Installation) -> Installation:
    """Return it with lines, pages and spots that reach other processes, where those share its store."""
    lines = Switchboard(house.store, house.process, house.now)
    pages = SharedPages(house.store, lines, house.now) if house.store.is_shared else Pages()
    return replace(house, lines=lines, spots=Spots(lines), pages=pages)


_FORMS = {
    "console": re.compile(r".+"),
    "discord": re.compile(r"[0-9]{1,20}"),
    "slack": re.compile(r"[UW][A-Z0-9]+"),
}
"""What ids look like on each platform, so that nothing is kept for somebody who can never come."""


async def find_person(house: Installation, caller: Caller) -> Person:
    """Return the caller's person, made on their first visit."""
    new_id = PersonId(house.new_id())
    return await house.store.find_or_add_person(caller.account, caller.name, new_id, house.now())


async def find_account(house: Installation, text: str) -> Account:
    """Read an account as somebody wrote it; ``discord:123`` is one of the application that connected last.

    Raises CallerError, also for what can be nobody's account there.
    """
    account = parse_account(text)
    form = _FORMS.get(account.platform)
    if form is None or (account.tenant == DEFAULT_TENANT and not form.fullmatch(account.id)):
        raise CallerError(
            f"Nobody can be {str(account)!r}: write discord: and the number that Discord copies as ID, "
            "slack: and the member ID that Slack copies, or a name of the terminal."
        )
    if account.tenant != DEFAULT_TENANT or account.platform == "console":
        return account
    tenant = await house.store.fetch_note(f"tenant {account.platform}")
    return replace(account, tenant=tenant) if tenant else account


async def note_tenant(house: Installation, platform: str, tenant: str) -> None:
    """Keep which application or team a front is connected as, and let what was brought before be theirs."""
    await house.store.connect_as(platform, tenant)


async def read_record(
    house: Installation, person: Person, persona: Persona, continues: str = ""
) -> PersonRecord:
    """Return what this character may know of this person.

    That is nothing if they chose not to be remembered, or to start fresh. ``continues`` is as in a Call.
    """
    if person.declined or continues == FRESH:
        return PersonRecord(name=person.name)
    reading = Reading(persona.slug, persona.memory, house.cast.shared_slugs, continues)
    return await house.store.fetch_record(person.id, reading)


def reach_of(person: Person, persona: Persona, continues: str = "") -> Reach:
    """Return how far a talk with this character may be read: not at all if the person said so."""
    return persona.memory if person.remembers and continues != FRESH else "none"


def character_names(house: Installation) -> dict[str, str]:
    """Return the name of each character by slug."""
    return {persona.slug: persona.name for persona in house.cast.all()}


def hash_token(token: str) -> str:
    """Return what is stored of a link's token or a browser's cookie: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
