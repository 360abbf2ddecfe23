"""A hostile persona can do no more than talk."""

import io
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cast_samples import VOICES, WIZARD
from hostile_personas import HOSTILE, Hostile
from rich.console import Console

from bot.calls.announcing import build_public_card
from bot.calls.opening import Doorway
from bot.cast import Cast, LiveCast, read_cast
from bot.domain.context import build_context
from bot.domain.hosted import build_hosted_link
from bot.domain.inbound import build_inbound
from bot.domain.initiation import (
    Initiation,
    build_code_initiation,
    build_initiation,
    build_prompt,
    build_variables,
)
from bot.domain.permission import Rule
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord
from bot.domain.reply import Reply
from bot.domain.variables import PLACEHOLDER, SYSTEM_VARIABLES, fill_placeholders
from bot.fronts import rendering
from bot.fronts.discord.buttons import Owner
from bot.fronts.discord.rendering import render as render_for_discord
from bot.web.talk import show
from tests.domain.making import make_occasion
from tests.fronts.discord.reading import read
from tests.fronts.discord.showing import speech as discord_speech
from tests.fronts.slack.reading import live, within_ours
from tests.fronts.slack.showing import sent as sent_to_slack
from tests.fronts.slack.showing import shown as shown_in_slack
from tests.fronts.slack.showing import words_of

SHIPPED = Path(__file__).parents[2] / "personas"
SECONDS = 60
LOADED = [one for one in HOSTILE if one.harmless]
RECORD = PersonRecord(name="Mira")
ALLOWED_FIELDS = {
    "agent.prompt.prompt", "agent.prompt.llm", "agent.first_message", "agent.language", "tts.voice_id",
    "tts.model_id", "tts.stability", "tts.similarity_boost", "tts.speed",
    "conversation.max_duration_seconds", "conversation.text_only",
}  # fmt: skip
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def put(path: Path, made: Any) -> None:
    if callable(made):
        made(path)
    else:
        path.write_bytes(made.encode(errors="surrogatepass") if isinstance(made, str) else made)


def make_folder(folder: Path, hostile: Hostile) -> Path:
    folder.mkdir()
    shutil.copy(SHIPPED / "house-rules.md", folder)
    (folder / "voices.yaml").write_text(VOICES)
    (folder / "wizard.md").write_text(WIZARD)
    shutil.copytree(folder, folder.with_name("before"))
    for name, made in {**hostile.beside, hostile.name: hostile.text}.items():
        put(folder / name, made)
    return folder


def read_in_time(folder: Path) -> Cast:
    """Read a folder to which something came; one that holds the reader up, as a pipe might, fails."""
    found: list[Cast] = []
    before = read_cast(folder.with_name("before"))
    reader = threading.Thread(target=lambda: found.append(read_cast(folder, before)), daemon=True)
    reader.start()
    reader.join(SECONDS)
    assert found, "the reader hangs"
    return found[0]


@pytest.fixture
def cast(request: pytest.FixtureRequest, tmp_path: Path) -> Cast:
    return read_in_time(make_folder(tmp_path / "cast", request.param))


def by_what(hostiles: list[Hostile]) -> dict[str, Any]:
    return {"argvalues": hostiles, "ids": [ascii(one.what) for one in hostiles]}


@pytest.fixture
def spy(cast: Cast) -> Persona:
    (slug,) = set(cast.personas) - {"wizard"}
    return cast.personas[slug]


def test_there_are_a_hundred_of_them_and_each_is_another_one():
    assert len(HOSTILE) >= 100
    assert len({one.what for one in HOSTILE}) == len(HOSTILE)
    assert not [one.what for one in HOSTILE if one.harmless and one.refused]


@pytest.mark.parametrize("hostile", **by_what([one for one in HOSTILE if not one.harmless]))
def test_it_is_refused_with_one_sentence_and_the_others_stay(tmp_path, hostile):
    cast = read_in_time(make_folder(tmp_path / "cast", hostile))
    assert set(cast.personas) == {"wizard"}
    assert cast.personas["wizard"].source == WIZARD
    reasons = [problem.reason for problem in cast.problems if problem.path.name == hostile.name]
    assert any(hostile.refused in reason for reason in reasons), reasons
    for reason in reasons:
        assert not CONTROL.search(reason), reason
        assert "root:" not in reason
        assert len(reason) < 600


@pytest.mark.parametrize("cast", **by_what(LOADED), indirect=True)
def test_house_rules_stand_first_in_every_prompt_of_every_delivery(cast: Cast, spy: Persona):
    for built in every_initiation(cast, spy):
        prompt = built.override["agent"]["prompt"]["prompt"]
        check_prompt(prompt, cast.house_rules, spy, built.variables)
        fields = dict(leaves(built.as_message()["conversation_config_override"]))
        assert set(fields) <= ALLOWED_FIELDS
        assert fields["tts.voice_id"] == "JBFqnCBsd6RMkjVDRZzb"
        assert fields["conversation.max_duration_seconds"] <= 3_600
        check_variables(built.variables)
    node = build_prompt(spy, cast.house_rules)
    check_prompt(node, cast.house_rules, spy, build_variables(spy, RECORD, "", make_occasion()))


def every_initiation(cast: Cast, spy: Persona) -> Iterator[Initiation]:
    """Yield what starts a call by page, chat, telephone, from outside and at a hosted link."""
    topic = " ".join(key for entry in spy.lore for key in entry.keys)
    context = build_context(RECORD, spy, topic, names={})
    for how in ({}, {"text_only": True}, {"by_phone": True}, {"cast_as": spy.slug}):
        occasion = make_occasion(topic=topic, **how)
        yield build_initiation(spy, cast.house_rules, RECORD, context, occasion)
    occasion = make_occasion(by_phone=True)
    yield build_inbound(spy, cast.house_rules, RECORD, context, occasion, {}, ALLOWED_FIELDS)


def check_prompt(prompt: str, rules: str, spy: Persona, values: Mapping[str, Any]) -> None:
    assert prompt.startswith(f"{rules}\n\n")
    assert prompt.count(rules) == 1
    assert prompt.index(spy.body) > len(rules)
    named = {found[1] for found in PLACEHOLDER.finditer(prompt)}
    assert named <= values.keys() | SYSTEM_VARIABLES
    assert not any(name.startswith("secret__") for name in named)
    assert fill_placeholders(prompt, values).startswith(fill_placeholders(rules, values))


def check_variables(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        assert isinstance(value, str | int | float | bool)
        assert not name.startswith(("secret__", "system__"))
        assert not re.search(r"\{\{|\}\}", str(value)), name
        assert not CONTROL.search(str(value)), name


def leaves(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


@pytest.mark.parametrize("cast", **by_what(LOADED), indirect=True)
def test_its_lore_is_one_line_each_and_its_link_is_of_our_form(cast: Cast, spy: Persona):
    topic = " ".join(key for entry in spy.lore for key in entry.keys) or "owl"
    context = build_context(RECORD, spy, topic, names={})
    told = [line for line in context.splitlines() if line.endswith(":")]
    assert told == (["What you know of this matter:"] if spy.lore else [])
    values = build_variables(spy, RECORD, context, make_occasion(cast_as=spy.slug))
    url = build_hosted_link("https://elevenlabs.io/app/talk-to", "agent_1", spy, values, hint=True).url
    assert re.fullmatch(r"https://elevenlabs\.io/app/talk-to\?agent_id=agent_1&vars=[A-Za-z0-9%]+", url)
    assert len(url) <= 1_800


def test_a_call_that_reads_a_code_has_nothing_of_any_character():
    built = build_code_initiation(
        "123456", "# House rules\nBe kind.", ALLOWED_FIELDS,
        community="us", crisis_line="112", call_ref="ref", user_id="person", is_hosted=False,
    )  # fmt: skip
    prompt = built.override["agent"]["prompt"]["prompt"]
    assert prompt.startswith("# House rules\nBe kind.\n\n")
    assert "Read this code aloud" in prompt


@pytest.mark.anyio
@pytest.mark.parametrize("cast", **by_what(LOADED), indirect=True)
async def test_its_words_are_words_on_every_front(cast: Cast, spy: Persona):
    notice = build_public_card(spy, Rule("", spy.slug))
    reply = Reply(cards=(notice.card,), choices=notice.choices)
    house: Any = SimpleNamespace(cast=SimpleNamespace(of_slug=lambda _: spy, read_picture=lambda _: b""))
    message = await render_for_discord(house, reply, discord_speech(), Owner("1", None))
    [embed] = message.embeds
    for text in (embed.title, embed.description):
        assert read(text or "").live == [], text
    slack = sent_to_slack(await shown_in_slack(reply))
    for text in (*words_of(slack, "mrkdwn"), slack["text"]):
        assert live(within_ours(text)) == [], text
    paper = io.StringIO()
    rendering.render(Console(file=paper, width=200, color_system=None), reply)
    assert not CONTROL.search(paper.getvalue())
    page = show(Doorway(spy, "", asks=False), {}, has_rooms=False)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_picture_that_becomes_a_link_after_it_was_read_shows_nothing_from_elsewhere(tmp_path):
    text = WIZARD.replace("name: Merlin", "name: Spy\npicture: a.png")
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
    folder = make_folder(tmp_path / "cast", Hostile("x", text, beside={"a.png": picture}))
    (tmp_path / "secret.png").write_bytes(picture + b"secret")
    cast = LiveCast(folder)
    assert cast.read_picture(cast.of_slug("spy")) == picture
    (folder / "a.png").unlink()
    (folder / "a.png").symlink_to(tmp_path / "secret.png")
    assert cast.read_picture(cast.of_slug("spy")) == b""
