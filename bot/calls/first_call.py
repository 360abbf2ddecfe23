"""The card before a person's very first call, and their answer."""

import hashlib
from dataclasses import replace

from bot.calls.installation import Installation, Terms, find_person
from bot.domain.caller import Caller, Consent, Person


def card_text(terms: Terms, character_name: str) -> str:
    """Return what a person is told before their first call."""
    return (
        f"{character_name} is an AI. What you say is transcribed by ElevenLabs and kept by {terms.community} "
        f"so that {character_name} remembers you. See or erase it any time: /memory, /forget. "
        f"You must be {terms.min_age} or older."
    )


def card_version(terms: Terms) -> str:
    """Return a short name for the card's present wording; it is stored with the answer."""
    return hashlib.sha256(card_text(terms, "{character}").encode()).hexdigest()[:12]


def has_answered(house: Installation, person: Person) -> bool:
    """Whether this person answered the card in its present wording."""
    return person.has_answered(card_version(house.terms))


def with_answer(house: Installation, person: Person, *, remember: bool) -> Person:
    """Return a person as they are with this answer, which is not stored yet."""
    return replace(person, consent=Consent(card_version(house.terms), remember, house.now()))


async def answer_card(house: Installation, caller: Caller, *, remember: bool) -> Person:
    """Store the answer to the card; it holds until it is changed."""
    person = with_answer(house, await find_person(house, caller), remember=remember)
    if person.consent is not None:
        await house.store.record_consent(person.id, person.consent)
    return person
