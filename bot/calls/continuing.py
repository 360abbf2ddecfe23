"""Which past talk a call goes on with."""

from bot.calls.installation import Installation, character_names, read_record
from bot.domain.call import FRESH
from bot.domain.caller import Person
from bot.domain.context import one_line
from bot.domain.errors import CallNotFound
from bot.domain.persona import Persona
from bot.domain.words import SHORT_ID_CHARS


async def find_continued(house: Installation, person: Person, persona: Persona, named: str) -> str:
    """Return the whole id of the talk that somebody wants to go on with, or ``FRESH``.

    Raises CallNotFound when there is no such talk, or none that this character may know.
    """
    if not named or named == FRESH:
        return named
    talk = await house.store.fetch_past_talk(person.id, named.strip().lower())
    if talk is None:
        shown = one_line(named, 40)
        raise CallNotFound(f"You have no talk “{shown}”. /history lists yours, each with its id.")
    if (await read_record(house, person, persona, talk.id)).continued is None:
        name = character_names(house).get(talk.slug, talk.slug)
        raise CallNotFound(
            f"{persona.name} knows nothing of {talk.id[:SHORT_ID_CHARS]}, your talk with {name}. "
            f"/history {persona.slug} lists what {persona.name} knows."
        )
    return talk.id
