"""Everything of one's own in one file: complete, of nobody else, as described, and readable by /import."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bot.calls import importing
from bot.calls.exporting import export_everything
from bot.domain.caller import Caller, parse_account
from bot.domain.conversation import Transcript, Turn
from bot.domain.export import MARK, VERSION, Export
from bot.domain.record import Reading
from bot.domain.reply import Attached
from bot.records.exporting import schema
from storage.rooms.erase import PERSONAL
from storage.rooms.export import EXPORTED, NOT_EXPORTED
from tests.scenarios.stage import Stage, open_stage

pytestmark = pytest.mark.anyio

SCHEMA = Path(__file__).parents[2] / "docs" / "export.schema.json"
PAST = {
    "profile": {"guild_rank": "captain", "pets": ["Fig", "Rex"], "level": 7},
    "conversations": [
        {
            "title": "Cats",
            "messages": [
                {"role": "user", "content": "My cat is called Fig. 🐈", "timestamp": "2024-03-01T10:00:00Z"},
                {"role": "assistant", "content": "A fine name.", "timestamp": "2024-03-01T10:00:07.5Z"},
            ],
        },
        {"messages": [{"role": "user", "content": f"line {number}"} for number in range(1_203)]},
    ],
}


def caller(name: str) -> Caller:
    return Caller(parse_account(name), name.capitalize())


async def exported(stage: Stage, name: str) -> bytes:
    return b"".join([piece async for piece in export_everything(stage.app.house, caller(name))])


async def brings(stage: Stage, name: str, data: bytes, character: str = "") -> importing.Imported:
    preview = await importing.preview_import(
        stage.app.house, caller(name), Attached("past.json", data), character
    )
    return await importing.save_import(stage.app.house, caller(name), preview)


def whole(data: bytes) -> dict:
    """Return an export with the parts of each conversation put together, without what changes by itself."""
    found = json.loads(data)
    talks: dict[str, dict] = {}
    for part in found["conversations"]:
        talk = talks.setdefault(part["id"], {**part, "turns": []})
        talk["turns"] += part["turns"]
    same = ("character", "reach", "started_at", "duration_seconds", "title", "summary", "turns")
    texts = {fact["id"]: fact["text"] for fact in found["facts"]}
    kept = ("character", "reach", "text", "added_at", "corrected", "pinned", "for_everyone", "replaced_at")
    return {
        "profile": found["profile"],
        "facts": [
            {**{name: fact[name] for name in kept}, "replaced_by": texts.get(fact["replaced_by"])}
            for fact in found["facts"]
        ],
        "conversations": sorted(([talk[name] for name in same] for talk in talks.values()), key=json.dumps),
    }


async def furnished(stage: Stage) -> None:
    """Let Mira talk, tell facts and bring files; Ben as well."""
    for name in ("mira", "ben"):
        member = stage.member(name)
        await member.calls("wizard")
        async with stage.browser() as browser:
            await browser.talks(member.link(), f"I am {name}, and my canary sings {name}-canary.")
        await member.is_told("Your call with Merlin")
        await member.types(f"/memory wizard add {name}-fact is mine")
        await member.types("/memory captain add I get seasick")
        await brings(
            stage, name, json.dumps({**PAST, "profile": {**PAST["profile"], "of": name}}).encode(), "captain"
        )


async def test_export_forget_everything_import_gives_the_same_again(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await furnished(stage)
        mira = stage.member("mira")
        before = await exported(stage, "mira")
        known = await mira.types("/memory captain")
        await mira.types("/forget everything")
        await mira.types("1")
        emptied = whole(await exported(stage, "mira"))
        assert emptied == {"profile": {}, "facts": [], "conversations": []}
        done = await brings(stage, "mira", before)
        assert (done.new, done.known, done.facts) == (3, 0, 2)
        assert whole(await exported(stage, "mira")) == whole(before)
        again = await mira.types("/memory captain")
        assert "I get seasick" in known
        assert [line for line in again.splitlines() if "line 12" in line] == [
            line for line in known.splitlines() if "line 12" in line
        ]


async def decided(stage: Stage) -> None:
    """Let Mira correct, replace twice, pin and spread what characters are to know."""
    mira = stage.member("mira")
    for said in (
        *("add I am 33.", "add I am 34.", "add I am 35."),
        *("add I sing.", "correct 1 I hum.", "add I keep bees.", "pin 1", "everyone 2"),
    ):
        answer = await mira.types(f"/memory captain {said}")
        assert "do not know" not in answer


async def test_facts_come_back_pinned_spread_corrected_and_replaced_as_they_were(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await furnished(stage)
        await decided(stage)
        before = await exported(stage, "mira")
        facts = {fact["text"]: fact for fact in json.loads(before)["facts"]}
        younger, older = facts["I am 34."], facts["I am 35."]
        assert facts["I am 33."]["replaced_by"] == younger["id"]
        assert (younger["replaced_by"], younger["replaced_at"]) == (older["id"], older["added_at"])
        assert older["replaced_by"] is older["replaced_at"] is None
        assert [one for one in facts if facts[one]["pinned"]] == ["I keep bees."]
        assert [one for one in facts if facts[one]["for_everyone"]] == ["I hum."]
        assert [one for one in facts if facts[one]["corrected"]] == ["I hum."]
        mira = stage.member("mira")
        assert "I am 35." in await mira.types("/memory captain")
        await mira.types("/forget everything")
        await mira.types("1")
        done = await brings(stage, "mira", before)
        assert done.facts == len(facts) == 7
        after = await exported(stage, "mira")
        assert whole(after) == whole(before)
        assert {fact["source"] for fact in json.loads(after)["facts"]} == {"import"}
        shown = await mira.types("/memory captain")
        assert "from a file of yours · pinned" in shown
        assert "you corrected this · for everyone" in shown
        assert "replaces: “I am 34.”" in shown
        again = await brings(stage, "mira", before)
        assert again.facts == 0
        assert whole(await exported(stage, "mira")) == whole(before)


async def test_a_preview_tells_what_of_the_facts_is_pinned_for_everyone_and_replaced(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await furnished(stage)
        await decided(stage)
        file = Attached("past.json", await exported(stage, "mira"))
        shown = (await importing.preview_import(stage.app.house, caller("mira"), file)).sentences
        assert [one for one in shown if "thing" in one] == [
            "7 things that characters are to know.",
            "Pinned: 1 thing.",
            "For every character: 1 thing.",
            "Replaced by newer ones: 2 things.",
        ]


async def test_a_fact_that_a_file_dates_to_come_counts_as_of_now(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        house = stage.app.house
        at = (house.now() + timedelta(days=1)).isoformat()
        fact = {"character": "wizard", "reach": "own", "text": "I keep bees.", "added_at": at}
        await brings(stage, "mira", json.dumps({MARK: VERSION, "facts": [fact]}).encode())
        person = await house.store.find_person(caller("mira").account)
        (kept,) = await house.store.fetch_facts(person.id, Reading("wizard", "own"))
        assert kept.added_at <= house.now()


async def test_an_export_tells_what_was_used_and_what_each_call_was_charged(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await furnished(stage)
        found = json.loads(await exported(stage, "mira"))
        (call,) = found["calls"]
        month, day = found["used"]
        assert (day["period"], day["calls"]) == (call["asked_at"][:10], 1)
        assert (month["period"], month["minutes"]) == (call["asked_at"][:7], call["minutes"])
        assert (call["inbound"], call["continues"], call["due_at"]) == (False, "", None)
        talks = found["conversations"]
        assert {bool(one["imported_at"]) for one in talks if one["call"]} == {False}
        assert {bool(one["imported_at"]) for one in talks if not one["call"]} == {True}


async def test_a_summary_of_ours_is_made_again_and_never_passes_for_one_that_somebody_wrote(
    tmp_path: Path,
) -> None:
    async with open_stage(tmp_path) as stage:
        store = stage.app.house.store
        await brings(stage, "mira", json.dumps(PAST).encode())
        data = await exported(stage, "mira")
        assert b"they said" not in data.lower()
        await brings(stage, "ben", data)
        for name in ("mira", "ben"):
            person = await store.find_person(parse_account(name))
            assert person is not None
            assert all(talk.is_extract and talk.summary for talk in await store.fetch_history(person.id))


async def test_an_export_that_is_brought_where_everything_is_adds_nothing(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await furnished(stage)
        before = await exported(stage, "mira")
        done = await brings(stage, "mira", before)
        assert (done.new, done.known, done.facts) == (0, 3, 0)
        assert whole(await exported(stage, "mira")) == whole(before)


async def test_an_export_holds_everything_of_ones_own_and_nothing_of_anybody_else(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await furnished(stage)
        data = (await exported(stage, "mira")).decode()
        assert "ben" not in data.lower()
        assert "mira-canary" in data
        found = json.loads(data)
        (call,) = found["calls"]
        assert (call["character"], call["state"], len(call["elevenlabs_ids"])) == ("wizard", "done", 1)
        assert [fact["text"] for fact in found["facts"]] == ["mira-fact is mine", "I get seasick"]
        assert found["answers"][0]["remember"] is True
        assert found["accounts"][0]["id"] == "mira"
        assert (
            sum(len(one["turns"]) for one in found["conversations"] if one["character"] == "captain") == 1_205
        )


async def test_nobody_gets_a_conversation_that_nobody_has_confirmed(tmp_path: Path) -> None:
    async with open_stage(tmp_path, hosted=True) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        person = await stage.app.house.store.find_person(parse_account("mira"))
        assert person
        house = stage.app.house
        (talk,) = await house.store.fetch_history(person.id)
        assert talk.call
        await house.store.adopt_conversation(talk.call.ref, "conv_held")
        await house.store.finish_conversation(
            "conv_held",
            Transcript((Turn("user", "held words"),)),
            house.new_id(),
            held_until=house.now() + timedelta(days=7),
            now=house.now(),
            jobs=[],
        )
        assert "held words" not in (await exported(stage, "mira")).decode()


async def test_the_described_form_is_that_of_the_code_and_of_a_real_export(tmp_path: Path) -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(schema())), "make schema writes it anew"
    async with open_stage(tmp_path) as stage:
        await furnished(stage)
        TypeAdapter(Export).validate_json(await exported(stage, "mira"), strict=True)


def test_every_table_about_a_person_is_exported_or_says_why_not() -> None:
    assert set(EXPORTED) | set(NOT_EXPORTED) == set(PERSONAL)
    assert not set(EXPORTED) & set(NOT_EXPORTED)


async def test_a_reach_in_a_file_is_never_wider_than_its_character_has_it_now(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        own = next(one.slug for one in stage.app.house.cast.all() if one.memory == "own")
        talk = {
            "id": "a", "character": own, "reach": "shared", "started_at": "2024-03-01T10:00:00Z",
            "turns": [{"role": "user", "text": "hello", "seconds": 0}],
        }  # fmt: skip
        await brings(stage, "mira", json.dumps({"troupe_export": 1, "conversations": [talk]}).encode())
        (kept,) = json.loads(await exported(stage, "mira"))["conversations"]
        assert kept["reach"] == "own"
