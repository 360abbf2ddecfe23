"""A whole Troupe that is connected to a Discord on loopback, with a server, a member and a manager."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.discord import Channel, FakeDiscord, Inn, Person, Shown, open_fake_discord
from tests.scenarios.stage import PERSONAS, Browser, Stage, open_stage

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"


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

    async def calls(self, person: Person, character: str = "wizard", **options: Any) -> Shown:
        """Type ``/call`` in the tavern, agree to be remembered if that is asked, and return the answer."""
        asked = await person.types("call", where=self.here, character=character, **options)
        shown = await asked.answer()
        if "Call and remember" in shown.buttons:
            shown = await (await person.presses(shown, "Call and remember")).answer()
        return shown

    async def talks(self, shown: Shown, *words: str) -> None:
        """Open the link that is shown, say these words, and hang up."""
        link = shown.link("Talk with")
        async with self.stage.browser() as browser:
            talk = await browser.opens(link)
            for text in words:
                await talk.says(text)
            await browser.hangs_up(link, talk)


@asynccontextmanager
async def open_tavern(
    folder: Path,
    *,
    discord: FakeDiscord | None = None,
    admitted: bool = True,
    hosted: bool = False,
    personas: Path = PERSONAS,
    settings: Mapping[str, Any] | None = None,
) -> AsyncIterator[Tavern]:
    """Open everything; with ``discord`` it is the one of an earlier life, whose people are still there."""
    if discord is None:
        async with (
            open_fake_discord(TOKEN) as fresh,
            open_tavern(
                folder,
                discord=fresh,
                admitted=admitted,
                hosted=hosted,
                personas=personas,
                settings=settings,
            ) as tavern,
        ):
            yield tavern
        assert fresh.unrouted == []
        return
    inn, mira, boss = _people(discord)
    chosen = {
        "discord_token": TOKEN,
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
        **({"discord_servers": str(inn.id)} if admitted else {}),
        **(settings or {}),
    }
    async with open_stage(folder, hosted=hosted, personas=personas, settings=chosen) as stage:
        await discord.is_ready()
        yield Tavern(stage, discord, inn, mira, boss)


def _people(discord: FakeDiscord) -> tuple[Inn, Person, Person]:
    known = getattr(discord, "tavern_people", None)
    if known is None:
        inn = discord.adds_server("The Inn", channels=("tavern", "cellar"), roles=("Knights",))
        mira, boss = discord.adds_person("Mira"), discord.adds_person("Boss")
        inn.admits(mira)
        inn.admits(boss, manages=True)
        known = discord.tavern_people = (inn, mira, boss)  # type: ignore[attr-defined]
    return known


__all__ = ["TOKEN", "Browser", "Tavern", "open_tavern"]
