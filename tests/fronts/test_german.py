"""German: complete, and true to the English."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.languages.german import GERMAN, PARTS
from bot.fronts.languages.holes import Kinds, kind_of
from tests.fronts.english import SOMEBODY, Found, Reader, room_of, rooms
from tests.fronts.shown import find_in, find_shown, has_our_words

DE = catalogue_for("de")
HOLE = re.compile(r"\{(\w+)\}")

NOT_ALONE = {
    r"^Choose 0 to 1,200 Zyx": "read without who calls it; with them it is found as well",
    r"^chat\.json is damaged: Zyx": "read without who found it; tested by its words below",
    r"^Choose Zyx or Zyx\.$": "made of a list; tested by its words below",
    r"^chat\.json (This file |…?Zyx )?Zyx$": "a wrapper around reasons that are found by themselves",
    r"^Zyx Post it": "goes on after another refusal, which is found by itself",
    r"(called only|by everybody).* any more\.$": "only a rule that switches off is told like this",
    r"^Troupe$": "a name",
    r"^Your last calls:\nZyx$": "its lines are those of the history, found by themselves",
    r"^Zyx are used up": "read without its table, which is tested below",
    r"^This process since its start": "told to Prometheus alone",
}
"""What has no German, and why."""

TOGETHER = re.compile(
    r"all with Zyx,.* and what (?!Zyx)|all with (?!Zyx).* and what Zyx|place (codes|somebody)"
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
    "origins": "you added this · told to Zyx · pinned",
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
    kinds = {*Kinds(GERMAN.grammar).patterns, *GERMAN.grammar.phrases, *GERMAN.grammar.lists}
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
    reserving = rooms()["storage.rooms.reserving"]
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
        "what a member, or everybody here together, may use",
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
