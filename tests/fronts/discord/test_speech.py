"""Our sentences as Discord's members read them: commands as they are typed there, others' words unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.variables import strip_control
from bot.fronts.discord import speech as speaking
from bot.fronts.discord.speech import Speech
from bot.fronts.languages.catalogue import catalogue_for
from tests.fronts.discord.hostile import NOWHERE, SNOWFLAKE, texts
from tests.fronts.discord.reading import read
from tests.fronts.discord.showing import MENTIONS, speech

TYPED = {
    "/call wizard by phone rings it.": "/call character:wizard via:phone rings it.",
    "/call wizard · by Mira": "/call character:wizard · by Mira",
    "/account phone inbound off stops that.": "/account inbound:off stops that.",
    "/account phone +49 1512 3456789.": "/account phone:+49 1512 3456789.",
    "/account code 123456.": "/account code:123456.",
    "Write /account remember on, or /account remember off.": (
        "Write /account remember:on, or /account remember:off."
    ),
    "/account recaps brief, or /account recaps none.": "/account recaps:brief, or /account recaps:none.",
    "/account phone and your number has a code read": "/account phone has a code read",
    "/account code and the six digits": "/account code",
    "/troupe allowance WHO [calls N] [minutes N].": "/troupe allowance member: calls: minutes:.",
    "Write /troupe block discord:123 for an account, or +49 1512 3456789.": "Write /troupe block.",
    "Name it: /import past.json, or /import past.json wizard for one character.": (
        "Name it: /import file:, or /import file: for one character."
    ),
    "/account cancel 1a2b3c4d.": "/account.",
    "/account unlink takes one away.": "/account takes one away.",
    "/troupe here off": "/troupe here switch:off",
    "/troupe allowance here minutes 300.": "/troupe allowance here:True minutes:300.",
    "/troupe cost json for a script": "/troupe cost as:json for a script",
    "/memory wizard add I sing.": "/memory character:wizard.",
    "/memory can add, correct and delete.": "/memory can add, correct and delete.",
}


@pytest.mark.parametrize(("typed", "said"), TYPED.items())
def test_what_is_typed_in_a_terminal_is_said_as_it_is_typed_here(typed: str, said: str) -> None:
    assert speech().plain(typed) == said


IN_GERMAN = {
    "Write /account remember on, or /account remember off.": (
        "Schreib /konto erinnern:an oder /konto erinnern:aus."
    ),
    "Write /account recaps full, /account recaps brief, or /account recaps none.": (
        "Schreib /konto nachlese:ausführlich, /konto nachlese:kurz oder /konto nachlese:keine."
    ),
    "/account phone and your number has another one read to you.": (
        "Mit /konto telefon wird dir ein neuer vorgelesen."
    ),
    "/call wizard by phone rings it.": "Mit /anrufen figur:wizard weg:telefon klingelt es dort.",
    "/call wizard · by Mira · remembers nothing": "/anrufen figur:wizard · von Mira · merkt sich nichts",
    "Say whose allowance that is: /troupe allowance WHO [calls N] [minutes N].": (
        "Sag, wessen Kontingent das ist: /troupe kontingent mitglied: anrufe: minuten:."
    ),
    "Everybody here together has minutes only: /troupe allowance here minutes 300.": (
        "Alle hier zusammen haben nur Minuten: /troupe kontingent hier:True minuten:300."
    ),
    "Write /troupe here, or /troupe here off.": "Schreib /troupe hier, oder /troupe hier schalter:aus.",
    "Write /troupe cost, or /troupe cost json for a script.": (
        "Schreib /troupe kosten, oder /troupe kosten als:json für ein Skript."
    ),
    "Whom? Write /troupe unblock discord:123 for an account, or +49 1512 3456789.": (
        "Wen? Schreib /troupe entsperren."
    ),
    "Write it in one sentence: /memory wizard add I am allergic to nuts.": (
        "Schreib es in einem Satz: /erinnerung figur:wizard."
    ),
    "There is no 7 among what Merlin is to know. /memory phone shows what there is.": (
        "7 ist nicht unter dem, was Merlin wissen soll. /erinnerung phone zeigt, was da ist."
    ),
}


@pytest.mark.parametrize(("english", "german"), IN_GERMAN.items())
def test_commands_are_typed_as_they_are_called_in_the_members_language(english: str, german: str) -> None:
    assert Speech(catalogue_for("de"), lambda *_: "", MENTIONS).plain(english) == german


def test_a_command_to_be_pressed_is_english_since_discord_shows_it_in_the_members_language() -> None:
    say = Speech(catalogue_for("de"), lambda *_: "", MENTIONS).markdown
    assert say("/account phone and your number adds one.") == "Mit </account:13> telefon fügst du eins hinzu."
    assert say("Write /troupe here, or /troupe here off.") == (
        "Schreib </troupe here:16>, oder /troupe hier schalter:aus."
    )
    assert say("Nobody is on the line. /whisper tells a character something in the middle of a talk.") == (
        "Es ist niemand in der Leitung. Mit /flüstern flüsterst du einer Figur mitten im Gespräch etwas zu."
    )


def test_every_way_of_typing_is_tried() -> None:
    missing = [pattern.pattern for pattern, _ in speaking._GRAMMAR if not any(map(pattern.search, TYPED))]
    assert missing == []


def test_commands_can_be_pressed_where_discord_knows_them() -> None:
    say = speech().markdown
    assert say("/call them, or /history.") == "</call:11> them, or </history:15>."
    assert say("Write /troupe here or /troupe pause.") == "Write </troupe here:16> or /troupe pause."
    assert say("(/memory)") == "(</memory:14>)"
    assert say("/call character:wizard") == "/call character:wizard", "what is filled in has to be typed"
    assert speech().title("/call them") == "/call them"
    assert Speech(catalogue_for("en-US"), lambda *_: "", {}).markdown("/call them") == "/call them"


@pytest.mark.parametrize(
    "words",
    [
        "https://evil.example/call/me",
        "https://evil.example/call",
        "and/call or either/memory",
        "/call/me",
        "/caller",
        "//call",
        "./call",
        "`/call`",
        "</call:1>",
        "/call_me",
        "/callé",
        "km/call",
        "12/call",
    ],
)
def test_a_slash_within_addresses_and_words_is_left_alone(words: str) -> None:
    assert "angle" not in [kind for kind, _ in read(speech().markdown(words)).live]
    assert read(speech().markdown(words)).shown == words


@pytest.mark.parametrize(
    "words", ["/call wizard by phone", f"discord-role:{SNOWFLAKE}", "Nothing was changed."]
)
def test_what_somebody_said_is_never_changed(words: str) -> None:
    for how in (speech(), Speech(catalogue_for("de"), lambda *_: "?", MENTIONS)):
        assert read(how.verbatim(words)).shown == words
        for shown in (how.markdown, how.title, how.plain):
            assert words in read(shown(f"Merlin will know: “{words}”")).shown


def test_names_stand_where_no_mention_can() -> None:
    said = f"Leave out discord-role:{SNOWFLAKE}"
    assert speech().markdown(said) == f"Leave out <@&{SNOWFLAKE}>"
    assert speech().title(said) == "Leave out role-678"
    assert speech().plain(said) == "Leave out role-678"


@given(texts(), st.sampled_from(["en-US", "de", "fr", "xx"]))
def test_any_words_are_harmless_in_every_language(text: str, locale: str) -> None:
    how = Speech(catalogue_for(locale), lambda kind, found_id: f"{kind} {found_id}", MENTIONS)
    assert read(how.verbatim(text)).shown == strip_control(text).replace(NOWHERE, "")
    assert read(how.verbatim(text)).live == []
    assert read(how.title(text)).live == []
    for kind, what in read(how.markdown(text)).live:
        assert kind == "angle"
        assert what.startswith(("/", "@", "#"))
    assert strip_control(how.plain(text)) == how.plain(text)
