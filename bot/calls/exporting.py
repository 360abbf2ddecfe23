"""Taking along what is one's own, all of it or one talk: a JSON file, read a little at a time."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.calls.installation import Installation, find_person
from bot.domain.caller import Caller, Person
from bot.domain.errors import CallNotFound
from bot.domain.export import ExportedCall, ExportedConversation, ExportHead
from bot.domain.record import PastTalk
from bot.records import pieces_of_export

_CALLS_AT_ONCE = 200
_TALKS_AT_ONCE = 50
_TURNS_AT_ONCE = 500


async def export_everything(house: Installation, caller: Caller) -> AsyncIterator[bytes]:
    """Yield the caller's export, as ``docs/export.schema.json`` describes it."""
    person = await find_person(house, caller)
    head = await house.store.fetch_export(person.id)
    async for piece in pieces_of_export(
        head, _calls(house, person), _conversations(house, person), house.now()
    ):
        yield piece


async def export_talk(house: Installation, caller: Caller, talk: PastTalk) -> AsyncIterator[bytes]:
    """Yield an export that holds one talk of the caller's and nothing else; what is held back is not in it.

    Raises CallNotFound, at the end, where nothing of it is there.
    """
    person = await find_person(house, caller)
    head = ExportHead(name=caller.name)
    count = 0

    async def counted() -> AsyncIterator[ExportedConversation]:
        nonlocal count
        async for part in _conversations(house, person, talk.id):
            count += 1
            yield part

    async for piece in pieces_of_export(head, _none(), counted(), house.now()):
        yield piece
    if not count:
        raise CallNotFound("Nothing of that call is left: it was erased.")


async def _none() -> AsyncIterator[ExportedCall]:
    nothing: tuple[ExportedCall, ...] = ()
    for call in nothing:
        yield call


async def _calls(house: Installation, person: Person) -> AsyncIterator[ExportedCall]:
    after = 0
    while found := await house.store.fetch_exported_calls(person.id, after, _CALLS_AT_ONCE):
        for after, call in found:  # noqa: B007  the place of the last one is where to go on from
            yield call


async def _conversations(
    house: Installation, person: Person, of: str = ""
) -> AsyncIterator[ExportedConversation]:
    after = 0
    while found := await house.store.fetch_exported_talks(person.id, after, _TALKS_AT_ONCE, of):
        for after, talk in found:
            position = -1
            while turns := await house.store.fetch_exported_turns(person.id, after, position, _TURNS_AT_ONCE):
                position = turns[-1][0]
                yield replace(talk, turns=[turn for _, turn in turns])
