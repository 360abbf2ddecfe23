"""A call from Slack: asked for, agreed to, linked, talked, and told of afterwards."""

from pathlib import Path

import pytest

from bot.calls.remembering import see_memory
from bot.domain.caller import Account, Caller
from tests.scenarios.slack.stage import LAVISH, Office, open_office
from tests.scenarios.test_hosted_links import BRING, variables_in

pytestmark = pytest.mark.anyio

BOTH_WAYS = pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])


async def known(office: Office) -> str:
    """Return what Merlin will be told about Mira."""
    account = Account("slack", office.acme.id, office.mira.id)
    seen = await see_memory(office.stage.app.house, Caller(account, "Mira"), "wizard")
    return seen.prepared.context


@BOTH_WAYS
async def test_the_link_comes_privately_and_by_message_and_is_crawled_by_nobody(
    tmp_path: Path, by_http: bool
) -> None:
    async with open_office(tmp_path, by_http=by_http) as office:
        mira = office.mira
        first = await office.asks(mira, "wizard")
        assert "Your workspace owners may be able to export direct messages." in first.text
        ready = await office.presses(mira, first, "Call and remember")
        assert ready.is_private
        assert ready.message is first.message, "what was agreed to takes the place of the question"
        opened = await mira.presses(ready, "Talk with Merlin")
        assert await opened.acknowledges() == "bare"
        (sent,) = await office.slack.until(lambda: mira.dms)
        assert "Merlin is ready" in sent.text
        assert sent.link("Talk with") == ready.link("Talk with")
        assert office.slack.crawled == []
        assert office.slack.calls("chat.postMessage")[-1].body["unfurl_links"] in (False, "false", "0")
        assert office.here.posts == []


@BOTH_WAYS
async def test_a_recap_is_brief_and_what_was_said_opens_in_a_window(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        await office.talks(await office.calls(mira), "My cat is called Fig.")
        recap = await mira.is_told("Your call with Merlin")
        transcript = await (await mira.presses(recap, "Transcript")).opens("My cat is called Fig.")
        assert "Mira: My cat is called Fig." in transcript.text
        memory = await (await mira.presses(recap, "Memory")).opens("What Merlin will be told next time")
        assert await known(office) in memory.text, "to the letter"
        sent = [one for one in office.slack.requests if one.path in {"chat.postMessage", "chat.update"}]
        assert sent
        assert not any("Fig" in str(one.body) for one in sent)
        again = await office.presses(mira, recap, "Call Merlin again")
        assert "Merlin remembers you." in again.text


async def test_what_a_character_will_know_is_shown_to_the_letter(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        ready = await office.calls(mira, "/ring wizard about Tom & Jerry <b>!")
        shown = await office.presses(mira, ready, "What will Merlin know?")
        assert await known(office) in shown.text
        (sent,) = await office.slack.until(lambda: mira.dms)
        window = await (await mira.presses(sent, "What will Merlin know?")).opens("You are talking with")
        assert await known(office) in window.text


async def test_a_bare_command_opens_a_window_that_asks_whom_to_call(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        typed = await mira.types("/ring", where=office.here)
        modal = await typed.opens("Whom you want to call")
        offered = await mira.searches(modal, "character", "")
        assert ("Merlin", "wizard") in offered
        assert await mira.searches(modal, "character", "NAN") == [("Captain Nan Tregarth", "captain")]
        assert await mira.searches(modal, "character", "nobody at all") == []
        await mira.submits(modal, character="Captain", topic="letters", twice=True)
        answer = await typed.answer()
        assert answer.is_private
        assert "Captain Nan Tregarth is ready" in answer.text
        assert not modal.is_open


async def test_a_shortcut_and_the_home_tab_call_where_commands_do_not_work(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        modal = await (await mira.uses_shortcut("open_call")).opens("Whom you want to call")
        await mira.submits(modal, character="wizard")
        card = await mira.is_told("Before your first call")
        ready = await office.presses(mira, card, "Call and remember")
        assert "Merlin is ready" in ready.text
        home = await mira.opens_home()
        called = await (await mira.presses(home, "Call Desmond")).opens("Desmond is ready")
        assert called.link("Talk with Desmond").startswith("http")
        gallery = await (await mira.presses(home, "More")).opens("Page 2 of 2")
        assert "Merlin" in gallery.text
        helped = await (await mira.presses(home, "Help")).opens("What you can do")
        assert "/ring history" in helped.text


async def test_pages_of_the_gallery_take_each_others_place(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        gallery = await office.asks(mira, "characters")
        assert "Page 1 of 2" in gallery.text
        page = await office.presses(mira, gallery, "More")
        assert page.message is gallery.message
        assert "Page 2 of 2" in page.text
        form = await (await mira.presses(page, "Search")).opens("Search the characters")
        await mira.submits(form, search="impossible seas")
        found = await mira.is_told("Carries undeliverable letters")
        assert "Merlin" not in found.text


async def test_phones_and_pressing_twice_are_forgiven(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        curly = await office.asks(mira, "  call   “wizard”  about  “the  sea” ")
        assert "Merlin is ready" in curly.text
        twice = await mira.types("/ring wizard", where=office.here, twice=True)
        await twice.answer()
        shortcut = await mira.uses_shortcut("open_call", twice=True)
        await office.asks(mira, "account")
        assert (len(twice.answers), len(shortcut.act.views)) == (1, 1)
        assert len(office.slack.calls("views.open")) == 1


async def test_words_that_name_nobody_are_searched_for(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        close = await office.asks(mira, "wizzard")
        assert "did you mean wizard?" in close.text
        assert "Merlin is ready" in (await office.presses(mira, close, "Call Merlin")).text
        unknown = await office.asks(mira, "<!channel> & co")
        assert "There is no character called “<!channel> & co”" in unknown.text
        assert any(option.startswith("Merlin") for option in unknown.options)
        mistyped = await office.asks(mira, "histroy")
        assert "There is no character called “histroy”" in mistyped.text
        assert "Did you mean /ring history?" in mistyped.text
        assert "Did you mean" not in (await office.asks(mira, "call help")).text
        picked = await (await mira.picks(unknown, "Choose", "Merlin")).answer()
        assert "Merlin is ready" in picked.text
        assert office.slack.mentions_everybody == []


async def test_a_button_of_somebody_elses_does_nothing(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, ben = office.mira, office.acme.adds_person("Ben")
        await office.calls(mira)
        memory = await office.asks(mira, "memory wizard")
        _, button = memory.element("Stop remembering me")
        shown = await office.asks(ben, "help")
        forged = await ben.presses(shown, action_id=button["action_id"], value=button["value"], forged=True)
        assert "This button is somebody else's. /ring and /ring help" in (await forged.answer()).text
        assert "Stop remembering me" in (await office.asks(mira, "account")).buttons


async def test_a_link_is_not_sent_to_whoever_wants_none(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        account = await office.asks(mira, "account")
        await office.presses(mira, account, "Send no links by message")
        ready = await office.calls(mira)
        assert "Merlin is ready" in ready.text
        await office.asks(mira, "help")
        assert mira.dms == []


async def test_who_takes_no_messages_is_told_at_the_next_answer(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH, refusals=("user_not_visible",)) as office:
        mira = office.mira
        mira.closes_dms()
        ready = await office.calls(mira)
        await office.talks(ready, "My cat is called Fig.")
        store = office.stage.app.house.store
        person = await store.find_person(Account("slack", office.acme.id, mira.id))
        assert person is not None

        async def is_untold() -> bool:
            return bool(await store.fetch_untold(person.id))

        await office.stage.until(is_untold)
        help_, recap = await (await mira.types("/ring help", where=office.here)).answers_number(2)
        assert "What you can do" in help_.text
        assert "Your call with Merlin" in recap.text
        assert recap.is_private


async def test_a_memory_is_brought_into_a_hosted_link_by_a_button(tmp_path: Path) -> None:
    async with open_office(tmp_path, hosted=True, settings={**LAVISH, "hosted_context": "full"}) as office:
        mira = office.mira
        await office.calls(mira)
        await office.asks(mira, "memory wizard add I keep bees & <b> in the old tower.")
        ready = await office.asks(mira, "wizard")
        assert "If you bring it, whoever gets the link can read it." in ready.text
        brought = await office.presses(mira, ready, BRING)
        assert "can read your name and your memory in it" in brought.text
        assert "I keep bees & ‹b› in the old tower." in brought.text
        link = brought.link("Talk with")
        assert "I keep bees & ‹b› in the old tower." in variables_in(link)["context"]
