"""What is counted, by the hole that it stands in."""

from collections.abc import Mapping

from bot.fronts.languages.language import Noun

COUNTED: Mapping[str, tuple[Noun, ...]] = {
    "calls": (("call", "calls", "Anruf", "Anrufe"),),
    "minutes": (("minute", "minutes", "Minute", "Minuten"),),
    "kept": (
        ("call", "calls", "Anruf", "Anrufe"),
        ("import", "imports", "Import", "Importe"),
        ("turn", "turns", "Beitrag", "Beiträge"),
    ),
    "imports": (("import", "imports", "Import", "Importe"),),
    "turns": (("turn", "turns", "Beitrag", "Beiträge"),),
    "lines": (("line", "lines", "Zeile", "Zeilen"),),
    "conversations": (("conversation", "conversations", "Gespräch", "Gespräche"),),
    "known": (("conversation was", "conversations were", "Gespräch", "Gespräche"),),
    "saved": (
        ("conversation", "conversations", "Gespräch", "Gespräche"),
        ("profile field", "profile fields", "Profilangabe", "Profilangaben"),
    ),
    "fields": (("profile field", "profile fields", "Profilangabe", "Profilangaben"),),
    "erased": (
        ("call", "calls", "Anruf", "Anrufe"),
        ("conversation", "conversations", "Gespräch", "Gespräche"),
        ("turn", "turns", "Beitrag", "Beiträge"),
        ("fact", "facts", "Notiz", "Notizen"),
        ("profile field", "profile fields", "Profilangabe", "Profilangaben"),
    ),
    "scheduled": (("scheduled call", "scheduled calls", "geplanter Anruf", "geplante Anrufe"),),
    "former": (("call that was", "calls that were", "Anruf", "Anrufe"),),
    "tries": (("try is", "tries are", "Versuch", "Versuche"),),
    "members": (("member has", "members have", "Mitglied hat", "Mitglieder haben"),),
    "characters": (("character", "characters", "Figur ist", "Figuren sind"),),
    "length_parts": (
        ("second", "seconds", "Sekunde", "Sekunden"),
        ("minute", "minutes", "Minute", "Minuten"),
    ),
    "left_out": (
        ("system line", "system lines", "Systemzeile", "Systemzeilen"),
        ("tool line", "tool lines", "Werkzeugzeile", "Werkzeugzeilen"),
        ("hidden line", "hidden lines", "verborgene Zeile", "verborgene Zeilen"),
        (
            "line of an edited or regenerated version",
            "lines of an edited or regenerated version",
            "Zeile einer geänderten oder neu erzeugten Fassung",
            "Zeilen einer geänderten oder neu erzeugten Fassung",
        ),
        ("line by other people", "lines by other people", "Zeile anderer Leute", "Zeilen anderer Leute"),
        (
            "line said by a character to other people",
            "lines said by a character to other people",
            "Zeile einer Figur an andere Leute",
            "Zeilen einer Figur an andere Leute",
        ),
        ("line without a speaker", "lines without a speaker", "Zeile ohne Sprecher", "Zeilen ohne Sprecher"),
        ("line without text", "lines without text", "Zeile ohne Text", "Zeilen ohne Text"),
        (
            "line beyond the first 200,000",
            "lines beyond the first 200,000",
            "Zeile nach den ersten 200.000",
            "Zeilen nach den ersten 200.000",
        ),
        (
            "entry that is not a message",
            "entries that are not messages",
            "Eintrag, der keine Nachricht ist",
            "Einträge, die keine Nachrichten sind",
        ),
        (
            "clipped ending of a line over 20,000 characters",
            "clipped endings of lines over 20,000 characters",
            "abgeschnittenes Ende einer Zeile über 20.000 Zeichen",
            "abgeschnittene Enden von Zeilen über 20.000 Zeichen",
        ),
        (
            "picture, recording, file or tool call",
            "pictures, recordings, files or tool calls",
            "Bild, Aufnahme, Datei oder Werkzeugaufruf",
            "Bilder, Aufnahmen, Dateien oder Werkzeugaufrufe",
        ),
        (
            "line's invisible control characters",
            "lines' invisible control characters",
            "Zeile mit unsichtbaren Steuerzeichen",
            "Zeilen mit unsichtbaren Steuerzeichen",
        ),
        ("date that makes no sense", "dates that make no sense", "Datum ohne Sinn", "Daten ohne Sinn"),
        (
            "conversation with nothing to keep",
            "conversations with nothing to keep",
            "Gespräch, von dem nichts bleibt",
            "Gespräche, von denen nichts bleibt",
        ),
        (
            "event without a transcript",
            "events without a transcript",
            "Ereignis ohne Transkript",
            "Ereignisse ohne Transkript",
        ),
        (
            "profile number that is too large",
            "profile numbers that are too large",
            "zu große Zahl im Profil",
            "zu große Zahlen im Profil",
        ),
        (
            "heading of a conversation with other people",
            "headings of conversations with other people",
            "Überschrift eines Gesprächs mit anderen",
            "Überschriften von Gesprächen mit anderen",
        ),
    ),
}
