"""German around what people and characters said: dates and counts are German, their words never are."""

import pytest

from bot.domain.reply import Card, Choice, Reply
from bot.fronts.discord.speech import Speech
from bot.fronts.languages.catalogue import catalogue_for
from tests.fronts.discord.showing import shown as shown_on_discord

DE = catalogue_for("de")


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
            "1 of 2 conversations confirmed.\nThe rest is tried again, and you will be told.",
            "2 Gespräche, davon bestätigt: 1.\nDer Rest wird weiter versucht, und du hörst davon.",
        ),
        ("Erased here: 1 call, 2 turns.", "Hier gelöscht: 1 Anruf, 2 Beiträge."),
        ("gone by 28 December 2026", "weg bis 28. Dezember 2026"),
        (
            "ElevenLabs has confirmed it: what you erased is gone there as well, 2 of 2 conversations.",
            (
                "ElevenLabs hat es bestätigt: Was du gelöscht hast, ist auch dort weg; 2 Gespräche, davon "
                "bestätigt: 2."
            ),
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
        (
            (
                "Saved 1 fact. 2 new lines in 3 conversations that you brought before. "
                "1 conversation was there already."
            ),
            "Gespeichert: 1 Notiz. 2 neue Zeilen in 3 Gesprächen von früher. Schon vorhanden: 1 Gespräch.",
        ),
        ("Linked with Tom and Ann elsewhere.", "Verbunden mit Tom and Ann anderswo."),
        (
            "2. 3 October 2026 · from a file of yours · pinned",
            "2. 3. Oktober 2026 · aus einer Datei von dir · angeheftet",
        ),
        (
            "2. 3 October 2026 · you added this · told to Ann · on Slack · for everyone",
            "2. 3. Oktober 2026 · von dir hinzugefügt · zu Ann gesagt · auf Slack · für alle",
        ),
        (
            "2. 3 October 2026 · from call 1a2b3c4d · replaces: “pinned · for everyone”",
            "2. 3. Oktober 2026 · aus Anruf 1a2b3c4d · ersetzt: “pinned · for everyone”",
        ),
        ("Dr. No remembers nothing; remembering is on.", "Dr. No merkt sich nichts; Erinnern ist an."),
        (
            "Only numbers of AT, CH and DE can be rung here: give one of those.",
            "Hier lassen sich nur Nummern aus AT, CH und DE anrufen: Gib so eine an.",
        ),
    ],
)
def test_what_is_counted_and_dated_is_german_too(english, german):
    assert DE.say(english) == german


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
        "Calls are paused at the moment: “{}”. Try again later; nothing was used.",
        "No call begins at the moment: “{}”.",
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
