"""The card before a person's very first call, and their answer."""

import hashlib

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


async def answer_card(house: Installation, caller: Caller, *, remember: bool) -> Person:
    """Record the answer to the card; it holds until it is changed."""
    person = await find_person(house, caller)
    await record_answer(house, person, remember=remember)
    return await find_person(house, caller)


async def record_answer(house: Installation, person: Person, *, remember: bool) -> Person:
    """Record a known person's answer and return the person as they are now."""
    consent = Consent(card_version(house.terms), remember, house.now())
    await house.store.record_consent(person.id, consent)
    return Person(person.id, person.name, consent)
