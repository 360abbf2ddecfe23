"""What a character is to know of a member: to see, add, correct, pin, spread, bring back and delete it."""

from dataclasses import dataclass

from bot.calls.installation import Installation, find_person, reach_of
from bot.domain.call import Reach
from bot.domain.caller import Caller, Person
from bot.domain.context import one_line
from bot.domain.errors import CallerError, UnknownPersona
from bot.domain.fact import FACT_CHARS, Fact, FactId
from bot.domain.neutralising import shows_anything
from bot.domain.persona import Persona
from bot.domain.record import Reading

NOT_REMEMBERED = "You are not remembered here, so nothing is kept; /account remember on changes that."
NO_SUCH_FACT = "That is not there any more. /memory and a character's name shows what is."


@dataclass(frozen=True, slots=True)
class FactsSeen:
    """What a character is to know, pinned ones first; ``persona`` is None of one that left the cast."""

    slug: str
    name: str
    persona: Persona | None
    person: Person
    facts: tuple[Fact, ...]

    @property
    def are_told(self) -> bool:
        """Whether the character is told what stands here, and may be told more."""
        return self.person.remembers and self.persona is not None and self.persona.memory != "none"


async def see_facts(house: Installation, caller: Caller, character: str) -> FactsSeen:
    """Return what the caller told this character, and what others share with it, whether or not it is told.

    Raises UnknownPersona for a character that is not in the cast, unless something is kept for its slug.
    """
    person = await find_person(house, caller)
    try:
        persona = house.cast.get(character)
    except UnknownPersona:
        slug = character.strip().lower()
        found = await house.store.fetch_facts(person.id, Reading(slug, "own"))
        facts = tuple(fact for fact in found if fact.slug == slug)
        if not facts:
            raise
        return FactsSeen(slug, slug, None, person, facts)
    memory: Reach = "shared" if persona.memory == "shared" and not person.declined else "own"
    reading = Reading(persona.slug, memory, house.cast.shared_slugs)
    facts = await house.store.fetch_facts(person.id, reading)
    return FactsSeen(persona.slug, persona.name, persona, person, facts)


async def has_facts(house: Installation, caller: Caller, slug: str) -> bool:
    """Whether something is kept that a character of this slug was to know, also one that left the cast."""
    return await house.store.has_facts((await find_person(house, caller)).id, slug)


async def add_fact(house: Installation, caller: Caller, character: str, text: str) -> Fact:
    """Keep one sentence for a character. Raises UnknownPersona, and CallerError when it cannot be kept."""
    persona = house.cast.get(character)
    person = await _remembered_person(house, caller)
    reach = reach_of(person, persona)
    if reach == "none":
        raise CallerError(f"{persona.name} remembers nothing, so there is nothing to add.")
    fact = Fact(FactId(house.new_id()), persona.slug, reach, _checked(text), house.now())
    if not await house.store.add_fact(person.id, fact):
        raise CallerError(f"{persona.name} is to know that already.")
    return fact


async def change_fact(house: Installation, caller: Caller, fact_id: str, text: str) -> Fact:
    """Give one of the caller's facts other words. Raises CallerError when there is none or it cannot be."""
    person = await _remembered_person(house, caller)
    changed = await house.store.change_fact(person.id, FactId(fact_id), _checked(text), house.now())
    if changed is None:
        raise CallerError(NO_SUCH_FACT)
    return changed


async def forget_fact(house: Installation, caller: Caller, fact_id: str) -> None:
    """Erase one of the caller's facts, remembered or not. Raises CallerError when there is no such one."""
    person = await find_person(house, caller)
    if not await house.store.erase_fact(person.id, FactId(fact_id), house.now()):
        raise CallerError(NO_SUCH_FACT)


async def pin_fact(house: Installation, caller: Caller, fact_id: str, *, pinned: bool) -> None:
    """Let one of the caller's facts be told before all others, or not. Raises CallerError."""
    person = await _remembered_person(house, caller)
    if not await house.store.pin_fact(person.id, FactId(fact_id), pinned=pinned):
        raise CallerError(NO_SUCH_FACT)


async def spread_fact(house: Installation, caller: Caller, fact_id: str, *, for_everyone: bool) -> None:
    """Let every character that keeps memory know one of the caller's facts, or not. Raises CallerError."""
    person = await _remembered_person(house, caller)
    if not await house.store.spread_fact(person.id, FactId(fact_id), for_everyone=for_everyone):
        raise CallerError(NO_SUCH_FACT)


async def bring_back(house: Installation, caller: Caller, fact: Fact) -> None:
    """Let what one of the caller's facts replaced stand again, beside it. Raises CallerError."""
    person = await _remembered_person(house, caller)
    brought = [await house.store.bring_back_fact(person.id, one.id) for one in fact.replaces]
    if not any(brought):
        raise CallerError("It replaces nothing, so there is nothing to bring back.")


async def _remembered_person(house: Installation, caller: Caller) -> Person:
    person = await find_person(house, caller)
    if not person.remembers:
        raise CallerError(NOT_REMEMBERED)
    return person


def _checked(text: str) -> str:
    """Return what somebody wrote as one harmless line; raises CallerError when it is empty or too long."""
    line = one_line(text, len(text) * 2 + 1)
    if not shows_anything(line):
        raise CallerError("There is nothing in it: write one sentence.")
    if len(line) > FACT_CHARS:
        raise CallerError(
            f"That is {len(line):,} characters long; write one sentence of at most {FACT_CHARS}."
        )
    return line
