"""What the fake Discord takes as a message, and what it refuses."""

from typing import Any

import pytest

from tests.fakes.discord import FakeDiscord, Inn, Person
from tests.fakes.wire import Wire

pytestmark = pytest.mark.anyio

URL = "https://troupe.example/"
MIB = 1024 * 1024


def embed(**parts: Any) -> dict[str, Any]:
    return {"embeds": [{"title": "Merlin", **parts}]}


def field(name: str = "Mood", value: str = "fine") -> dict[str, Any]:
    return {"name": name, "value": value}


def url(length: int) -> str:
    return URL + "x" * (length - len(URL))


TAKEN = {
    "2000 letters": {"content": "x" * 2000},
    "10 embeds": {"embeds": [{"title": "x"}] * 10},
    "a title of 256": embed(title="x" * 256),
    "a description of 4096": embed(description="x" * 4096),
    "25 fields": embed(fields=[field()] * 25),
    "a field of 256 and 1024": embed(fields=[field("x" * 256, "x" * 1024)]),
    "a footer of 2048": embed(footer={"text": "x" * 2048}),
    "an author of 256": embed(author={"name": "x" * 256, "url": url(2048), "icon_url": URL}),
    "6000 letters in embeds": {"embeds": [{"description": "x" * 3000}] * 2},
    "an address of 2048": embed(url=url(2048)),
    "a picture": embed(image={"url": URL}, thumbnail={"url": "http://x.example/y.png"}),
    "a colour and a time": embed(color=0xFFFFFF, timestamp="2026-01-01T00:00:00+00:00"),
    "an embed with a picture only": {"embeds": [{"image": {"url": URL}}]},
    "no mentions": {"content": "x", "allowed_mentions": {"parse": [], "replied_user": False}},
    "a nonce of 25": {"content": "x", "nonce": "x" * 25, "enforce_nonce": True},
    "flags for silence and no embeds": {"content": "x", "flags": 1 << 2 | 1 << 12},
}

REFUSED = {
    "2001 letters": ({"content": "x" * 2001}, "content"),
    "a number for content": ({"content": 5}, "content"),
    "11 embeds": ({"embeds": [{"title": "x"}] * 11}, "embeds"),
    "an embed of nothing": ({"embeds": [{"color": 1}]}, "embeds.0.description"),
    "a title of 257": (embed(title="x" * 257), "embeds.0.title"),
    "a description of 4097": (embed(description="x" * 4097), "embeds.0.description"),
    "26 fields": (embed(fields=[field()] * 26), "embeds.0.fields"),
    "a field's name of 257": (embed(fields=[field("x" * 257)]), "embeds.0.fields.0.name"),
    "a field's value of 1025": (embed(fields=[field(value="x" * 1025)]), "embeds.0.fields.0.value"),
    "a field without name": (embed(fields=[field(" ")]), "embeds.0.fields.0.name"),
    "a field without value": (embed(fields=[field(), field(value="\n ")]), "embeds.0.fields.1.value"),
    "a footer of 2049": (embed(footer={"text": "x" * 2049}), "embeds.0.footer.text"),
    "an author of 257": (embed(author={"name": "x" * 257}), "embeds.0.author.name"),
    "an author without name": (embed(author={"url": URL}), "embeds.0.author.name"),
    "6001 letters in embeds": (
        {"embeds": [{"description": "x" * 3000}, {"footer": {"text": "x" * 2000}, "title": "x" * 256,
         "fields": [field("x" * 100, "x" * 644)], "author": {"name": "x"}}]},
        "embeds",
    ),
    "an address of 2049": (embed(url=url(2049)), "embeds.0.url"),
    "an address of another scheme": (embed(url="ftp://x.example"), "embeds.0.url"),
    "an address that leads nowhere": (embed(url="https://"), "embeds.0.url"),
    "a picture that is not attached": (embed(image={"url": "attachment://a.png"}), "embeds.0.image.url"),
    "an embed's unknown part": (embed(colour=1), "embeds.0.colour"),
    "a colour beyond white": (embed(color=0x1000000), "embeds.0.color"),
    "a time that is none": (embed(timestamp="noon"), "embeds.0.timestamp"),
    "an unknown field": ({"content": "x", "contents": "x"}, "contents"),
    "a field of another route": ({"content": "x", "username": "x"}, "username"),
    "a nonce of 26": ({"content": "x", "nonce": "x" * 26}, "nonce"),
    "the ephemeral flag": ({"content": "x", "flags": 64}, "flags"),
    "mentions of the unknown": (
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        "allowed_mentions.parse",
    ),
    "mentions that exclude each other": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions",
    ),
    "101 people to mention": (
        {"content": "x", "allowed_mentions": {"users": ["1"] * 101}},
        "allowed_mentions.users",
    ),
    "an answer to nothing": ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference"),
}  # fmt: skip


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN)
async def test_a_message_is_taken(wire: Wire, inn: Inn, body: dict[str, Any]) -> None:
    tavern = inn.channels["tavern"]
    answer = await wire.asks("POST", f"/channels/{tavern.id}/messages", body)
    assert answer.status == 200, answer.body
    assert [shown.message.id for shown in tavern.posts] == [answer.body["id"]]


@pytest.mark.parametrize(("body", "field"), REFUSED.values(), ids=REFUSED)
async def test_a_message_is_refused_and_the_field_is_named(
    wire: Wire, inn: Inn, body: dict[str, Any], field: str
) -> None:
    tavern = inn.channels["tavern"]
    answer = await wire.asks("POST", f"/channels/{tavern.id}/messages", body)
    assert (answer.status, answer.code, answer.faults) == (400, 50035, [field])
    assert tavern.posts == []


@pytest.mark.parametrize(
    "body", [{}, {"content": " \n"}, {"embeds": []}, {"content": None, "components": []}]
)
async def test_an_empty_message_is_refused(wire: Wire, inn: Inn, body: dict[str, Any]) -> None:
    answer = await wire.asks("POST", f"/channels/{inn.channels['tavern'].id}/messages", body)
    assert (answer.status, answer.code) == (400, 50006)


async def test_no_message_is_edited_until_nothing_is_left(wire: Wire, inn: Inn) -> None:
    path = f"/channels/{inn.channels['tavern'].id}/messages"
    said = await wire.asks("POST", path, {"content": "Hello", "embeds": [{"title": "Merlin"}]})
    assert (await wire.asks("PATCH", f"{path}/{said.body['id']}", {"content": ""})).status == 200
    assert (await wire.asks("PATCH", f"{path}/{said.body['id']}", {"embeds": []})).code == 50006
    assert inn.channels["tavern"].posts[0].text == "Merlin"


async def test_a_body_that_is_no_json_is_refused(wire: Wire, inn: Inn) -> None:
    answer = await wire.asks("POST", f"/channels/{inn.channels['tavern'].id}/messages", b"{")
    assert (answer.status, answer.code) == (400, 50109)
    answer = await wire.asks("POST", f"/channels/{inn.channels['tavern'].id}/messages", ["x"])
    assert (answer.status, answer.code) == (400, 50035)


async def test_the_same_nonce_says_it_once(wire: Wire, discord: FakeDiscord, mira: Person) -> None:
    path = f"/channels/{mira.dm.id}/messages"
    body = {"content": "Merlin waits", "nonce": "call-1", "enforce_nonce": True}
    once, again = await wire.asks("POST", path, body), await wire.asks("POST", path, body)
    assert once.body["id"] == again.body["id"]
    assert len(mira.dms) == 1
    await wire.asks("POST", path, body | {"nonce": "call-2"})
    assert len(mira.dms) == 2
    discord.moves_clock(minutes=5.1)
    await wire.asks("POST", path, body)
    assert len(mira.dms) == 3


async def test_a_nonce_that_is_not_enforced_says_it_twice(wire: Wire, mira: Person) -> None:
    for _ in range(2):
        await wire.asks("POST", f"/channels/{mira.dm.id}/messages", {"content": "x", "nonce": "call-1"})
    assert len(mira.dms) == 2


async def test_files_are_kept_and_told_of(wire: Wire, inn: Inn) -> None:
    tavern = inn.channels["tavern"]
    body = embed(image={"url": "attachment://a.png"}) | {
        "attachments": [{"id": 0, "filename": "a.png", "description": "Merlin"}]
    }
    answer = await wire.asks("POST", f"/channels/{tavern.id}/messages", body, files={"a.png": b"picture"})
    (told,) = answer.body["attachments"]
    assert (told["filename"], told["size"], told["description"]) == ("a.png", 7, "Merlin")
    assert tavern.posts[0].pictures == {"a.png": b"picture"}
    async with wire.http.get(told["url"]) as file:
        assert await file.read() == b"picture"


async def test_an_edit_keeps_and_drops_files(wire: Wire, inn: Inn) -> None:
    tavern = inn.channels["tavern"]
    path = f"/channels/{tavern.id}/messages"
    said = await wire.asks("POST", path, {"content": "x"}, files={"a.txt": b"a", "b.txt": b"b"})
    first = said.body["attachments"][0]["id"]
    there = f"{path}/{said.body['id']}"
    shows = [{"title": "x", "image": {"url": "attachment://b.txt"}}]
    assert (await wire.asks("PATCH", there, {"content": "y", "embeds": shows})).status == 200
    assert list(tavern.posts[0].files) == ["a.txt", "b.txt"]
    edit = {"attachments": [{"id": first}, {"id": 0, "filename": "c.txt"}]}
    await wire.asks("PATCH", there, edit, files={"c.txt": b"c"})
    assert tavern.posts[0].files == {"a.txt": b"a", "c.txt": b"c"}
    refused = await wire.asks("PATCH", there, {"attachments": [{"id": "12345"}]})
    assert refused.faults == ["attachments.0.id"]


async def test_too_many_and_too_large_files_are_refused(wire: Wire, inn: Inn) -> None:
    path = f"/channels/{inn.channels['tavern'].id}/messages"
    eleven = await wire.asks("POST", path, {"content": "x"}, files={f"{n}.txt": b"x" for n in range(11)})
    assert eleven.faults == ["attachments"]
    large = await wire.asks("POST", path, {"content": "x"}, files={"a.bin": b"x" * (10 * MIB + 1)})
    assert (large.status, large.code) == (413, 40005)
    together = await wire.asks(
        "POST", path, {"content": "x"}, files={f"{n}": b"x" * MIB * 9 for n in range(3)}
    )
    assert (together.status, together.code) == (413, 40005)
    for described, field in (
        ({"filename": "x" * 261}, "filename"),
        ({"description": "x" * 1025}, "description"),
    ):
        body = {"content": "x", "attachments": [{"id": 0, **described}]}
        refused = await wire.asks("POST", path, body, files={"a.txt": b"a"})
        assert refused.faults == [f"attachments.0.{field}"]
