"""A member whose Discord is German, beside one whose is English: everything of ours is German to her."""

import json
import re
from pathlib import Path

import pytest

from bot.calls.remembering import see_memory
from bot.fronts.discord import client
from bot.fronts.languages.german import PARTS
from tests.fakes.discord import Modal, Person, Shown
from tests.fronts.discord.reading import read
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

pytestmark = pytest.mark.anyio

CARD = (
    "Merlin ist eine KI. Was du sagst, wird von ElevenLabs transkribiert und von this community gespeichert, "
    "damit Merlin sich an dich erinnert. Du kannst es jederzeit ansehen oder löschen: {memory}, {forget}. "
    "Du musst mindestens 18 Jahre alt sein."
)
EVERYTHING = (
    "Das löscht alles: alle Anrufe und Importe, dein Profil, was Figuren über dich wissen sollten, deine "
    "Antworten, dein Telefon und dein Konto: 1 Anruf, 3 Beiträge. Anrufe werden auch bei "
    "ElevenLabs gelöscht. Nur zweierlei bleibt, ohne Namen: dass eine Nummer nie angerufen wird, wenn "
    "jemand dort das gesagt hat, und was du vom Kontingent dieses Monats verbraucht hast. Das lässt sich "
    "nicht rückgängig machen."
)
CUT_OFF = "past.json sieht abgeschnitten aus: Sie endet in Zeile 1, Spalte 17; exportiere sie noch einmal."
THEIRS = ("Court wizard with a tower full of riddles", "by @troupe", "The Inn", "this community")
"""Words of characters and operators that are not ours to translate."""
ENGLISH = {
    part.strip(" .;:,·")
    for sentences in PARTS
    for template in sentences
    for part in re.split(r"\{\w+\}|\n", template)
    if len(part.strip(" .;:,·")) > 5 and " " in part.strip(" .;:,·")
}
WORDS = re.compile(r"\b(the|you|your|are|and|will|with|this|that|nothing|calls?|link to)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def servers_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "READY_SECONDS", 0.05)


def seen(shown: Shown | Modal) -> str:
    """Return what is read, without the marks of Discord's formatting."""
    return read(shown.text).shown


def check_german(shown: Shown | Modal, *theirs: str) -> str:
    """Return what is read; nothing of it may be English but words of people and characters."""
    text = whole = seen(shown)
    for words in (*theirs, *THEIRS):
        text = text.replace(words, "")
    text = re.sub(r"</[a-z ]+:\d+>|<[@#][&!]?\d+>", "", text)
    left = [part for part in ENGLISH if part in text]
    assert not left, (left, text)
    assert not WORDS.findall(text), (WORDS.findall(text), text)
    return whole


async def told(tavern: Tavern, person: Person) -> str:
    known = await see_memory(tavern.stage.app.house, tavern.caller(person), "wizard")
    return known.prepared.context


def described(shown: Shown, at: int = 0) -> str:
    return read(shown.embeds[at]["description"]).shown


async def test_a_german_first_call_from_the_card_to_the_recap(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mina = tavern.joins("Mina", locale="de")
        card = await tavern.asks(mina, "call", character="wizard", topic="my lost ring")
        check_german(card)
        assert card.embeds[0]["title"] == "Vor deinem ersten Anruf"
        mentions = dict(re.findall(r"(</(\w+):\d+>)", card.embeds[0]["description"]))
        ids = {name: mention for mention, name in mentions.items()}
        assert card.embeds[0]["description"] == CARD.format(**ids)
        assert card.buttons == ["Anrufen und erinnern", "Anrufen, nicht erinnern", "Jetzt nicht"]

        ready = await tavern.presses(mina, card, "Anrufen und erinnern")
        check_german(ready)
        assert ready.embeds[0]["title"] == "Merlin ist bereit"
        assert ready.embeds[0]["author"] == {"name": "von @troupe"}
        assert re.fullmatch(
            r"Nur für dich, in einem Browser; gültig bis \d\d:\d\d UTC\.\n"
            r"Übrig: heute 2 Anrufe, diesen Monat 15 Minuten; 15 weitere sind reserviert, bis dieser Anruf "
            r"vorbei ist\.",
            ready.embeds[0]["footer"]["text"],
        )
        assert ready.buttons == ["Mit Merlin sprechen", "Was wird Merlin wissen?", "Neuer Link"]

        copy = await mina.is_told("Aus The Inn:")
        check_german(copy)
        assert copy.link("Mit Merlin sprechen") == ready.link("Mit Merlin sprechen")

        async with tavern.stage.browser() as browser:
            await browser.talks(ready.link("Mit Merlin"), "I lost my silver ring.")
        recap = await mina.is_told("Merlin wird sich daran erinnern.")
        about = [field["value"] for field in recap.embeds[0].get("fields", ())]
        check_german(recap, *about)
        assert re.fullmatch(r"Dein Anruf bei Merlin · \d+ Sekunden?", recap.embeds[0]["title"])
        assert recap.buttons == [
            "Merlin noch einmal anrufen",
            "Transkript",
            "Erinnerung",
            "Diesen Anruf vergessen",
            "Einen Satz teilen",
        ]

        again = await tavern.presses(mina, recap, "Merlin noch einmal anrufen")
        assert "Merlin erinnert sich an dich." in check_german(again)


async def test_what_people_and_characters_said_is_never_german(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mina = tavern.joins("Mina", locale="de")
        ready = await call(tavern, mina)
        async with tavern.stage.browser() as browser:
            await browser.talks(ready.link("Mit Merlin"), "Nothing was changed. You hung up.")
        recap = await mina.is_told("Merlin wird sich daran erinnern.")

        transcript = await tavern.presses(mina, recap, "Transkript")
        assert "Nothing was changed. You hung up." in described(transcript)
        assert transcript.embeds[0]["title"] == "Mit Merlin"
        line = transcript.embeds[0]["footer"]["text"]
        assert line.endswith(" · „Nothing was changed“"), "what it was about is a title in somebody's words"
        check_german(transcript, described(transcript), "Nothing was changed")

        memory = await tavern.asks(mina, "memory", character="wizard")
        context = await told(tavern, mina)
        assert described(memory) == context
        assert "Mina said: “Nothing was changed. You hung up.”" in context
        assert memory.embeds[0]["title"] == "Was Merlin beim nächsten Mal erfährt"
        assert "Merlin merkt sich, was du dort gesagt hast" in seen(memory)
        assert memory.embeds[1]["description"] == "Noch nichts."
        first_words = memory.embeds[0]["fields"][0]
        assert first_words["name"] == "Erste Worte"
        check_german(memory, context, read(first_words["value"]).shown)

        asked = await mina.presses(memory, "Etwas hinzufügen")
        assert check_german(asked.modal).startswith("Woran soll man sich erinnern?")
        added = await tavern.answer(await mina.submits(asked.modal, text="Everything"))
        assert "Merlin wird wissen: „Everything“" in check_german(added, "Everything")
        (told_fact,) = added.embeds[0]["fields"]
        assert re.fullmatch(r"1\. \d+\. \S+ \d{4} · von dir hinzugefügt", told_fact["name"])
        assert told_fact["value"] == "Everything"
        assert "1 berichtigen: Everything" in added.buttons

        asked = await mina.presses(added, "1 berichtigen")
        check_german(asked.modal, "Everything")
        emptied = await tavern.answer(await mina.submits(asked.modal, text=""))
        assert (
            "Das wird gelöscht: „Everything“ Merlin erfährt es dann nicht mehr. Es lässt sich nicht "
            "rückgängig machen."
        ) in check_german(emptied, "Everything")
        gone = await tavern.presses(mina, emptied, "Löschen")
        assert gone.text == "Gelöscht. Merlin erfährt das nicht mehr."


async def call(tavern: Tavern, person: Person, character: str = "wizard") -> Shown:
    shown = await tavern.asks(person, "call", character=character)
    if "Anrufen und erinnern" in shown.buttons:
        shown = await tavern.presses(person, shown, "Anrufen und erinnern")
    return shown


async def test_history_account_help_and_erasure_are_german(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mina = tavern.joins("Mina", locale="de")
        empty = await tavern.asks(mina, "history")
        assert re.fullmatch(
            r"Es gibt noch keine Anrufe\. </characters:\d+> zeigt, wen du anrufen kannst\.", empty.text
        )
        ready = await call(tavern, mina)
        async with tavern.stage.browser() as browser:
            await browser.talks(ready.link("Mit Merlin"), "Hello there, I am Mina.")
        await mina.is_told("Merlin wird sich daran erinnern.")

        history = check_german(await tavern.asks(mina, "history"), "A short chat with Mina")
        assert "Deine Anrufe, die neuesten zuerst" in history
        assert re.search(r"Merlin · \d+\. \S+ \d{4}, \d\d:\d\d · \d+ Sekunden?", history)

        account = await tavern.asks(mina, "account")
        fields = {field["name"]: field["value"] for field in account.embeds[0]["fields"]}
        check_german(account)
        assert fields["Anrufe heute"].startswith("▰▰▰▰▱  999 von 1.000 übrig\nalle wieder da: ")
        assert "Minuten diesen Monat" in fields
        assert fields["Erinnern"] == "Erinnern ist an"
        assert fields["Links"] == "auch per Direktnachricht"
        switched = await tavern.presses(mina, account, "Keine Links als Nachricht")
        fields = {field["name"]: field["value"] for field in switched.embeds[0]["fields"]}
        assert fields["Links"] == "nur in der privaten Antwort"
        assert "Links auch als Nachricht schicken" in switched.buttons

        help_ = check_german(await tavern.asks(mina, "help"))
        assert "Was du tun kannst" in help_
        assert "genau das, was sie beim nächsten Mal erfahren" in help_
        gallery = await tavern.asks(mina, "characters")
        taglines = [embed["description"] for embed in gallery.embeds]
        assert "/anrufen figur:detective · von @troupe · merkt sich" in check_german(gallery, *taglines)

        asked = await tavern.asks(mina, "forget", what="everything")
        sure = check_german(asked)
        assert EVERYTHING in sure
        receipt = await tavern.presses(mina, asked, "Löschen")
        assert re.match(r"Hier gelöscht: 1 Anruf, 1 Gespräch, \d+ Beiträge\.\nQuittung\n", seen(receipt))
        assert "1 Gespräch, davon bestätigt: 1." in check_german(receipt)


async def test_errors_are_german(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings={"calls_per_day": 1}) as tavern:
        mina = tavern.joins("Mina", locale="de")
        unknown = await tavern.asks(tavern.joins("Nils", locale="de"), "call", character="wizzard")
        said = "Eine Figur namens „wizzard“ gibt es nicht; meinst du wizard?"
        assert seen(unknown) == f"{said}\nMerlin anrufen"
        ready = await call(tavern, mina)
        async with tavern.stage.browser() as browser:
            await browser.talks(ready.link("Mit Merlin"), "Good evening.")
        await mina.is_told("Merlin wird sich daran erinnern.")
        used_up = await call(tavern, mina)
        assert re.fullmatch(
            r"Anrufe für heute verbraucht \(es waren 1\); ab \d+\. \w+ \d{4}, 00:00 UTC, gibt es neue\.",
            seen(used_up),
        )
        phone = await tavern.asks(mina, "call", character="wizard", via="phone")
        assert check_german(phone).startswith("Telefonanrufe sind hier abgeschaltet.")
        nowhere = await tavern.asks(mina, "history", call="abcd1234")
        assert seen(nowhere).startswith("Einen Anruf „abcd1234“ hast du nicht.")
        nobody = check_german(await tavern.asks(mina, "whisper", text="She lies"))
        assert nobody.startswith("Es ist niemand in der Leitung.")


async def test_a_chat_is_german_around_what_the_character_says(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mina = tavern.joins("Mina", locale="de")
        card = await tavern.asks(mina, "call", character="wizard", via="chat")
        begun = await tavern.presses(mina, card, "Anrufen und erinnern")
        check_german(begun)
        notice = await mina.is_told("Du bist mit Merlin verbunden.")
        assert re.fullmatch(
            r"-# Du bist mit Merlin verbunden\. Schreib, was du sagen möchtest; </hangup:\d+> beendet das "
            r"Gespräch\.",
            notice.text,
        )
        await mina.writes("You hung up.")
        switch = await tavern.asks(mina, "call", character="captain")
        assert "Du sprichst gerade mit Merlin. Soll ich auflegen?" in check_german(switch)
        assert switch.buttons == ["Auflegen und anrufen", "Bei Merlin bleiben"]
        whispered = await tavern.asks(mina, "whisper", text="She lies")
        assert seen(whispered) == "Merlin weiß Bescheid."
        assert seen(await tavern.asks(mina, "hangup")) == "Das Gespräch ist vorbei."
        await mina.is_told("-# Du hast aufgelegt.")
        await mina.writes("Hello?")
        hint = await mina.is_told("Ich reagiere auf Befehle")
        check_german(hint)


async def test_an_import_is_shown_in_german(tmp_path: Path) -> None:
    lines = [{"role": "user", "content": "Nothing was changed."}, {"role": "assistant", "content": "Oh."}]
    async with open_tavern(tmp_path) as tavern:
        mina = tavern.joins("Mina", locale="de")
        await call(tavern, mina)
        file = tavern.discord.uploads("past.json", json.dumps(lines).encode())
        preview = await tavern.asks(mina, "import", file=file, character="wizard")
        text = check_german(preview)
        assert "Das habe ich verstanden, für Merlin" in text
        assert "Verstanden als: Liste von Nachrichten." in text
        assert "1 Gespräch mit 2 Zeilen: 1 von dir, 1 von der Figur, zusammen 23 Zeichen." in text
        assert preview.buttons == ["Speichern", "Nicht speichern"]
        saved = await tavern.presses(mina, preview, "Speichern")
        assert seen(saved) == (
            "Gespeichert: 1 Gespräch. Merlin wird es wissen.\nMerlin anrufen\nRückgängig machen"
        )
        cut = tavern.discord.uploads("past.json", b'[{"role": "user"')
        broken = check_german(await tavern.asks(mina, "import", file=cut, character="wizard"))
        assert broken == CUT_OFF


async def test_managers_read_german_too(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        chef = tavern.discord.adds_person("Chef", "de")
        tavern.inn.admits(chef, manages=True)
        status = await tavern.asks(chef, "troupe status")
        text = check_german(status)
        assert "Wie es läuft" in text
        assert "▱▱▱▱▱  0 von 600 verbraucht, von allen zusammen" in text
        paused = await tavern.asks(chef, "troupe pause", reason="You hung up")
        assert seen(paused) == (
            "Anrufe sind überall pausiert: „You hung up“. Laufende gehen weiter; geplante klingeln solange "
            "nicht.\nAnrufe wieder erlauben"
        )
        refused = await call(tavern, tavern.joins("Mina", locale="de"))
        assert seen(refused) == (
            "Anrufe sind gerade pausiert: „You hung up“. Versuch es später noch einmal; es wurde nichts "
            "verbraucht."
        )
        await tavern.presses(chef, paused, "Anrufe wieder erlauben")
        rule = await tavern.asks(chef, "troupe allow", character="wizard", only="age-restricted")
        assert "Merlin lässt sich nur in altersbeschränkten Kanälen anrufen." in check_german(rule)
        assert rule.embeds[0]["title"] == "Wer Merlin hier anrufen darf"
        cost = check_german(await tavern.asks(chef, "troupe cost"))
        assert "Was Anrufe kosten" in cost
        assert "0 Credits, 0 Anrufe, 0 Sekunden" in cost


async def test_a_member_whose_discord_is_english_reads_english_beside_her(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mina, mira = tavern.joins("Mina", locale="de"), tavern.mira
        hers, his = await call(tavern, mina), await tavern.calls(mira)
        assert hers.embeds[0]["title"] == "Merlin ist bereit"
        assert his.embeds[0]["title"] == "Merlin is ready"
        assert "2 calls today and 15 minutes this month are left" in his.text
        await tavern.talks(his, "Good evening.")
        await mira.is_told("Merlin will remember this.")
        assert (await tavern.asks(mira, "account")).embeds[0]["title"] == "Your account"
        assert (await tavern.asks(mina, "account")).embeds[0]["title"] == "Dein Konto"
