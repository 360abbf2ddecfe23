"""German: complete, within Discord's limits, true to the English, and never about people's own words."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.domain.reply import Card, Choice, Reply
from bot.fronts import forms
from bot.fronts.discord import slash
from bot.fronts.discord.chats import DirectScreen
from bot.fronts.discord.completing import complete_what
from bot.fronts.discord.speech import Speech
from bot.fronts.discord.translator import Dictionary
from bot.fronts.languages.catalogue import CATALOGUES, catalogue_for
from bot.fronts.languages.german import GERMAN, PARTS
from bot.fronts.languages.holes import Kinds, kind_of
from tests.fronts.discord.showing import shown as shown_on_discord
from tests.fronts.english import SOMEBODY, Found, Reader, room_of, rooms
from tests.fronts.shown import find_in, find_shown, has_our_words

DE = catalogue_for("de")
HOLE = re.compile(r"\{(\w+)\}")
NAME = re.compile(r"[-_\w]{1,32}")

NOT_ALONE = {
    r"^Choose 0 to 1,200 Zyx": "read without who calls it; with them it is found as well",
    r"^chat\.json is damaged: Zyx": "read without who found it; tested by its words below",
    r"^Choose Zyx or Zyx\.$": "made of a list; tested by its words below",
    r"^chat\.json (This file |…?Zyx )?Zyx$": "a wrapper around reasons that are found by themselves",
    r"^Zyx Post it": "goes on after another refusal, which is found by itself",
    r"(called only|by everybody).* any more\.$": "only a rule that switches off is told like this",
    r"^Zyx are used up": "read without its table, which is tested below",
}
"""What has no German, and why."""

TOGETHER = re.compile(
    r"all with Zyx,.* you wanted (?!Zyx)|all with (?!Zyx).* you wanted Zyx|place (codes|somebody)"
)
"""What the reader puts together though it never comes together: one name twice is the same."""

SAMPLES = {
    "n": "1,200",
    "bar": "▰▰▱",
    "when": "Sun 29 Nov, 00:00 (Europe/Berlin)",
    "moment": "22 Nov 2026, 10:03",
    "day": "3 October 2026",
    "length": "5 minutes 3 s",
    "numbers": "+49 ••• 678",
    "either": "#tavern or #cellar",
    "options": "Ann (ann) or Anna (anna)",
    "place": "on Slack",
    "accounts": f"{SOMEBODY} on Slack and {SOMEBODY} in the terminal",
}


def templates() -> Iterator[tuple[str, str, str]]:
    """Yield every template with its German, and the hole that it stands in if it is a part of a sentence."""
    for part in PARTS:
        for template, said in part.items():
            yield template, said, ""
    for hole, phrases in GERMAN.grammar.phrases.items():
        for template, said in phrases.items():
            yield template, said, hole


def sample(hole: str) -> str:
    """Return what may stand in a hole."""
    kind = kind_of(hole)
    if kind in GERMAN.grammar.phrases:
        first = next(iter(GERMAN.grammar.phrases[kind]))
        return HOLE.sub(lambda found: sample(found[1]), first)
    if kind in GERMAN.grammar.counted:
        return f"3 {GERMAN.grammar.counted[kind][0][1]}"
    return SAMPLES.get(kind, SOMEBODY)


def filled(template: str) -> str:
    return HOLE.sub(lambda found: sample(found[1]), template)


# --- commands -------------------------------------------------------------------------------------------


async def payloads() -> list[dict[str, Any]]:
    client = discord.Client(intents=discord.Intents.none())
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    return [await command.get_translated_payload(tree, Dictionary()) for command in slash.COMMANDS]


def walk(nodes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield nodes
    for node in nodes:
        yield from walk(node.get("options", []))


@pytest.mark.anyio
async def test_every_command_and_option_is_called_something_in_german():
    for level in walk(await payloads()):
        for node in level:
            name = node["name_localizations"]["de"]
            said = node["description_localizations"]["de"]
            assert NAME.fullmatch(name), node["name"]
            assert name == name.lower()
            assert 1 <= len(said) <= 100, (node["name"], said)
            for choice in node.get("choices", []):
                assert 1 <= len(choice["name_localizations"]["de"]) <= 100
        names = [node["name_localizations"]["de"] for node in level]
        assert len(set(names)) == len(names), names


@pytest.mark.anyio
async def test_a_whole_command_has_room_for_its_german():
    def size(node: dict[str, Any]) -> int:
        longest = (
            max(len(node[key]), *map(len, node.get(f"{key}_localizations", {"": ""}).values()))
            for key in ("name", "description")
            if key in node
        )
        parts = [*node.get("options", []), *node.get("choices", [])]
        return sum(longest) + sum(map(size, parts)) + len(str(node.get("value", "")))

    assert all(size(command) <= 8_000 for command in await payloads())


@pytest.mark.anyio
async def test_only_german_is_said_in_german():
    for level in walk(await payloads()):
        assert all(set(node["name_localizations"]) == {"de"} for node in level)
    assert set(CATALOGUES) == {"de"}


@pytest.mark.anyio
@pytest.mark.parametrize(("typed", "offered"), [("", True), ("Al", True), ("every", True), ("wiz", False)])
async def test_everything_is_offered_by_either_name_and_called_as_it_is_in_german(typed, offered):
    client = SimpleNamespace(callers=SimpleNamespace(get=lambda _it: None))
    for locale, called in ((discord.Locale.german, "alles"), (discord.Locale.french, "everything")):
        it: Any = SimpleNamespace(locale=locale, client=client, command=None)
        if typed == "Al" and called != "alles":
            continue
        found = [(choice.name, choice.value) for choice in await complete_what(it, typed)]
        assert found == ([(called, "everything")] if offered else [])


@pytest.mark.anyio
async def test_what_a_character_got_to_say_is_labelled_in_german():
    sent: list[str] = []

    async def send(text, **_):
        sent.append(text)

    async def done(*_):
        pass

    channel: Any = SimpleNamespace(send=send)
    screen = DirectScreen(channel, Speech(DE, lambda _kind, _id: "", {}), done, done)
    await screen.speak("Search", "Nothing was changed.")
    await screen.speak("Search, interrupted", "Nothing was")
    assert sent == ["**Search:** Nothing was changed.", "**Search, unterbrochen:** Nothing was"]


def test_every_form_is_german_and_fits_its_modal():
    for form in forms.FORMS.values():
        for text, most in ((form.title, 45), (form.label, 45), (form.placeholder, 100)):
            if any(map(str.isalpha, text)):
                said = DE.find(text)
                assert said is not None, text
                assert len(said) <= most, said


# --- templates ------------------------------------------------------------------------------------------


def test_every_template_has_the_holes_of_its_english():
    for template, said, _ in templates():
        assert set(HOLE.findall(template)) == set(HOLE.findall(said)), template
        assert not re.search(r"[{}]", HOLE.sub("", template + said)), template
        assert said == said.strip(), template


def test_no_sentence_stands_in_two_places():
    twice = [text for text, count in Counter(text for part in PARTS for text in part).items() if count > 1]
    assert not twice


def test_every_template_is_found_with_anything_in_its_holes():
    kinds = {*Kinds(GERMAN.grammar).patterns, *GERMAN.grammar.phrases}
    for template, said, hole in templates():
        text = filled(template)
        found = DE.find_phrase(hole, text) if hole else DE.find(text)
        assert found is not None, template
        assert all(part in found for part in HOLE.split(said)[::2]), (template, found)
        people = [name for name in HOLE.findall(template) if kind_of(name) not in kinds]
        assert found.count(SOMEBODY) >= len(set(people)), (template, found)


def test_labels_are_short():
    for found in shown():
        said = DE.find(found.text) or ""
        most = {"Choice.label": 80, "Card.title": 256, "field name": 256}.get(found.place, 2_000)
        assert len(said) <= most, said
        if found.place == "Choice.label" and SOMEBODY not in found.text and len(found.text) <= 38:
            assert len(said) <= 38, said


# --- completeness ---------------------------------------------------------------------------------------


def shown() -> list[Found]:
    return [found for found in find_shown() if has_our_words(found)]


def test_every_sentence_that_a_member_can_meet_has_german():
    found = shown()
    assert len({one.where for one in found}) > 250, "the source is read as it was"
    missing = {}
    for one in found:
        text = one.text
        if DE.find(text) is None and not any(re.search(pattern, text) for pattern in NOT_ALONE):
            missing[text] = one.where
    assert not missing, "\n".join(f"{where}: {text}" for text, where in missing.items())


NEW = """
GREETING = "A new greeting."

def greet(house, name, is_late):
    text = f"{name} greets you" + (" late." if is_late else ".")
    text += _more(name)
    card = Card("A new title", GREETING, footer=f"{plural(3, 'new thing')} here", fields=(("Newly", "so"),))
    return Reply(text, cards=(card,), choices=(Choice("A new button", "call"),))

def _more(name):
    return "" if not name else f" {name} is new."

def refuse():
    raise CallRefused("A new refusal.")
"""


def test_a_new_sentence_is_read_out_of_the_source():
    found = {
        one.text for one in find_in("bot.fronts.new", room_of(Path("new.py"), NEW)) if has_our_words(one)
    }
    assert found == {
        *("Zyx greets you late.", "Zyx greets you."),
        *("Zyx greets you late. Zyx is new.", "Zyx greets you. Zyx is new."),
        *("A new title", "A new greeting.", "1 new thing here", "3 new things here", "Newly", "so"),
        *("A new button", "A new refusal."),
    }
    assert all(DE.find(text) is None for text in found)


def test_a_sentence_that_nobody_translated_is_noticed():
    assert DE.find("Here is something new for Merlin.") is None
    assert DE.find("Nothing was changed. Here is something new.") is None
    assert (
        DE.say("Nothing was changed. Here is something new.") == "Nothing was changed. Here is something new."
    )


def test_no_english_is_left_where_german_is_said():
    parts = {
        part.strip(" .;:,·") for template, _, _ in templates() for part in re.split(r"\{\w+\}|\n", template)
    }
    english = {part for part in parts if part.count(" ") > 2}
    left = {}
    for one in shown():
        said = DE.find(one.text)
        if said and not TOGETHER.search(one.text):
            left |= {f"{part}: {said}": one.where for part in english if part in said}
    assert not left, left


def test_every_reason_why_nobody_was_reached_has_german():
    reasons = {"no reason was given", "it was too late", "it did not work", "nobody said anything"}
    for home in ("bot.domain.dialing", "bot.calls.dialing", "bot.calls.ringing", "bot.calls.finishing"):
        room = rooms()[home]
        for name, value in room.constants.items():
            if not name.startswith("_") and name.isupper():
                reasons |= set(Reader(room, None, {}).read(value))
                reasons |= set(Reader(room, None, {})._values(value))
    ringing = rooms()["bot.calls.ringing"]
    for name in ("reason_not_to_ring", "reason_of_cost", "in_words"):
        reasons |= set(returned("bot.calls.ringing", name))
    reasons |= set(Reader(ringing, None, {}).read(rooms()["bot.domain.phone"].constants["WANTS_NO_CALLS"]))
    ours = {text for text in reasons if text[:1].isalpha() and " " in text and SOMEBODY not in text}
    assert len(ours) > 25
    missing = [text for text in ours if DE.find_phrase("reason", text) is None]
    assert not missing


def returned(home: str, name: str, **given: list[str]) -> list[str]:
    """Return what a function of ours may return."""
    room = rooms()[home]
    function = room.functions[name]
    reader = Reader(room, function, given)
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
    return [text for value in values for text in reader.read(value)]


def test_what_is_made_of_lists_has_german():
    texts = [
        "Choose everybody, nobody or age-restricted.",
        *returned("bot.calls.accounts", "consent_text", number=["+49 ••• 678"]),
        *returned("bot.calls.first_call", "card_text"),
    ]
    reserving = rooms()["storage.sqlite.reserving"]
    codes = re.findall(r'"(The codes that [^"]+)"', reserving.path.read_text())
    texts += [f"{code} are used up; there is more from 1 December 2026, 00:00 UTC on." for code in codes]
    other_files = re.findall(r'": "(is [^"]+)",', rooms()["bot.records.raw"].path.read_text())
    texts += [f"chat.json {reason}" for reason in other_files]
    damaged = ("the profile", "message 1,200 of conversation 3", "the heading of conversation 3")
    texts += [
        f"chat.json is damaged: {where} contains half a character; export it again." for where in damaged
    ]
    left_out = re.findall(
        r'Reason\(\s*f?"([^"]+)",\s*f?"([^"]+)"', rooms()["bot.records.reasons"].path.read_text()
    )
    named = [(one.format(200_000), many) for one, many in left_out if "{" not in one]
    texts += [f"Left out: 1 {one}." for one, _ in named] + [f"Left out: 1,200 {many}." for _, many in named]
    assert len(codes) >= 4 <= len(other_files)
    assert len(named) > 12
    missing = [text for text in texts if DE.find(text) is None]
    assert not missing


@pytest.mark.parametrize(
    "text",
    [
        "Cancel Merlin, Sun 29 Nov, 00:00 (UTC)",
        "Cancel Merlin, Sun 29 Nov, 00:00 (UTC) · bees",
        "20 more are held until your calls are over; all back Sun 29 Nov, 00:00 (UTC)",
        "1,200 credits, 3 calls, 5 minutes",
        "1,200 of 2,000 credits, 3 calls, 5 minutes",
        "▰▰▱▱▱▱▱▱▱▱  40 %: 1,200 of 2,000 credits, 1 call, 8 seconds",
        "▰▰▱▱▱▱▱▱▱▱  1,200  1 call, 8 seconds",
        "▰▰▱▱▱▱▱▱▱▱    200  1 call, 8 seconds, 1,200 last month",
        "1,200 credits: delivery public link, 100 before",
        "1,200 credits: character Merlin, 100 before",
        "1,200 credits: place direct messages, 100 before",
        "what a member, or this server, may use",
        *("By delivery", "By character", "By place", "link", "public link", "phone", "chat", "unknown"),
        *("codes read aloud", "direct messages", "somebody who is gone", "Nothing yet.", "From The Inn:"),
        "12 altogether, the newest first. None of this is told at the moment.",
        "Understood as: ChatGPT export and list of messages, JSON Lines.",
        ("Calls have cost 500 of 1,000 credits in 2026-11, which is 50 %. /troupe cost shows what for."),
        "Calls have cost 1,000 of 1,000 credits in 2026-11, which is 100 %. No new call begins this month.",
    ],
)
def test_what_the_reader_cannot_put_together_has_german(text):
    assert DE.find(text) is not None


# --- numbers, dates and lengths -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "3 calls today and 20 minutes this month are left.",
            "Übrig: heute 3 Anrufe, diesen Monat 20 Minuten.",
        ),
        ("1 call today and 1 minute this month are left.", "Übrig: heute 1 Anruf, diesen Monat 1 Minute."),
        ("all back Sun 29 Nov, 00:00 (UTC)", "alle wieder da: So. 29. Nov., 00:00 (UTC)"),
        ("Your call with Merlin · 5 minutes 3 s", "Dein Anruf bei Merlin · 5 Minuten 3 s"),
        ("Your call with Merlin · 1 minute", "Dein Anruf bei Merlin · 1 Minute"),
        ("Your call with Merlin · 8 seconds", "Dein Anruf bei Merlin · 8 Sekunden"),
        ("From 3 March 2026 to 3 October 2026.", "Vom 3. März 2026 bis 3. Oktober 2026."),
        ("▰▰▱▱▱  1,200 of 12,000 left", "▰▰▱▱▱  1.200 von 12.000 übrig"),
        (
            "Erased here: 1 call, 2 turns. 1 conversation will be erased at ElevenLabs as well.",
            "Hier gelöscht: 1 Anruf, 2 Beiträge. Bei ElevenLabs wird ebenfalls gelöscht: 1 Gespräch.",
        ),
        (
            "Merlin · 22 May 2026, 10:03 · failed: the line was busy · “bees”",
            "Merlin · 22. Mai 2026, 10:03 · gescheitert: es war besetzt · „bees“",
        ),
        (
            "The call with Merlin failed: Quota exceeded. Oh. Nothing was used. You can simply call again.",
            (
                "Der Anruf bei Merlin ist gescheitert: Quota exceeded. Oh. Es wurde nichts verbraucht. "
                "Du kannst einfach noch einmal anrufen."
            ),
        ),
        ("Saved 2 conversations. Dr. No will know.", "Gespeichert: 2 Gespräche. Dr. No wird es wissen."),
        (
            "Ann on Slack, Dr. No on Discord and somebody in the terminal; the allowance is shared",
            "Ann auf Slack, Dr. No auf Discord und jemand im Terminal; das Kontingent ist gemeinsam",
        ),
        ("Linked with Tom and Ann elsewhere.", "Verbunden mit Tom and Ann anderswo."),
        ("2. 3 October 2026, told to Ann, on Slack", "2. 3. Oktober 2026, zu Ann gesagt, auf Slack"),
        ("Dr. No remembers nothing; remembering is on.", "Dr. No merkt sich nichts; Erinnern ist an."),
        (
            "Only numbers of AT, CH and DE can be rung here: give one of those.",
            "Hier lassen sich nur Nummern aus AT, CH und DE anrufen: Gib so eine an.",
        ),
    ],
)
def test_what_is_counted_and_dated_is_german_too(english, german):
    assert DE.say(english) == german


# --- words of people and characters ---------------------------------------------------------------------

OURS = [
    "Nothing was changed.",
    "You hung up.",
    "Merlin hung up.",
    "Everything",
    "3 calls today and 20 minutes this month are left.",
    "Are you sure?",
    "nobody answered",
    "Search",
    "Deleted. Merlin will not be told that any more.",
    "is on · off, for you; and 1,200 others",
]


@pytest.mark.parametrize("words", OURS)
@pytest.mark.parametrize(
    "template",
    [
        "Merlin will know: “{}”",
        "Merlin will know instead: “{}”",
        "This deletes: “{}” Merlin will not be told that any more. It cannot be undone.",
        "Correct 1: {}",
        "Cancel Merlin, Sun 29 Nov, 00:00 (UTC) · {}",
        "Merlin · 22 Nov 2026, 10:03 · 8 seconds · “{}”",
        "Merlin · 22 Nov 2026, 10:03 · 8 seconds · on Slack · “{}” · the recap could not be delivered",
        "Merlin · rings Sun 29 Nov, 00:00 (UTC) · “{}”",
        "{} remembers you.",
        "Linked with {} on Slack. You have one allowance, and memory is shared.",
        "{}\n\nPress the button for a link of your own; nobody else sees it.",
        "Calls are paused at the moment: {}. Try again later; nothing was used.",
        "No call begins at the moment: {}.",
        "since Sun 29 Nov, 00:00 (UTC): {}",
        "Nobody here is described by “{}”.",
        "There is no character called “{}”; there are captain, wizard.",
        "1 profile field: notes = {}.",
        "From {}:",
        "shared by {}",
        "by {}",
        "What will {} know?",
        (
            "{} is an AI. What you say is transcribed by ElevenLabs and kept by The Inn so that {} remembers "
            "you. See or erase it any time: /memory, /forget. You must be 18 or older."
        ),
    ],
)
def test_somebodys_words_in_a_sentence_of_ours_stay(template, words):
    text = template.replace("{}", words)
    said = DE.say(text)
    assert words in said
    assert said != text


@pytest.mark.parametrize("words", OURS)
def test_words_in_quotation_marks_stay(words):
    assert DE.say(f"“{words}”") == f"“{words}”"
    assert DE.say(f"“{words}” “{words}”") == f"“{words}” “{words}”"


@pytest.mark.parametrize("words", OURS)
def test_what_is_shown_to_the_letter_is_not_even_looked_up(words):
    speech = Speech(DE, lambda _kind, _id: "", {"memory": 1})
    assert speech.verbatim(f"{words} /memory") == f"{words} /memory"


@pytest.mark.anyio
@pytest.mark.parametrize("words", OURS)
async def test_titles_labels_and_values_that_are_somebodys_stay(words):
    card = Card(
        words,
        words,
        fields=(("Search", words),),
        is_verbatim=True,
        has_verbatim_title=True,
    )
    reply = Reply(cards=(card,), choices=(Choice(words, "call", is_verbatim=True), Choice("Search", "help")))
    message = await shown_on_discord(reply, Speech(DE, lambda _kind, _id: "", {}))
    (embed,) = message.to_send()["embeds"]
    assert [embed.title, embed.description] == [words, words]
    assert [(field.name, field.value) for field in embed.fields] == [("Suchen", words)]
    assert [item.item.label for row in message.rows for item in row] == [words, "Suchen"]


@pytest.mark.anyio
async def test_a_file_beside_an_answer_translates_no_ones_words():
    words = "Nothing was changed."
    long = Card("Search", "x" * 9_000, fields=(("Search", words),), has_verbatim_fields=True)
    message = await shown_on_discord(Reply(cards=(long,)), Speech(DE, lambda _kind, _id: "", {}))
    assert message.files["whole.txt"].decode().endswith(f"\nSuchen: {words}\n")


def test_a_text_with_anything_unknown_in_it_stays_as_it_is():
    context = "A record of the past.\nNothing was changed.\nYou hung up."
    assert DE.say(context) == context
    assert DE.say("Mira hums. Nothing was changed.") == "Mira hums. Nothing was changed."


@pytest.mark.parametrize(
    "text", ["", " ", "{", "{}", "{name}", "“", "\n", "a" * 5_000, ". " * 1_500, "· " * 300, "\ud800"]
)
def test_no_text_is_too_odd(text):
    assert DE.say(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "This deletes: “" + "” " * 1_990,
        "In " + ", " * 1_990 + "in a channel.",
        "In a, b can be called only by " + "a or b, " * 490,
        "Cancel " + "Sun 29 Nov, 00:00 · " * 190,
        "Linked with " + "Zyx on Slack and " * 230,
        "Erased here: " + "1 call, " * 490,
        "Zyx · 22 Nov 2026, 10:03 · failed: " + " · “" * 990,
        "Merlin knows. " * 280,
    ],
)
def test_a_text_that_would_take_long_is_not_looked_up(text):
    assert len(text) > 3_000
    assert DE.say(text) == text
    assert DE.say(f"{text}\nNothing was changed.") == f"{text}\nNothing was changed."


def test_many_short_lines_take_no_longer_than_a_long_one():
    profile = "20 profile fields: " + "k" * 1_000 + "."
    preview = "\n".join([profile, *["Without dates."] * 30])
    assert DE.say(preview).endswith("Ohne Datum.")
    assert DE.say("\n".join([profile] * 3)) == "\n".join([profile] * 3)


def test_english_stays_english():
    for locale in ("en-US", "en-GB", "fr", "", "zz-ZZ"):
        assert catalogue_for(locale).say("Nothing was changed.") == "Nothing was changed."
    assert catalogue_for("de-AT") is DE
