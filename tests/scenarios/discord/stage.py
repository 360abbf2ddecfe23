"""A whole Troupe that is connected to a Discord on loopback, with a server, a member and a manager."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.caller import Account, Caller
from tests.fakes.discord import Asked, Channel, FakeDiscord, Inn, Person, Shown, open_fake_discord
from tests.fakes.discord.server import Request
from tests.scenarios.stage import PERSONAS, Stage, Talk, open_stage

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
LAVISH = {
    "calls_per_day": 1_000,
    "minutes_per_month": 40_000,
    "minutes_per_month_total": 1_000_000,
    "calls_at_once": 100,
}
"""Settings for a dialogue of many calls."""
NO_MEMBER = 10007
"""How Discord answers the question whether somebody is in a server, where they are not."""
PATIENCE_SECONDS = 20.0
_HANDLERS = ("CommandTree-invoker", "discord.py: ", "discord-ui-")
"""How discord.py names the tasks that it handles events in."""


@dataclass
class Tavern:
    """The running bot, its Discord, a server called The Inn with a member, and who manages it."""

    stage: Stage
    discord: FakeDiscord
    inn: Inn
    mira: Person
    boss: Person

    @property
    def here(self) -> Channel:
        """The channel where people sit."""
        return self.inn.channels["tavern"]

    def joins(self, name: str, *, roles: tuple[str, ...] = (), locale: str = "en-US") -> Person:
        """Let somebody new into the server."""
        person = self.discord.adds_person(name, locale)
        self.inn.admits(person, roles=roles)
        return person

    def caller(self, person: Person) -> Caller:
        """Return somebody as the use cases know them."""
        return Caller(Account("discord", self.discord.application_id, person.id), person.name)

    async def calls(
        self, person: Person, character: str = "wizard", *, where: Channel | None = None, **options: Any
    ) -> Shown:
        """Type ``/call`` in the tavern, agree to be remembered if that is asked, and return the answer."""
        shown = await self.asks(person, "call", where=where, character=character, **options)
        if "Call and remember" in shown.buttons:
            shown = await self.presses(person, shown, "Call and remember")
        return shown

    async def asks(
        self, person: Person, command: str, *, where: Channel | None = None, **options: Any
    ) -> Shown:
        """Type a command in the tavern and return the answer."""
        asked = await person.types(command, where=where or self.here, **options)
        return await self.answer(asked)

    async def presses(self, person: Person, shown: Shown, label: str) -> Shown:
        """Press a button and return the answer."""
        return await self.answer(await person.presses(shown, label))

    async def answer(self, asked: Asked) -> Shown:
        """Return the answer once nothing more comes."""
        shown = await asked.answer()
        await self.settles()
        return shown

    async def talks(self, shown: Shown, *words: str) -> Talk:
        """Open the link that is shown, say these words, and hang up."""
        async with self.stage.browser() as browser:
            return await browser.talks(shown.link("Talk with"), *words)

    async def settles(self) -> None:
        """Wait until the bot is done with all that it was told."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while busy := [one for one in asyncio.all_tasks() if one.get_name().startswith(_HANDLERS)]:
                await asyncio.wait(busy)

    async def becomes(self, shown: Shown, words: str) -> Shown:
        """Wait until a message that stands already reads so."""
        await self.discord.until(lambda: words in shown.text)
        return shown

    async def later(self, **time: float) -> None:
        """Let time pass, here and at Discord, and run what is due by then."""
        await self.stage.rests()
        self.discord.moves_clock(**time)
        await self.stage.later(**time)

    def sent_to(self, person: Person) -> list[Request]:
        """Return the requests for a direct message to somebody, those that were refused too."""
        path = f"/channels/{person.dm.id}/messages"
        return [one for one in self.discord.requests if (one.method, one.path) == ("POST", path)]


@asynccontextmanager
async def open_discord(*, refuses: tuple[int, ...] = ()) -> AsyncIterator[FakeDiscord]:
    """Open a Discord with The Inn, which may be used in several lives of a bot.

    No request may break its rules; of those codes that people's settings cause, ``refuses`` names the
    expected ones.
    """
    async with open_fake_discord(TOKEN) as discord:
        yield discord
    assert discord.unrouted == []
    expected = (NO_MEMBER, *refuses)
    broken = [
        str(one)
        for one in discord.refused
        if (one.answer or {}).get("code") not in expected and not one.path.startswith("/cdn/")
    ]
    assert broken == [], broken


@asynccontextmanager
async def open_tavern(
    folder: Path,
    *,
    discord: FakeDiscord | None = None,
    admitted: bool = True,
    hosted: bool = False,
    webhooks: bool = True,
    personas: Path = PERSONAS,
    settings: Mapping[str, Any] | None = None,
    refuses: tuple[int, ...] = (),
    is_there: bool = True,
) -> AsyncIterator[Tavern]:
    """Open everything; with ``discord`` it is the one of an earlier life, whose people are still there.

    Without ``is_there`` nobody waits until the bot is on the line.
    """
    if discord is None:
        async with (
            open_discord(refuses=refuses) as fresh,
            open_tavern(
                folder,
                discord=fresh,
                admitted=admitted,
                hosted=hosted,
                webhooks=webhooks,
                personas=personas,
                settings=settings,
            ) as tavern,
        ):
            yield tavern
        return
    inn, mira, boss = people_of(discord)
    chosen = {
        "discord_token": TOKEN,
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
        **({"discord_servers": str(inn.id)} if admitted else {}),
        **(settings or {}),
    }
    async with open_stage(
        folder, hosted=hosted, webhooks=webhooks, personas=personas, settings=chosen
    ) as stage:
        if is_there:
            await discord.is_ready()
            client = stage.app.posters["discord"]._client  # type: ignore[attr-defined]
            await asyncio.wait_for(client.wait_until_ready(), PATIENCE_SECONDS)
        yield Tavern(stage, discord, inn, mira, boss)


def people_of(discord: FakeDiscord) -> tuple[Inn, Person, Person]:
    """Return The Inn, its member Mira and its manager; they come when they are asked for first."""
    known: tuple[Inn, Person, Person] | None = getattr(discord, "tavern_people", None)
    if known is None:
        inn = discord.adds_server("The Inn", channels=("tavern", "cellar"), roles=("Knights",))
        mira, boss = discord.adds_person("Mira"), discord.adds_person("Boss")
        inn.admits(mira)
        inn.admits(boss, manages=True)
        known = discord.tavern_people = (inn, mira, boss)  # type: ignore[attr-defined]
    return known
