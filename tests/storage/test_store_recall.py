"""The contract of the store: which turns hold which terms, of what may be read and of nothing else."""

from datetime import timedelta

import pytest
from linking_samples import link
from recall_samples import MANY, SHARING, WIZARD, bring, heard, is_as_promised, keys_in, term, words_of
from store_samples import NOW, bind, call_of, finish, hex_of, later, person, place, said, talk

from bot.domain.call import Delivery
from bot.domain.caller import Consent, PersonId
from bot.domain.conversation import Transcript, Turn
from bot.domain.hits import turn_key
from bot.domain.record import Reading
from bot.domain.terms import index_turn
from bot.ports import Store

pytestmark = pytest.mark.anyio

SISTER = [term("sister"), term("lena"), term("anchor")]


async def test_turns_are_found_by_their_words_with_what_was_stored_beside_them(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("my sister Lena", "a sister then", "in Lisbon"), "1", at=later(days=1))
    await bring(store, who, said("Lena again", started_at=NOW))
    hits = await store.fetch_hits(who.id, WIZARD, SISTER, MANY)
    assert is_as_promised(hits, SISTER)
    assert (hits.turn_count, hits.frequencies) == (4, dict(zip(SISTER, (2, 2, 0), strict=True)))
    assert await words_of(store, who, hits) == {"my sister Lena", "a sister then", "Lena again"}
    turns = await store.fetch_said(who.id, WIZARD, tuple(hits.marks))
    assert hits.marks == {turn.key: turn.marks for turn in turns}
    assert hits.marks == {turn.key: index_turn(turn.role, turn.text).marks for turn in turns}


async def test_a_turn_is_told_as_it_was_said_and_neighbours_have_the_next_keys(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("where is it", "in the old harbour", "thanks"))
    (key,) = keys_in(await store.fetch_hits(who.id, WIZARD, [term("harbour")], MANY))
    asked = [key - 1, key, key + 1, key + 2, key, 0, -5, turn_key(99, 0), 1 << 62]
    turns = await store.fetch_said(who.id, WIZARD, asked)
    assert sorted((turn.key - key, turn.role, turn.text, turn.at) for turn in turns) == [
        (-1, "user", "where is it", NOW),
        (0, "agent", "in the old harbour", later(seconds=1)),
        (1, "user", "thanks", later(seconds=2)),
    ]


async def test_another_person_s_turns_are_never_found_nor_told_by_their_keys(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await talk(store, alice, said("the secret of alice"), "1")
    await bring(store, alice, said("the secret in a file", started_at=NOW))
    await talk(store, bob, said("the secret of bob"), "2")
    assert await heard(store, bob, "secret") == {"the secret of bob"}
    hits = await store.fetch_hits(bob.id, WIZARD, [term("secret")], MANY)
    assert (hits.turn_count, hits.frequencies) == (1, {term("secret"): 1})
    alices = keys_in(await store.fetch_hits(alice.id, WIZARD, [term("secret")], MANY))
    assert len(alices) == 2
    assert await store.fetch_said(bob.id, WIZARD, tuple(alices)) == ()
    assert await heard(store, await person(store, "carol"), "secret") == set()
    assert (await store.fetch_hits(PersonId("nobody"), WIZARD, [term("secret")], MANY)).turn_count == 0


async def test_a_character_finds_its_own_and_what_is_for_everyone_and_no_other_s(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("rum with the wizard"), "1", "wizard")
    await talk(store, who, said("rum with the captain"), "2", "captain", reach="own")
    await talk(store, who, said("rum shared by the captain"), "3", "captain", reach="shared")
    await talk(store, who, said("rum shared by the pirate"), "4", "pirate", reach="shared")
    await bring(store, who, said("rum for all", started_at=NOW))
    await bring(store, who, said("rum in the captain's file", started_at=NOW), slug="captain")
    own = {"rum with the wizard", "rum for all"}
    assert await heard(store, who, "rum") == own
    assert (await store.fetch_hits(who.id, WIZARD, [term("rum")], MANY)).turn_count == 2
    assert await heard(store, who, "rum", reading=SHARING) == own | {"rum shared by the captain"}
    withdrawn = Reading("wizard", "own", SHARING.shared_slugs)
    assert await heard(store, who, "rum", reading=withdrawn) == own
    nothing = Reading("wizard", "none", SHARING.shared_slugs)
    hits = await store.fetch_hits(who.id, nothing, [term("rum")], MANY)
    assert (hits.turn_count, hits.frequencies, hits.marks) == (0, {term("rum"): 0}, {})
    shared = keys_in(await store.fetch_hits(who.id, SHARING, [term("rum")], MANY))
    for reading in (withdrawn, nothing):
        told = await store.fetch_said(who.id, reading, tuple(shared))
        newest = await store.fetch_newest_said(who.id, reading, MANY)
        assert {turn.text for turn in told} == {turn.text for turn in newest}
        assert {turn.text for turn in told} == (own if reading is withdrawn else set())


async def test_a_held_talk_is_found_once_its_owner_keeps_it(store: Store) -> None:
    who = await person(store)
    words = said("was it me with the parrot")
    call = await talk(store, who, words, delivery=Delivery.HOSTED, held_until=later(days=7))
    before = await store.fetch_hits(who.id, WIZARD, [term("parrot")], MANY)
    assert (before.turn_count, before.frequencies[term("parrot")]) == (0, 0)
    assert await store.fetch_newest_said(who.id, WIZARD, MANY) == ()
    held = [turn_key(number, 0) for number in range(9)]
    assert await store.fetch_said(who.id, WIZARD, held) == ()
    past = await store.fetch_past_talk(who.id, call.id)
    assert past is not None
    for _ in range(2):
        await store.keep_talk(who.id, past.talk_id)
        after = await store.fetch_hits(who.id, WIZARD, [term("parrot")], MANY)
        assert (after.turn_count, after.frequencies[term("parrot")], len(after.marks)) == (1, 1, 1)


async def test_a_new_character_under_an_old_slug_finds_nothing_of_the_old_one_s(store: Store) -> None:
    who = await person(store)
    for moment, slugs in ((NOW, {"wizard"}), (later(days=1), set()), (later(days=2), {"wizard"})):
        if slugs and moment is not NOW:
            assert await heard(store, who, "owl") == {"the owl of old"}
        await store.note_characters(slugs, moment)
        if moment is NOW:
            await talk(store, who, said("the owl of old"), "old")
    assert await heard(store, who, "owl") == set()
    await talk(store, who, said("the owl of now"), "new", at=later(days=3))
    await bring(store, who, said("the owl for all", started_at=NOW))
    assert await heard(store, who, "owl") == {"the owl of now", "the owl for all"}
    newest = await store.fetch_newest_said(who.id, WIZARD, MANY)
    assert [turn.text for turn in newest] == ["the owl of now", "the owl for all"]
    captain = Reading("captain", "shared", frozenset({"wizard"}))
    assert await heard(store, who, "owl", reading=captain) == {"the owl for all"}


async def test_linked_accounts_are_searched_as_one_while_they_share(store: Store) -> None:
    alice, slack = await person(store), await person(store, "alice", "slack", "T1")
    bob = await person(store, "bob")
    await talk(store, alice, said("a boat here"), "1")
    await talk(store, slack, said("a boat there"), "2", at=later(days=1))
    await talk(store, bob, said("a boat of bob"), "3")
    both = {"a boat here", "a boat there"}
    await link(store, alice, slack, shares=False)
    assert await heard(store, alice, "boat") == {"a boat here"}
    await store.share_memory(slack.id, NOW, is_on=True)
    for who in (alice, slack):
        assert await heard(store, who, "boat") == both
        newest = await store.fetch_newest_said(who.id, WIZARD, MANY)
        assert [turn.text for turn in newest] == ["a boat there", "a boat here"]
        spanned = await store.fetch_between(who.id, WIZARD, NOW, later(days=2), MANY)
        assert await words_of(store, who, spanned) == both
    await store.record_consent(slack.id, Consent("v1", remember=False, answered_at=NOW))
    assert await heard(store, alice, "boat") == {"a boat here"}
    await store.record_consent(slack.id, Consent("v1", remember=True, answered_at=NOW))
    assert await heard(store, alice, "boat") == both
    await store.unlink(alice.id, slack.id, NOW)
    assert await heard(store, alice, "boat") == {"a boat here"}
    assert await heard(store, slack, "boat") == {"a boat there"}
    assert await heard(store, bob, "boat") == {"a boat of bob"}


async def test_the_rarest_terms_fill_the_limit_and_commoner_ones_say_which_of_those_hold_them(
    store: Store,
) -> None:
    who = await person(store)
    for day in range(10):
        words = [f"sail away {day} {number}" for number in range(20)]
        for number in (3, 9):
            words[number] += " lamp" if number == 9 else " whale"
        words[10] += " lamp"
        started_at = later(days=-day)  # the newest were brought first
        await bring(store, who, said(*words, started_at=started_at), file=f"{day}")
    whale, lamp, sail, away = terms = [term(word) for word in ("whale", "lamp", "sail", "away")]
    hits = await store.fetch_hits(who.id, WIZARD, [sail, lamp, away, whale], 60)
    assert is_as_promised(hits, terms)
    assert hits.frequencies == {sail: 200, whale: 10, away: 200, lamp: 20}
    assert [len(hits.postings[one]) for one in terms] == [10, 20, 60, 60]
    assert len(hits.marks) == 60
    partly = [turn.text.split() for turn in await store.fetch_said(who.id, WIZARD, tuple(hits.marks))]
    rest = [day for _, _, day, _, *more in partly if not more]
    assert (rest.count("0"), rest.count("1"), len(rest)) == (17, 13, 30)


async def test_a_span_of_time_names_the_turns_of_conversations_that_began_in_it(store: Store) -> None:
    who = await person(store)
    for day in range(5):
        await bring(store, who, said(f"day {day}", "?!", started_at=later(days=day)), file=f"{day}")
    hits = await store.fetch_between(who.id, WIZARD, later(days=1), later(days=3), MANY)
    assert is_as_promised(hits, [""])
    assert (hits.turn_count, hits.frequencies) == (10, {"": 4})
    assert await words_of(store, who, hits) == {"day 1", "?!", "day 2"}
    newest = await store.fetch_between(who.id, WIZARD, later(days=1), later(days=3), 3)
    assert sorted(turn.text for turn in await store.fetch_said(who.id, WIZARD, tuple(newest.marks))) == [
        "?!",
        "?!",
        "day 2",
    ]
    empty = await store.fetch_between(who.id, WIZARD, later(days=7), later(days=9), MANY)
    assert (empty.frequencies, empty.postings, empty.marks) == ({"": 0}, {"": ()}, {})


async def test_the_newest_turns_come_from_the_last_backwards(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("third", "fourth"), "1", at=later(days=1))
    await bring(store, who, said("first", "second", started_at=NOW))
    newest = await store.fetch_newest_said(who.id, WIZARD, 3)
    assert [turn.text for turn in newest] == ["fourth", "third", "second"]


async def test_what_is_forgotten_is_found_no_more_and_the_rest_is(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for who in (alice, bob):
        for name, slug in (("1", "wizard"), ("2", "wizard"), ("3", "captain")):
            await talk(store, who, said(f"gull {name}", "and"), f"{who.name} {name}", slug)
        await bring(store, who, said("gull for all", started_at=NOW))
    captain = Reading("captain", "own")
    await store.erase_talk(alice.id, call_of(alice, "alice 1").id, NOW)
    assert await heard(store, alice, "gull") == {"gull 2", "gull for all"}
    assert (await store.fetch_hits(alice.id, WIZARD, [term("gull")], MANY)).turn_count == 3
    await store.erase_character(alice.id, "wizard", NOW)
    assert await heard(store, alice, "gull") == {"gull for all"}
    assert await heard(store, alice, "gull", reading=captain) == {"gull 3", "gull for all"}
    await store.erase_person(alice.id, NOW)
    assert await heard(store, alice, "gull", reading=captain) == set()
    assert await heard(store, bob, "gull") == {"gull 1", "gull 2", "gull for all"}
    assert await store.erase_before(later(days=400), 100, NOW) == 7
    assert await heard(store, bob, "gull") == set()


async def test_an_import_that_is_brought_again_is_found_once(store: Store) -> None:
    who = await person(store)
    for _ in range(2):
        await bring(store, who, said("the anchor", started_at=NOW))
    assert len(keys_in(await store.fetch_hits(who.id, WIZARD, [term("anchor")], MANY))) == 1


async def test_of_a_call_that_keeps_nothing_nothing_is_found(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    assert await bind(store, call, "conv", reach="none")
    await finish(store, "conv", said("the anchor"))
    assert await heard(store, who, "anchor") == set()


async def test_what_cannot_be_written_is_asked_for_and_said_without_harm(store: Store) -> None:
    who = await person(store)
    turns = (Turn("user", "a\0b \ud800 anchor", 1e300), Turn("agent", ""), Turn("user", "  "))
    await bring(store, who, Transcript(turns, started_at=NOW))
    terms = ["anchor", "\ud800", "a\0b", "ab", "", "'; DROP TABLE terms; --", '"', "anchor\0"]
    hits = await store.fetch_hits(who.id, WIZARD, terms, MANY)
    assert {term: count for term, count in hits.frequencies.items() if count} == {"anchor": 1, "ab": 1}
    assert hits.turn_count == 3
    (first,) = await store.fetch_said(who.id, WIZARD, tuple(hits.marks))
    assert (first.text, first.at) == ("ab ? anchor", NOW)
    assert (await store.fetch_hits(who.id, WIZARD, (), MANY)).postings == {}
    assert len(await store.fetch_said(who.id, WIZARD, [first.key + number for number in range(1500)])) == 3
    assert first.at - NOW == timedelta(0)
    assert hex_of("") not in first.text
