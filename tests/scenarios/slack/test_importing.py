"""Conversations that members share as a file: looked at, confirmed, saved, or refused in words."""

import json
from pathlib import Path

import pytest

from bot.domain.caller import Account
from bot.domain.reply import Reply
from tests.fakes.slack import Shown
from tests.scenarios.slack.stage import LAVISH, Office, open_office

pytestmark = pytest.mark.anyio

PAST = json.dumps(
    [
        {"role": "user", "content": "My cat is called Fig, and she hates Mondays."},
        {"role": "assistant", "content": "Fig is a fine name for a cat."},
    ]
).encode()


async def looks(office: Office) -> Shown:
    """Let Mira share a file, and return what it holds."""
    await office.mira.shares_file("past.json", PAST)
    offer = await office.mira.is_told("Is this a conversation that you want me to know?")
    return await office.presses(office.mira, offer, "Show what it holds")


async def is_known(office: Office) -> bool:
    """Whether Merlin will be told what stands in the file."""
    return "Mondays" in (await office.asks(office.mira, "memory wizard")).text


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_shared_file_is_previewed_and_saved_once_that_is_confirmed(
    tmp_path: Path, by_http: bool
) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        assert "Share the JSON file with me" in (await office.asks(mira, "import")).text
        preview = await looks(office)
        assert preview.is_private
        assert "This is what I understood" in preview.text
        left = await office.presses(mira, preview, "Don't save it")
        assert left.message is preview.message
        assert not await is_known(office)
        saved = await office.presses(mira, await looks(office), "Save it")
        assert "Saved 1 conversation." in saved.text
        assert await is_known(office)
        assert not any("Mondays" in shown.text for shown in mira.dms)


async def test_a_file_that_is_none_of_ours_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        await mira.shares_file("cat.png", b"\x89PNG", mimetype="image/png")
        await mira.is_told("cat.png is no JSON file")
        await mira.shares_file("<!here>.json", PAST, size=26 * 1024 * 1024)
        await mira.is_told("<!here>.json is too large: send 25 MB at most")
        for url in (
            "https://evil.example/past.json",
            "https://slack.com.evil.example/past.json",
            "https://slack.com@evil.example/past.json",
            "http://files.slack.com/past.json",
            "file:///etc/passwd",
            "https://[::bad",
        ):
            await mira.shares_file("past.json", PAST, url=url)
            refused = await mira.is_told("past.json does not lie at Slack: share the file itself.")
            assert refused.buttons == []
        assert not [one for one in office.slack.requests if one.path.startswith("/files-pri/")]
        assert office.slack.mentions_everybody == []


async def test_a_login_page_is_not_taken_for_the_file(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        office.slack.fails("/files-pri/.*", status=200, body="<html>Sign in</html>")
        page = await looks(office)
        assert "Slack does not let me read past.json. Nothing was saved" in page.text
        office.slack.fails("/files-pri/.*", status=302, body="elsewhere")
        assert "Slack does not let me read past.json." in (await looks(office)).text
        office.slack.fails("/files-pri/.*", status=0, times=2)
        assert "past.json could not be fetched from Slack." in (await looks(office)).text
        assert not await is_known(office)


async def test_a_file_that_cannot_be_read_says_what_is_wrong(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        for number, data in enumerate((b"not json at all", b"[]", b'{"a": 1}', b"\xff\xfe\x00")):
            await mira.shares_file(f"{number}.json", data)
            offer = await mira.is_told("Is this a conversation that you want me to know?")
            shown = await office.presses(mira, offer, "Show what it holds")
            assert shown.buttons == []
            assert "in the log" not in shown.text
            assert len(shown.text) > 20


async def test_a_file_of_which_slack_tells_only_the_id_is_looked_up(tmp_path: Path) -> None:
    refusals = ("file_not_found",)
    async with open_office(tmp_path, settings=LAVISH, refusals=refusals) as office:
        mira, slack = office.mira, office.slack
        await office.calls(mira)
        await mira.shares_file("past.json", PAST, is_stub=True)
        offer = await mira.is_told("Is this a conversation that you want me to know?")
        preview = await office.presses(mira, offer, "Show what it holds")
        await office.presses(mira, preview, "Save it")
        assert await is_known(office)
        await mira.shares_file("cat.png", b"PNG", mimetype="image/png", is_stub=True)
        await mira.is_told("cat.png is no JSON file")
        for away in ({"error": "file_deleted"}, {"status": 0, "times": 9}):
            slack.fails("files.info", **away)  # type: ignore[arg-type]
            await mira.shares_file("past.json", PAST, is_stub=True)
            refused = await mira.is_told("Slack does not let me read that file. Nothing was saved")
            assert refused.buttons == []


async def test_of_several_files_none_is_looked_at_and_that_is_said(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        await mira.shares_file("past.json", PAST, also=("more.json", "cat.json"))
        told = await mira.is_told("Share one file at a time")
        assert told.buttons == []
        assert not [one for one in office.slack.requests if one.path.startswith("/files-pri/")]


async def test_a_file_that_is_gone_or_another_by_now_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        world = office.slack.world
        await mira.shares_file("past.json", PAST)
        offer = await mira.is_told("Is this a conversation that you want me to know?")
        kept = next(one for one in world.files.values() if one.name == "past.json")
        kept.data = b"<html>no more</html>"
        kept.mimetype = "text/html"
        assert "Slack does not let me read" in (await office.presses(mira, offer, "Show what it holds")).text
        kept.data, kept.mimetype = b"{" * (26 * 1024 * 1024), "application/json"
        assert "larger than Slack said" in (await office.presses(mira, offer, "Show what it holds")).text
        del world.files[kept.id]
        assert "Slack does not let me read" in (await office.presses(mira, offer, "Show what it holds")).text


async def test_what_is_written_beside_a_file_in_a_talk_is_heard(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira, "/ring wizard by chat")
        root = await mira.is_told("Write in this thread")
        await office.becomes_said(root, ":*")
        await mira.shares_file("cat.png", b"PNG", mimetype="image/png", text="This is Fig.", thread=root)
        await mira.is_told("cat.png is no JSON file")
        await office.becomes_said(root, "Troupe's stand-in")


async def test_what_was_said_and_is_longer_than_slack_takes_comes_as_a_file_once_that_is_agreed(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        turns = [
            {
                "role": ("user", "assistant")[number % 2],
                "content": f"Line {number}. " + "An owl & a gate. " * 60,
            }
            for number in range(60)
        ]
        await mira.shares_file("long.json", json.dumps(turns).encode())
        offer = await mira.is_told("Is this a conversation that you want me to know?")
        saved = await office.presses(mira, await office.presses(mira, offer, "Show what it holds"), "Save it")
        assert "Saved 1 conversation." in saved.text
        history = await office.asks(mira, "history")
        shown = await office.presses(mira, history, history.buttons[0])
        assert "Line 0." in shown.text
        assert "Line 59." not in shown.text
        assert "It goes on. All of it can be taken along as a text file." in shown.text
        asked = await office.presses(mira, shown, "As a text file")
        assert [file.name for one in mira.dm.messages for file in one.files] == ["long.json"]
        await office.presses(mira, asked, "Send me the file")
        (_, file) = [file for one in mira.dm.messages for file in one.files]
        assert all(f"Line {number}. An owl & a gate." in file.data.decode() for number in range(60))


async def test_an_answer_of_ours_that_is_longer_than_slack_takes_comes_as_a_file_too(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        account = Account("slack", office.acme.id, mira.id)
        await office.stage.app.posters["slack"].post(account, Reply("word " * 9_000))
        shown = await mira.is_told("All of it stands in the file in your direct messages")
        assert "word word" in shown.text
        (file,) = [file for one in mira.dm.messages for file in one.files]
        assert file.name == "whole.txt"
        assert file.data.decode().count("word") == 9_000


SAMPLES = Path(__file__).parents[2] / "records" / "samples"


async def test_who_is_who_and_what_is_kept_is_chosen_and_taken_back(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)

        async def shares(data: bytes) -> Shown:
            await mira.shares_file("past.json", data)
            offer = await mira.is_told("Is this a conversation that you want me to know?")
            return await office.presses(mira, offer, "Show what it holds")

        asked = await shares((SAMPLES / "slack.json").read_bytes())
        assert asked.buttons == ["ana · 1", "Bob · 1", "Don't save it"]
        shown = await office.presses(mira, asked, "ana · 1")
        assert shown.message is asked.message
        assert "You are called “ana” in it." in shown.text
        saved = await office.presses(mira, shown, "Save it")
        back = await office.presses(mira, saved, "Take it back")
        assert "Taken back. Erased here: 1 conversation, 2 turns." in back.text

        own = (SAMPLES / "slack.json").read_bytes().replace(b"U0ANA", mira.id.encode())
        assert "You are called “ana” in it." in (await shares(own)).text

        many = [[{"role": "user", "content": f"My number is {number}."}] for number in range(45)]
        page = await office.presses(mira, await shares(json.dumps(many).encode()), "Choose conversations")
        assert len(page.options) == 20
        page = await office.presses(mira, page, "None")
        page = await (await mira.picks(page, "Choose", "☐ #8")).answer()
        assert "1 of 45 conversations chosen, with 1 line." in page.text
