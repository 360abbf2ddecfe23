"""What was erased stays erased when a backup is put back."""

import logging
from pathlib import Path

import pytest
from linking_samples import link
from store_samples import NOW, back_up, bind, call_of, finish, hex_of, link_of, person, place, put_back, said

from bot.domain.caller import DEFAULT_TENANT, Account, Person
from bot.domain.errors import NotStored
from bot.domain.fact import Fact, FactId
from bot.domain.record import Reading
from bot.ports import Store
from storage import open_store

pytestmark = pytest.mark.anyio

WIZARD, CAPTAIN = Reading("wizard", "own"), Reading("captain", "own")


@pytest.fixture
def stones(file_url: str) -> Path:
    """The file with the tombstones."""
    return Path(file_url.removeprefix("sqlite:///") + ".erased")


def account_of(who: Person) -> Account:
    return Account("discord", "app", who.name)


def cut_off(file: Path) -> None:
    """Leave the beginning of a line at the end of a file."""
    file.write_text(file.read_text("ascii") + "2 per", "ascii")


def shown(file: Path) -> tuple[str, int]:
    return file.read_text("ascii"), file.stat().st_mode & 0o777


def block(file: Path) -> None:
    file.mkdir()


def free(file: Path) -> None:
    file.rmdir()


async def live(store: Store, who: Person) -> None:
    """Let a person have talked with two characters, imported something and told each a fact."""
    for name, slug in (("1", "wizard"), ("2", "wizard"), ("3", "captain")):
        key = f"{who.name} {name}"
        call = call_of(who, key, slug)
        await place(store, call, link_of(call))
        await bind(store, call, f"conv {key}")
        await finish(store, f"conv {key}", said(f"said {key}"))
    await store.store_import(
        who.id, "", "own", [(hex_of(f"import {who.name}"), said("import"))], "f", {}, NOW
    )
    for slug in ("wizard", "captain"):
        await store.add_fact(who.id, Fact(FactId(f"{who.name} {slug}"), slug, "own", f"fact {slug}", NOW))


async def words_of(store: Store, who: Person) -> set[str]:
    """Return all that is kept of a person, in few words."""
    found = set()
    for talk in await store.fetch_history(who.id, limit=99):
        found |= {turn.text for turn in await store.fetch_turns(who.id, talk.talk_id)}
    for reading in (WIZARD, CAPTAIN):
        found |= {fact.text for fact in await store.fetch_facts(who.id, reading)}
    return found


EVERYTHING = {"said alice 1", "said alice 2", "said alice 3", "import", "fact wizard", "fact captain"}


@pytest.fixture
async def lived(file_url: str) -> tuple[Person, Person]:
    """Two people in a database of which there is a backup."""
    async with open_store(file_url) as store:
        alice, bob = await person(store, "alice"), await person(store, "bob")
        await live(store, alice)
        await live(store, bob)
        assert await words_of(store, alice) == EVERYTHING
    back_up(file_url)
    return alice, bob


async def test_a_person_who_was_erased_stays_erased(
    file_url: str, lived: tuple[Person, Person], caplog
) -> None:
    alice, bob = lived
    async with open_store(file_url) as store:
        await store.erase_person(alice.id, NOW)
    put_back(file_url)
    with caplog.at_level(logging.WARNING):
        async with open_store(file_url) as store:
            assert await store.find_person(account_of(alice)) is None
            assert await words_of(store, alice) == set()
            assert len(await words_of(store, bob)) == len(EVERYTHING)
            jobs = await store.claim_jobs(NOW.replace(year=2099), NOW.replace(year=2100), 100)
            remote = {job.subject for job in jobs if job.kind == "erase_remote"}
            assert remote == {"conv alice 1", "conv alice 2", "conv alice 3"}
    assert "were erased again" in caplog.text
    assert "alice" not in caplog.text


async def test_a_character_a_call_an_import_and_a_fact_stay_erased(
    file_url: str, lived: tuple[Person, Person]
) -> None:
    alice, bob = lived
    async with open_store(file_url) as store:
        await store.erase_character(alice.id, "captain", NOW)
        history = await store.fetch_history(alice.id)
        texts = {one.id: (await store.fetch_turns(alice.id, one.talk_id))[0].text for one in history}
        for past_id, text in texts.items():
            if text in {"said alice 1", "import"}:
                await store.erase_talk(alice.id, past_id, NOW)
        await store.erase_fact(alice.id, FactId("alice wizard"), NOW)
        assert await words_of(store, alice) == {"said alice 2"}
    for _ in range(2):
        put_back(file_url)
        async with open_store(file_url) as store:
            assert await words_of(store, alice) == {"said alice 2"}
            assert len(await words_of(store, bob)) == len(EVERYTHING)


async def test_who_was_brought_before_a_front_connected_stays_erased_too(file_url: str) -> None:
    async with open_store(file_url) as store:
        brought = await person(store, "123", tenant=DEFAULT_TENANT)
        await live(store, brought)
    back_up(file_url)
    async with open_store(file_url) as store:
        await store.connect_as("discord", "app")
        await store.erase_person(brought.id, NOW)
    put_back(file_url)
    async with open_store(file_url) as store:
        assert await store.find_person(Account("discord", DEFAULT_TENANT, "123")) is None
        assert await words_of(store, brought) == set()


async def test_what_came_after_an_erasure_stays(file_url: str, lived: tuple[Person, Person]) -> None:
    alice, _ = lived
    async with open_store(file_url) as store:
        await store.erase_person(alice.id, NOW)
        again = await person(store, "alice")
        await live(store, again)
    back_up(file_url)
    put_back(file_url)
    for _ in range(2):
        async with open_store(file_url) as store:
            assert await words_of(store, again) == EVERYTHING


async def learn(store: Store, who: Person, *texts: str) -> str:
    """Let a call bring facts, and return its id."""
    call = call_of(who, f"{who.name} learns", "wizard")
    await place(store, call, link_of(call))
    await bind(store, call, f"conv {who.name} learns")
    facts = [Fact(FactId(hex_of(text)), "wizard", "own", text, NOW, "", "call", call.id) for text in texts]
    words = said("I moved.")
    await store.finish_conversation(
        f"conv {who.name} learns", words, hex_of("talk"), held_until=None, now=NOW, jobs=(), facts=facts
    )
    return call.id


async def test_what_was_learned_goes_with_its_call_though_it_was_pinned_in_the_backup(file_url: str) -> None:
    async with open_store(file_url) as store:
        alice = await person(store, "alice")
        past_id = await learn(store, alice, "I keep bees.")
        assert await store.pin_fact(alice.id, FactId(hex_of("I keep bees.")), pinned=True)
    back_up(file_url)
    async with open_store(file_url) as store:
        await store.pin_fact(alice.id, FactId(hex_of("I keep bees.")), pinned=False)
        await store.erase_talk(alice.id, past_id, NOW)
        assert await store.fetch_facts(alice.id, WIZARD) == ()
    put_back(file_url)
    async with open_store(file_url) as store:
        assert await store.fetch_facts(alice.id, WIZARD) == ()


async def test_what_a_deleted_fact_had_replaced_stands_again_after_the_backup_too(file_url: str) -> None:
    async with open_store(file_url) as store:
        alice = await person(store, "alice")
        await learn(store, alice, "I live in Ulm.", "I moved to Bern.")
    back_up(file_url)
    async with open_store(file_url) as store:
        assert await store.erase_fact(alice.id, FactId(hex_of("I moved to Bern.")), NOW)
    put_back(file_url)
    async with open_store(file_url) as store:
        assert [fact.text for fact in await store.fetch_facts(alice.id, WIZARD)] == ["I live in Ulm."]


async def test_nothing_stands_behind_the_buttons_of_a_linked_account_after_the_backup_either(
    file_url: str,
) -> None:
    async with open_store(file_url) as store:
        alice, other = await person(store, "alice"), await person(store, "alice", "slack", "T1")
        past_id = await learn(store, alice, "I keep bees.")
        await link(store, alice, other, shares=True)
        for who in (alice, other):
            await store.keep_press(f"press {who.id}", who.id, "call?topic=bees", NOW)
    back_up(file_url)
    async with open_store(file_url) as store:
        await store.erase_talk(other.id, past_id, NOW)
    put_back(file_url)
    async with open_store(file_url) as store:
        for who in (alice, other):
            assert await store.fetch_press(who.id, f"press {who.id}") is None


async def test_nor_where_what_was_erased_with_a_character_stood_behind_buttons_alone(file_url: str) -> None:
    async with open_store(file_url) as store:
        await store.note_characters(["wizard"], NOW)
        alice, bob = await person(store, "alice"), await person(store, "bob")
        for who in (alice, bob):
            await store.keep_press(f"press {who.id}", who.id, "call?topic=bees", NOW)
    back_up(file_url)
    async with open_store(file_url) as store:
        await store.erase_character(alice.id, "wizard", NOW)
    put_back(file_url)
    async with open_store(file_url) as store:
        assert await store.fetch_press(alice.id, f"press {alice.id}") is None
        assert await store.fetch_press(bob.id, f"press {bob.id}") == "call?topic=bees"


async def test_a_backup_that_knows_some_erasures_gets_the_others(
    file_url: str, lived: tuple[Person, Person]
) -> None:
    alice, bob = lived
    async with open_store(file_url) as store:
        await store.erase_fact(alice.id, FactId("alice wizard"), NOW)
    back_up(file_url)
    async with open_store(file_url) as store:
        await store.erase_person(bob.id, NOW)
    put_back(file_url)
    async with open_store(file_url) as store:
        assert await words_of(store, alice) == EVERYTHING - {"fact wizard"}
        assert await store.find_person(account_of(bob)) is None


async def test_tombstones_name_nobody_and_nothing(
    file_url: str, lived: tuple[Person, Person], stones: Path
) -> None:
    alice, _ = lived
    async with open_store(file_url) as store:
        await store.erase_character(alice.id, "captain", NOW)
        await store.erase_person(alice.id, NOW)
    text, mode = shown(stones)
    kinds = [line.split()[:2] for line in text.splitlines()]
    assert kinds == [["1", "character"], ["2", "character"], ["3", "person"], ["4", "person"]]
    assert "alice" not in text
    assert "captain" not in text
    assert mode == 0o600


async def test_a_line_that_was_cut_off_hides_no_other(
    file_url: str, lived: tuple[Person, Person], stones: Path
) -> None:
    alice, bob = lived
    async with open_store(file_url) as store:
        await store.erase_person(alice.id, NOW)
    cut_off(stones)
    async with open_store(file_url) as store:
        await store.erase_person(bob.id, NOW)
    put_back(file_url)
    async with open_store(file_url) as store:
        assert await store.find_person(account_of(alice)) is None
        assert await store.find_person(account_of(bob)) is None


async def test_nothing_is_erased_where_no_tombstone_can_be_left(
    file_url: str, lived: tuple[Person, Person], stones: Path
) -> None:
    alice, _ = lived
    async with open_store(file_url) as store:
        block(stones)
        with pytest.raises(NotStored, match="Nothing was changed"):
            await store.erase_person(alice.id, NOW)
        assert await words_of(store, alice) == EVERYTHING
        free(stones)
        await store.erase_person(alice.id, NOW)
        assert await store.find_person(account_of(alice)) is None
