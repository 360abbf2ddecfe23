"""Whose Slack is German is spoken with in German: in windows, at home, in messages and by buttons."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import LAVISH, open_office, open_slack

pytestmark = pytest.mark.anyio


async def test_the_first_window_and_all_after_it_are_german(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        mira.locale = "de-DE"
        modal = await (await mira.types("/ring", where=office.here)).opens("Figur anrufen")
        for words in ("Wen du anrufen willst", "Worum es geht", "ein privater Link", "Anrufen"):
            assert words in modal.text
        first = await office.asks(mira, "wizard")
        assert "Wem euer Workspace gehört, der kann Direktnachrichten womöglich exportieren." in first.text
        await office.presses(mira, first, "Anrufen und erinnern")
        memory = await office.asks(mira, "memory wizard")
        form = await (await mira.presses(memory, "Etwas hinzufügen")).opens("Troupe")
        assert "Senden" in form.text
        home = await mira.opens_home()
        assert {"Konto", "Vergessen", "Hilfe"} <= set(home.buttons)
        await mira.writes("hallo?")
        await mira.is_told(
            "Ich reagiere auf Befehle: /ring ruft eine Figur an, /ring help zeigt alles andere."
        )
        assert "Teil die JSON-Datei in einer Direktnachricht" in (await office.asks(mira, "import")).text


async def test_a_language_outlasts_a_restart_while_slack_does_not_say_it(tmp_path: Path) -> None:
    async with open_slack() as slack:
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            office.mira.locale = "de-DE"
            assert "Hilfe" in (await office.mira.opens_home()).buttons
            await office.asks(office.mira, "account")
        async with open_office(tmp_path, slack=slack, settings=LAVISH, refusals=("fatal_error",)) as office:
            slack.fails("users.info", "fatal_error", times=20)
            await (await office.mira.types("/ring", where=office.here)).opens("Figur anrufen")
            for _ in range(2):
                assert "Was du tun kannst" in (await office.asks(office.mira, "help")).text


async def test_a_card_for_everybody_is_in_the_language_of_who_posts_it(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        office.boss.locale = "de-DE"
        office.acme.invites_bot("general")
        await office.asks(office.boss, "admin post wizard")
        (post,) = office.here.posts
        assert "Drück den Knopf, dann bekommst du einen eigenen Link" in post.text
        assert post.buttons == ["Merlin anrufen"]
