"""Verification of telephones that is abused is told in the operator's channel, as soon as it is noticed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.calls.accounts import consent_version, request_code
from bot.domain.alert import GUESSED_CODES
from bot.domain.allowance import CODE_BUDGET
from bot.domain.call import NewJob
from bot.domain.phone import CODE_TRIES
from tests.fakes.discord import Channel
from tests.scenarios.discord.stage import TOKEN, Tavern, open_discord, people_of
from tests.scenarios.telephone import Exchange, open_exchange

pytestmark = pytest.mark.anyio

NUMBERS = [f"+49151{2_000 + number}0000" for number in range(CODE_BUDGET.in_all)]
"""No two of them are neighbours."""


@asynccontextmanager
async def open_line(folder: Path) -> AsyncIterator[tuple[Exchange, Tavern, Channel]]:
    """Open a tavern with telephones, in whose cellar the operator is told what cannot wait."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(open_discord())
        inn, mira, boss = people_of(discord)
        cellar = inn.channels["cellar"]
        stage = await stack.enter_async_context(
            open_exchange(
                folder,
                discord_token=TOKEN,
                discord_api_url=discord.api_url,
                discord_gateway_url=discord.gateway_url,
                discord_servers=str(inn.id),
                alerts=f"discord:{cellar.id}",
                calls_at_once=GUESSED_CODES,
            )
        )
        await discord.is_ready()
        yield stage, Tavern(stage, discord, inn, mira, boss), cellar


async def test_codes_that_are_spent_and_guessed_at_are_told_with_nothing_of_who_did_it(
    tmp_path: Path,
) -> None:
    async with open_line(tmp_path) as (exchange, tavern, channel):
        house = exchange.app.house
        people = [tavern.joins(f"guesser{number}") for number in range(len(NUMBERS))]
        for place, (person, number) in enumerate(zip(people, NUMBERS, strict=True)):
            await request_code(house, tavern.caller(person), number, consent_version(house.terms))
            if place < GUESSED_CODES:
                await exchange.ringing(number)
        for person in people[:GUESSED_CODES]:
            for _ in range(CODE_TRIES):
                await tavern.asks(person, "account", code="000000")
        await house.store.add_jobs([NewJob("look_after", "all", house.now())])
        exchange.app.followup.nudge()
        await tavern.discord.until(lambda: len(channel.posts) == 2)
        spent, guessed = sorted(post.text for post in channel.posts)
    assert f"All {CODE_BUDGET.in_all} verification codes of today were asked for" in spent
    assert f"Codes of {GUESSED_CODES} phone numbers were guessed at within a day" in guessed
    assert "guesser" not in spent + guessed
