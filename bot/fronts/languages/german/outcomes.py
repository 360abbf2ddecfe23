"""What became of a call, as parts of sentences; each is named for the hole that it stands in."""

from collections.abc import Mapping

REASON: Mapping[str, str] = {
    "it did not work": "es hat nicht geklappt",
    "no reason was given": "ohne Angabe von Gründen",
    "it was too late": "es war zu spät",
    "it never started": "er hat nie begonnen",
    "its end never came": "sein Ende kam nie an",
    "ElevenLabs' record of it cannot be read": "die Aufzeichnung bei ElevenLabs ist nicht lesbar",
    "nobody said anything": "niemand hat etwas gesagt",
    "the line was busy": "es war besetzt",
    "nobody answered": "niemand hat abgenommen",
    "a voicemail box answered": "eine Mailbox hat abgenommen",
    "the call was declined": "der Anruf wurde abgelehnt",
    "the phone was switched off or out of reach": "das Telefon war aus oder nicht erreichbar",
    "the number is not in service": "die Nummer ist nicht vergeben",
    "the call could not be connected": "es kam keine Verbindung zustande",
    "the community's ElevenLabs account is out of credit": (
        "das Guthaben der Community bei ElevenLabs ist aufgebraucht"
    ),
    "all lines are overloaded: try again in a few minutes": (
        "alle Leitungen sind überlastet: versuch es in ein paar Minuten noch einmal"
    ),
    "all lines are overloaded: try again at {time}": (
        "alle Leitungen sind überlastet: versuch es um {time} noch einmal"
    ),
    "the number was refused": "die Nummer wurde abgelehnt",
    "the telephone is not set up correctly; whoever runs Troupe finds the reason in the log": (
        "das Telefon ist nicht richtig eingerichtet; wer Troupe betreibt, findet den Grund im Protokoll"
    ),
    "ElevenLabs could not be reached: try again in a few minutes": (
        "ElevenLabs war nicht erreichbar: versuch es in ein paar Minuten noch einmal"
    ),
    "it is not clear whether the phone rang": "es ist unklar, ob das Telefon geklingelt hat",
    ("it is not clear whether the phone rang; if nothing comes to light, your minutes are back tomorrow"): (
        "es ist unklar, ob das Telefon geklingelt hat; wenn sich nichts findet, sind deine Minuten morgen "
        "wieder da"
    ),
    "you may not be called any more": "du darfst nicht mehr angerufen werden",
    "this character left the cast meanwhile": "diese Figur hat das Ensemble inzwischen verlassen",
    "another call to that phone, or to you, was still going on": (
        "ein anderer Anruf zu diesem Telefon oder zu dir lief noch"
    ),
    "calls are paused at the moment": "Anrufe sind gerade pausiert",
    "all lines were busy": "alle Leitungen waren besetzt",
    "it could not ring in time": "es konnte nicht rechtzeitig klingeln",
    "that phone may not be called any more": "dieses Telefon darf nicht mehr angerufen werden",
    "what this community spends on calls in a month is used up": (
        "was diese Community im Monat für Anrufe ausgibt, ist verbraucht"
    ),
    "that character is not called from there any more": "diese Figur wird von dort aus nicht mehr angerufen",
    "that phone has to be verified again": "dieses Telefon muss neu bestätigt werden",
    "it is night where that phone is": "wo dieses Telefon ist, ist es Nacht",
    "somebody at that number asked not to be called": (
        "jemand unter dieser Nummer wollte nicht angerufen werden"
    ),
}
"""Why nobody was reached, after a colon; it may be ElevenLabs' own words as well."""
OTHER: Mapping[str, str] = {
    "Take a private link instead.": "Nimm stattdessen einen privaten Link.",
    "Let it ring again, or take a private link instead.": (
        "Lass es noch einmal klingeln, oder nimm einen privaten Link."
    ),
    "You can simply call again.": "Du kannst einfach noch einmal anrufen.",
}
"""What else can be done, after a call that failed."""
STATE: Mapping[str, str] = {
    "{length}": "{length}",
    "{length}, nothing kept": "{length}, nichts gespeichert",
    "{length}, waits for you to say that it was you": (
        "{length}, wartet auf deine Bestätigung, dass du es warst"
    ),
    "imported, {turns}": "importiert, {turns}",
    "failed: {reason}": "gescheitert: {reason}",
    "did not ring: {reason}": "hat nicht geklingelt: {reason}",
    "about to ring": "klingelt gleich",
    "the phone is being rung": "das Telefon wird angerufen",
    "it is not clear whether it rang; that is being looked up": (
        "unklar, ob es geklingelt hat; das wird nachgesehen"
    ),
    "rings, or is going on": "klingelt oder läuft",
    "link not used yet": "Link noch nicht benutzt",
    "running, or about to come in": "läuft oder kommt gleich an",
    "link not used in time": "Link nicht rechtzeitig benutzt",
    "chat not begun": "Chat nicht begonnen",
}
"""How a call went, in a list of calls."""
_WHOSE = {"{name}": "{name}", "for every character": "für alle Figuren"}
_ABOUT = {
    "": "",
    " · {place}": " · {place}",
    " · “{topic}”": " · „{topic}“",
    " · {place} · “{topic}”": " · {place} · „{topic}“",
}
_TOLD = {"": "", " · the recap could not be delivered": " · die Zusammenfassung kam nicht an"}
TALK: Mapping[str, str] = {
    f"{{name}} · rings {{when}}{about}": f"{{name}} · ruft an: {{when}}{said}"
    for about, said in _ABOUT.items()
} | {
    f"{whose} · {{moment}} · {{state}}{about}{told}": f"{said} · {{moment}} · {{state}}{of_it}{if_told}"
    for whose, said in _WHOSE.items()
    for about, of_it in _ABOUT.items()
    for told, if_told in _TOLD.items()
}
"""One call in one line: whose, when and how, where if elsewhere, about what, and whether that was told."""
