"""What is kept of members stands on a page, as the settings have it, and is linked from where they decide."""

import re
from dataclasses import replace
from typing import Any

import pytest
from web_house import ALICE, House

from bot.calls.first_call import card_version
from bot.domain.reply import Ask
from bot.fronts.commands import answer

pytestmark = pytest.mark.anyio
LINK = "What is kept, for how long, and how it is erased: https://talk.example.com/privacy"


async def page(house: House, **terms: Any) -> str:
    url = await house.serve(terms=replace(house.installation.terms, **terms))
    async with house.browser.get(f"{url}/privacy") as shown:
        assert shown.status == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", await shown.text())).replace("&#39;", "'")


async def test_the_page_says_what_the_settings_say(house: House) -> None:
    said = await page(house, retention_days=1, elevenlabs_retention_days=9, backup_days=0, min_age=16)
    assert "What was said is erased after 1 day." in said
    assert "ElevenLabs' copy is erased after 9 days." in said
    assert "There are no backups." in said
    assert "You must be 16 or older." in said
    assert "the Guild lets you call them" in said
    assert "you are asked whether" in said
    assert "telephone number" not in said
    assert "server's own log" not in said
    said = await page(
        house,
        retention_days=0,
        backup_days=5,
        memory_consent="notice",
        phone_number_id="phnum_1",
        phone_regions=frozenset({"DE"}),
        community="<script>alert(1)</script>",
        is_on_server=True,
    )
    assert "kept until you erase it" in said
    assert "Backups are kept for 5 days" in said
    assert "stands in the database server's own log until that is written over" in said
    assert "You are told at your first call" in said
    assert "telephone number that you add is kept encrypted" in said
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said


async def test_the_card_and_the_help_lead_there_where_members_can_open_it(house: House) -> None:
    public = replace(house.installation.terms, public_url="https://talk.example.com")
    here = replace(house.installation, terms=public)
    for command in ("call", "help"):
        shown = await answer(here, Ask(ALICE, command, {"character": "wizard"}))
        assert LINK in shown.cards[0].text.splitlines()
        local = await answer(house.installation, Ask(ALICE, command, {"character": "wizard"}))
        assert "/privacy" not in str(local)
    assert card_version(public) == card_version(house.installation.terms)
