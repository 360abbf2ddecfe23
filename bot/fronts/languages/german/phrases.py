"""Parts of sentences; each is named for the hole that it stands in."""

from collections.abc import Mapping

from bot.fronts.languages.german.outcomes import OTHER, REASON, STATE, TALK

ERASURE: Mapping[str, str] = {
    (
        "everything: all calls and imports, your profile, what characters were to know about you, your "
        "answers, your phone and your account"
    ): (
        "alles: alle Anrufe und Importe, dein Profil, was Figuren über dich wissen sollten, deine "
        "Antworten, dein Telefon und dein Konto"
    ),
    (
        "everything: all calls and imports, your profile, what characters were to know about you, your "
        "answers, your phone and your account, and the same of {accounts}, with whom memory is shared"
    ): (
        "alles: alle Anrufe und Importe, dein Profil, was Figuren über dich wissen sollten, deine "
        "Antworten, dein Telefon und dein Konto, und dasselbe von {accounts}, mit denen die Erinnerung "
        "geteilt wird"
    ),
    "all with {name}, what was said in it and what {name} was to know about you": (
        "alles mit {name}, was darin gesagt wurde und was {name} über dich wissen sollte"
    ),
}
"""What will be erased, where it is not one call."""
MEMORY: Mapping[str, str] = {
    "remembers what you said to them": "merkt sich, was du dort gesagt hast",
    "remembers what you said to them and to others who share": (
        "merkt sich, was du dort und bei anderen gesagt hast, die ihr Wissen teilen"
    ),
    "remembers nothing": "merkt sich nichts",
}
"""How far a character's memory reaches, after its name."""
REMEMBERING: Mapping[str, str] = {
    "remembering is on": "Erinnern ist an",
    "remembering is off, so nothing is told or kept": (
        "Erinnern ist aus, also wird nichts erzählt oder gespeichert"
    ),
    "your first call says what would be kept": ("dein erster Anruf sagt, was behalten würde"),
}
"""Whether somebody is remembered, also alone."""
WHERE: Mapping[str, str] = {
    "on the talk page": "auf der Gesprächsseite",
    "on a page of ElevenLabs'": "auf einer Seite von ElevenLabs",
    "on the phone": "am Telefon",
}
"""Where a call goes on that is no chat."""
TELEPHONE: Mapping[str, str] = {
    "{numbers}, verified until {day}": "{numbers}, bestätigt bis {day}",
    "{numbers}, verified {place} until {day}": "{numbers}, bestätigt {place}, bis {day}",
    "{numbers}, verified until {day}; who rings from it is not remembered (/account phone inbound on)": (
        "{numbers}, bestätigt bis {day}; wer von dort anruft, an den erinnert man sich nicht (/account "
        "phone inbound on)"
    ),
    (
        "{numbers}, verified until {day}; who rings from it is remembered once they say that it is you "
        "(/account phone inbound off)"
    ): (
        "{numbers}, bestätigt bis {day}; wer von dort anruft und sagt, du zu sein, an den erinnert man "
        "sich (/account phone inbound off)"
    ),
    (
        "{numbers}, not rung any more: somebody there asked not to be called; whoever runs Troupe can lift "
        "that"
    ): (
        "{numbers}, klingelt nicht mehr: jemand dort wollte nicht angerufen werden; wer Troupe betreibt, "
        "kann das aufheben"
    ),
    "{numbers}, not to be rung since {day}: verify it again, /account phone and your number": (
        "{numbers}, klingelt seit {day} nicht: bestätige es neu, /account phone NUMMER"
    ),
    "{numbers}, waits for its code: /account code and the six digits": (
        "{numbers}, wartet auf seinen Code: /account code CODE"
    ),
    "{numbers}, not verified: /account phone and your number has a code read to you": (
        "{numbers}, nicht bestätigt: mit /account phone NUMMER wird dir ein Code vorgelesen"
    ),
}
"""A telephone, and what is to be done with it."""
WHOSE: Mapping[str, str] = {
    "as everybody": "wie alle",
    "set for them": "eigens festgelegt",
}
"""Whether a limit is somebody's own."""
LIMITS: Mapping[str, str] = {
    "cannot be called by anybody": "lässt sich von niemandem anrufen",
    "can be called by everybody": "lässt sich von allen anrufen",
    "can be called only by {either}": "lässt sich nur von {either} anrufen",
    "can be called only in {either}": "lässt sich nur in {either} anrufen",
    "can be called only by {either} in {either2}": "lässt sich nur von {either} in {either2} anrufen",
    "can be called only in age-restricted channels": "lässt sich nur in altersbeschränkten Kanälen anrufen",
    "can be called only by {either} in age-restricted channels": (
        "lässt sich nur von {either} in altersbeschränkten Kanälen anrufen"
    ),
    "can be called only in {either} where the channel is age-restricted": (
        "lässt sich nur in {either} anrufen, wo der Kanal altersbeschränkt ist"
    ),
    "can be called only by {either} in {either2} where the channel is age-restricted": (
        "lässt sich nur von {either} in {either2} anrufen, wo der Kanal altersbeschränkt ist"
    ),
}
"""Who may call a character, after its name."""
RISE: Mapping[str, str] = {
    "delivery link": "Weg Link",
    "delivery public link": "Weg öffentlicher Link",
    "delivery phone": "Weg Telefon",
    "delivery chat": "Weg Chat",
    "character codes read aloud": "vorgelesene Codes",
    "character {name}": "Figur {name}",
    "place direct messages": "Direktnachrichten",
    "place {name}": "Ort {name}",
}
"""What made the cost rise."""
FORM: Mapping[str, str] = {
    "{kind}": "{kind}",
    "{kind}, JSON Lines": "{kind}, JSON Lines",
    "{kind} and {kind2}": "{kind} und {kind2}",
    "{kind} and {kind2}, JSON Lines": "{kind} und {kind2}, JSON Lines",
    "{kind} and {kind2} and {kind3}": "{kind} und {kind2} und {kind3}",
}
"""As what a file was understood."""
KIND: Mapping[str, str] = {
    "ChatGPT export": "Export von ChatGPT",
    "ElevenLabs conversation": "Gespräch von ElevenLabs",
    "list of messages": "Liste von Nachrichten",
    "Troupe record": "Aufzeichnung von Troupe",
    "Troupe export": "Export von Troupe",
    "Character.AI chat": "Chat von Character.AI",
    "SillyTavern chat": "Chat von SillyTavern",
    "Slack conversation": "Gespräch auf Slack",
    "Discord conversation": "Gespräch auf Discord",
}
"""One kind of file."""
FAULT: Mapping[str, str] = {
    "a value is missing or has no quotes": "fehlt ein Wert oder seine Anführungszeichen",
    "a comma or a closing bracket is missing": "fehlt ein Komma oder eine schließende Klammer",
    "a colon is missing": "fehlt ein Doppelpunkt",
    "a name in double quotes is missing": "fehlt ein Name in doppelten Anführungszeichen",
    "there is a comma too many": "steht ein Komma zu viel",
    "a line break or control character stands inside a text": (
        "steht ein Zeilenumbruch oder Steuerzeichen in einem Text"
    ),
    "a backslash stands before a character that it cannot escape": (
        "steht ein Backslash vor einem Zeichen, das er nicht maskieren kann"
    ),
    "a \\u is not followed by four hexadecimal digits": (
        "folgen auf ein \\u keine vier hexadezimalen Ziffern"
    ),
    "something is wrong": "stimmt etwas nicht",
}
"""What is wrong with a file, after line and column."""
FILE: Mapping[str, str] = {"This file": "Diese Datei", "The file": "Die Datei"}
"""A file, where it has no name."""
DAMAGED: Mapping[str, str] = {
    "the profile": "das Profil",
    "the heading of conversation {n}": "die Überschrift von Gespräch {n}",
    "message {n} of conversation {n2}": "Nachricht {n} von Gespräch {n2}",
}
"""Where in a file something is that cannot be kept."""
ORIGIN: Mapping[str, str] = {
    "you added this": "von dir hinzugefügt",
    "you corrected this": "von dir berichtigt",
    "from a file of yours": "aus einer Datei von dir",
    "from call {id}": "aus Anruf {id}",
    "from a call that is gone": "aus einem Anruf, den es nicht mehr gibt",
    "told to {name}": "zu {name} gesagt",
    "{place}": "{place}",
    "pinned": "angeheftet",
    "for everyone": "für alle",
}
"""Where a fact is from, and what its member made of it."""
REGIONS: Mapping[str, str] = {
    "{region}": "{region}",
    "{region} and {region2}": "{region} und {region2}",
}
"""Regions of telephone numbers."""

PHRASES: Mapping[str, Mapping[str, str]] = {
    "reason": REASON,
    "other": OTHER,
    "state": STATE,
    "talk": TALK,
    "erasure": ERASURE,
    "memory": MEMORY,
    "remembering": REMEMBERING,
    "where": WHERE,
    "telephone": TELEPHONE,
    "whose": WHOSE,
    "limits": LIMITS,
    "rise": RISE,
    "form": FORM,
    "kind": KIND,
    "fault": FAULT,
    "file": FILE,
    "damaged": DAMAGED,
    "regions": REGIONS,
    "origin": ORIGIN,
}

LISTS: Mapping[str, str] = {"origins": "origin"}
"""Holes that hold several phrases of another."""

OPEN_HOLES = frozenset({"reason", "file"})
"""Holes that may hold other people's words instead."""
