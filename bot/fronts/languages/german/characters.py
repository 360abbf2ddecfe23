"""The characters, the help, and what stands in the lists of commands."""

from collections.abc import Mapping

CHARACTERS: Mapping[str, str] = {
    "No character can be called from here. Whoever manages Troupe here decides that.": (
        "Von hier aus lässt sich keine Figur anrufen. Das entscheidet, wer Troupe hier verwaltet."
    ),
    "All characters": "Alle Figuren",
    "Nobody here is described by “{word}”.": "Auf „{word}“ passt hier niemand.",
    "Hear {name}'s voice": "{name} anhören",
    "Page {n} of {n2}": "Seite {n} von {n2}",
    "◀ Back": "◀ Zurück",
    "More ▶": "Mehr ▶",
    "Search": "Suchen",
    "Search the characters": "Figuren suchen",
    "Words": "Wörter",
    "riddles, sea, German": "Rätsel, Meer, Deutsch",
    "/call {slug} · by {author} · {memory}": "/call {slug} · von {author} · {memory}",
    "There is no character called “{word}”; did you mean {name}?": (
        "Eine Figur namens „{word}“ gibt es nicht; meinst du {name}?"
    ),
    "There is no character called “{word}”; there are {names}.": (
        "Eine Figur namens „{word}“ gibt es nicht; es gibt {names}."
    ),
    "“{word}” may be {options}; write more of it.": (
        "Mit „{word}“ kann {options} gemeint sein; schreib mehr davon."
    ),
    "The character “{word}” is not here.": "Die Figur „{word}“ ist nicht hier.",
    "Did you mean /{word}?": "Meintest du /{word}?",
    "There is no command /{word}. Did you mean /{word2}? /help lists all of them.": (
        "Den Befehl /{word} gibt es nicht. Meinst du /{word2}? /help zeigt alle."
    ),
    "There is no command /{word}. /help lists all of them.": (
        "Den Befehl /{word} gibt es nicht. /help zeigt alle."
    ),
    "What you can do": "Was du tun kannst",
    "who you can call": "wen du anrufen kannst",
    "talk with them: by link, chat or phone; by phone also later": (
        "mit ihnen sprechen: per Link, Chat oder Telefon; am Telefon auch später"
    ),
    "scheduled and past calls; with a call's id its transcript": (
        "geplante und frühere Anrufe; mit der Kennung eines Anrufs sein Transkript"
    ),
    "exactly what they will be told next time; add, correct, delete": (
        "genau das, was sie beim nächsten Mal erfahren; ergänzen, berichtigen und löschen"
    ),
    "bring a JSON conversation that you already have": "ein JSON-Gespräch mitbringen, das du schon hast",
    "erase it, here and at ElevenLabs": "löschen, hier und bei ElevenLabs",
    "tell the character something in the middle of a talk": "der Figur mitten im Gespräch etwas zuflüstern",
    "end the chat": "den Chat beenden",
    "what you have left, your phone, your other accounts, whether you are remembered": (
        "was dir bleibt, dein Telefon, deine anderen Konten, und ob man sich an dich erinnert"
    ),
    "this list": "diese Liste",
    "let members call from here, or no more": "Mitglieder von hier anrufen lassen, oder nicht mehr",
    "who may call a character here, and from which channels": (
        "wer eine Figur hier anrufen darf, und aus welchen Kanälen"
    ),
    "a card for everybody here, with a button that calls": (
        "eine Karte für alle hier, mit einem Knopf, der anruft"
    ),
    "read the characters' files again now, and say what is wrong with them": (
        "die Dateien der Figuren jetzt neu lesen und sagen, was daran nicht stimmt"
    ),
    "let no call begin, on any front": "überall keinen Anruf beginnen lassen",
    "let calls begin again": "Anrufe wieder beginnen lassen",
    "take that back": "das zurücknehmen",
    "what calls cost this month and last, and what made it rise": (
        "was Anrufe diesen und letzten Monat kosten, und warum es mehr wurde"
    ),
    "for those who manage: who may call, allowances, pauses, blocks, cost": (
        "für die Verwaltung: wer anrufen darf, Kontingente, Pausen, Sperren, Kosten"
    ),
    "no calls by an account, or to a number": "keine Anrufe von einem Konto oder an eine Nummer",
    "what a member, or everybody here together, may use": (
        "was ein Mitglied, oder alle hier zusammen, verbrauchen darf"
    ),
}
