"""The card before a person's very first call, and their answer."""

import hashlib
from dataclasses import replace

from bot.calls.installation import Installation, Terms, find_person
from bot.domain.caller import Caller, Consent, Person

PRIVACY_PATH = "/privacy"


def card_text(terms: Terms, character_name: str) -> str:
    """Return what a person is told before their first call."""
    return (
        f"{character_name} is an AI. What you say is transcribed by ElevenLabs and kept by {terms.community} "
        f"so that {character_name} remembers you. See or erase it any time: /memory, /forget. "
        f"You must be {terms.min_age} or older."
    )


def privacy_sentence(terms: Terms) -> str:
    """Return where it is said in full; empty where members reach no page of ours.

    It is no part of the card's wording: whoever answered is not asked again when the address changes.
    """
    if not _is_reached(terms.public_url):
        return ""
    return f"What is kept, for how long, and how it is erased: {terms.public_url}{PRIVACY_PATH}"


def privacy_address(public_url: str) -> str:
    """Return where everybody reads what is kept; empty where nobody reaches a page of ours from elsewhere."""
    return f"{public_url}{PRIVACY_PATH}" if _is_reached(public_url) else ""


def _is_reached(public_url: str) -> bool:
    return public_url.startswith("https://")


def card_version(terms: Terms) -> str:
    """Return a short name for the card's present wording; it is stored with the answer.

    Whoever was only told is asked once the operator wants that.
    """
    told = "" if terms.memory_consent == "ask" else "told: "
    return hashlib.sha256(f"{told}{card_text(terms, '{character}')}".encode()).hexdigest()[:12]


def has_answered(house: Installation, person: Person) -> bool:
    """Whether this person answered the card in its present wording."""
    return person.has_answered(card_version(house.terms))


def with_answer(house: Installation, person: Person, *, remember: bool) -> Person:
    """Return a person as they are with this answer, which is not stored yet."""
    return replace(person, consent=Consent(card_version(house.terms), remember, house.now()))


def with_notice(house: Installation, person: Person) -> Person:
    """Return a person as they are once they were told, not asked: remembered unless they said otherwise."""
    return with_answer(house, person, remember=not person.declined)


async def give_notice(house: Installation, person: Person) -> Person:
    """Store that a person is told what is kept of them; it holds until they change it."""
    told = with_notice(house, person)
    if told.consent is not None:
        await house.store.record_consent(told.id, told.consent)
    return told


async def answer_card(house: Installation, caller: Caller, *, remember: bool) -> Person:
    """Store the answer to the card; it holds until it is changed."""
    person = with_answer(house, await find_person(house, caller), remember=remember)
    if person.consent is not None:
        await house.store.record_consent(person.id, person.consent)
    return person
