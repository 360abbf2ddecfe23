"""Calling: links, chats, the telephone, and what is said after a call."""

from collections.abc import Mapping

CALLING: Mapping[str, str] = {
    "Whom do you want to call?": "Wen möchtest du anrufen?",
    "There is no way “{word}” to call; choose link, chat or phone.": (
        "„{word}“ gibt es als Weg nicht; nimm Link, Chat oder Telefon."
    ),
    "There is no way “{word}” to call; choose link or chat.": (
        "„{word}“ gibt es als Weg nicht; nimm Link oder Chat."
    ),
    "Calling {name} …": "{name} wird angerufen …",
    "Connecting …": "Verbindung wird aufgebaut …",
    "Fine. Nothing was kept; /call asks you again.": (
        "In Ordnung. Es wurde nichts gespeichert; /call fragt dich wieder."
    ),
    "{name} is ready": "{name} ist bereit",
    "{name} remembers you.": "{name} erinnert sich an dich.",
    "by {author}": "von {author}",
    "Whoever has this link can use it; it carries your name.": (
        "Wer diesen Link hat, kann ihn benutzen; er enthält deinen Namen."
    ),
    "Whoever gets this link can use it, and can read your name and your memory in it.": (
        "Wer diesen Link bekommt, kann ihn benutzen und darin deinen Namen und deine Erinnerung lesen."
    ),
    "Your memory is not in it. If you bring it, whoever gets the link can read it.": (
        "Deine Erinnerung steht nicht darin. Nimmst du sie mit, kann sie jeder lesen, der den Link bekommt."
    ),
    "Bring my memory, it will stand in the link": "Erinnerung mitnehmen, sie steht dann im Link",
    "A link has no room for any of it.": "Ein Link hat für nichts davon Platz.",
    "What stands in this link": "Was in diesem Link steht",
    "That link is not yours to change, or it was erased. /call makes a new one.": (
        "Dieser Link gehört nicht dir, oder er wurde gelöscht. /call macht einen neuen."
    ),
    "That link was used already, or is too old. /call makes a new one.": (
        "Dieser Link wurde schon benutzt oder ist zu alt. /call macht einen neuen."
    ),
    "{character} remembers nothing that a link could carry.": (
        "{character} erinnert sich an nichts, was in einem Link stehen könnte."
    ),
    "Only for you, in one browser; good until {time}.": "Nur für dich, in einem Browser; gültig bis {time}.",
    "Talk with {name}": "Mit {name} sprechen",
    "New link": "Neuer Link",
    "What will {name} know?": "Was wird {name} wissen?",
    "Calling your phone ({numbers}) now …": "Dein Telefon ({numbers}) wird jetzt angerufen …",
    "{name} will ring {numbers} on {when}; /history cancels it.": (
        "{name} ruft {numbers} an: {when}. Absagen kannst du mit /history."
    ),
    "Cancel it": "Absagen",
    "{calls} today and {minutes} this month are left.": "Übrig: heute {calls}, diesen Monat {minutes}.",
    "{calls} today and {minutes} this month are left; {n} more is held until this call is over.": (
        "Übrig: heute {calls}, diesen Monat {minutes}; {n} weitere ist reserviert, bis dieser Anruf vorbei "
        "ist."
    ),
    "{calls} today and {minutes} this month are left; {n} more are held until this call is over.": (
        "Übrig: heute {calls}, diesen Monat {minutes}; {n} weitere sind reserviert, bis dieser Anruf "
        "vorbei ist."
    ),
    "{calls} today and {minutes} this month are left; {n} more is held until your calls are over.": (
        "Übrig: heute {calls}, diesen Monat {minutes}; {n} weitere ist reserviert, bis deine Anrufe vorbei "
        "sind."
    ),
    "{calls} today and {minutes} this month are left; {n} more are held until your calls are over.": (
        "Übrig: heute {calls}, diesen Monat {minutes}; {n} weitere sind reserviert, bis deine Anrufe "
        "vorbei sind."
    ),
    "Your earlier link no longer works.": "Dein früherer Link gilt nicht mehr.",
    "This call may last {minutes}.": "Dieser Anruf dauert höchstens {minutes}.",
    "Before your first call": "Vor deinem ersten Anruf",
    (
        "{name} is an AI. What you say is transcribed by ElevenLabs and kept by {community} so that {name} "
        "remembers you. See or erase it any time: /memory, /forget. You must be {age} or older."
    ): (
        "{name} ist eine KI. Was du sagst, wird von ElevenLabs transkribiert und von {community} "
        "gespeichert, damit {name} sich an dich erinnert. Du kannst es jederzeit ansehen oder löschen: "
        "/memory, /forget. Du musst mindestens {age} Jahre alt sein."
    ),
    "What is kept, for how long, and how it is erased: {page}": (
        "Was gespeichert wird, wie lange, und wie es gelöscht wird: {page}"
    ),
    "Call and remember": "Anrufen und erinnern",
    "Call, don't remember": "Anrufen, nicht erinnern",
    "Not now": "Jetzt nicht",
    "Start fresh, and keep nothing": "Neu anfangen, und nichts behalten",
    "Which talk shall {character} go on with? /history has all of them.": (
        "Mit welchem Gespräch soll {character} weitermachen? Alle stehen in /history."
    ),
    "{character} has no talk of yours to go on with.": (
        "{character} hat kein Gespräch mit dir, mit dem es weitergehen könnte."
    ),
    "{character} knows nothing of you this time, and nothing is kept.": (
        "{character} weiß diesmal nichts von dir, und nichts wird behalten."
    ),
    "Go on from here": "Hier weitermachen",
    "You have no talk “{word}”. /history lists yours, each with its id.": (
        "Du hast kein Gespräch „{word}“. /history listet deine auf, jedes mit seiner Kennung."
    ),
    "{character} knows nothing of {id}, your talk with {character2}.": (
        "{character} weiß nichts von {id}, deinem Gespräch mit {character2}."
    ),
    "/history {word} lists what {character} knows.": "/history {word} listet auf, was {character} kennt.",
    "From {server}:": "Aus {server}:",
    "This link is no longer good.": "Dieser Link gilt nicht mehr.",
    "This link to {name} is no longer good.": "Dieser Link zu {name} gilt nicht mehr.",
    "Call {name}": "{name} anrufen",
    "Call {name} again": "{name} noch einmal anrufen",
    "Call Every character": "Alle Figuren anrufen",
    "Let {name} ring again": "{name} noch einmal klingeln lassen",
    "Make a link instead": "Lieber einen Link",
    "Your call with {name}": "Dein Anruf bei {name}",
    "Your call with {name}, {when}": "Dein Anruf bei {name}, {when}",
    "Your call with {name} · {length}": "Dein Anruf bei {name} · {length}",
    "The call with {name} failed: {reason}. {other}": (
        "Der Anruf bei {name} ist gescheitert: {reason}. {other}"
    ),
    "The call with {name} failed: {reason}. It counts as one of today's calls. {other}": (
        "Der Anruf bei {name} ist gescheitert: {reason}. Er zählt als einer deiner Anrufe von heute. {other}"
    ),
    "The call with {name} failed: {reason}. Nothing was used. {other}": (
        "Der Anruf bei {name} ist gescheitert: {reason}. Es wurde nichts verbraucht. {other}"
    ),
    "{name} did not ring you: {reason}. Nothing was used. {other}": (
        "{name} hat dich nicht angerufen: {reason}. Es wurde nichts verbraucht. {other}"
    ),
    "Somebody rang {name} from your number, but nothing came of it: {reason}.": (
        "Jemand hat {name} von deiner Nummer aus angerufen, aber daraus wurde nichts: {reason}."
    ),
    (
        "Somebody used your link to {name}. Was this you? Until you say so nothing of it is remembered, "
        "and after 7 days it is erased."
    ): (
        "Jemand hat deinen Link zu {name} benutzt. Warst du das? Bis du es bestätigst, wird nichts davon "
        "erinnert, und nach 7 Tagen wird es gelöscht."
    ),
    (
        "Somebody rang {name} from your number. Was this you? Until you say so nothing of it is "
        "remembered, and after 7 days it is erased."
    ): (
        "Jemand hat {name} von deiner Nummer aus angerufen. Warst du das? Bis du es bestätigst, wird "
        "nichts davon erinnert, und nach 7 Tagen wird es gelöscht."
    ),
    (
        "Somebody answered your phone to {name}. Was this you? Until you say so nothing of it is "
        "remembered, and after 7 days it is erased."
    ): (
        "Jemand ist an dein Telefon gegangen, als {name} anrief. Warst du das? Bis du es bestätigst, wird "
        "nichts davon erinnert, und nach 7 Tagen wird es gelöscht."
    ),
    "Somebody at your phone asked not to be called, so it is not rung any more.": (
        "Jemand an deinem Telefon wollte nicht angerufen werden, deshalb klingelt es dort nicht mehr."
    ),
    "Its code is good for nothing; use another number.": "Der Code dazu gilt nicht; nimm eine andere Nummer.",
    "Yes, remember it": "Ja, das war ich: erinnern",
    "No, erase it": "Nein, löschen",
    "Nothing that was said is kept, here or at ElevenLabs.": (
        "Nichts von dem Gesagten wird gespeichert, weder hier noch bei ElevenLabs."
    ),
    "{name} will remember this.": "{name} wird sich daran erinnern.",
    "About": "Worum es ging",
    "Summary": "Zusammenfassung",
    "Transcript": "Transkript",
    "Memory": "Erinnerung",
    "Forget this call": "Diesen Anruf vergessen",
    "Share a line": "Einen Satz teilen",
    "Your phone was answered; the code is being read.": (
        "An deinem Telefon hat jemand abgenommen; der Code wird vorgelesen."
    ),
    "Your phone was answered: {name} is on the line.": (
        "An deinem Telefon hat jemand abgenommen: {name} ist dran."
    ),
    "If the code was read to you, write it within ten minutes: /account code 123456.": (
        "Wenn dir der Code vorgelesen wurde, schreib ihn innerhalb von zehn Minuten: /account code 123456."
    ),
    "The call with your code failed: {reason}. /account phone and your number asks for another.": (
        "Der Anruf mit deinem Code ist gescheitert: {reason}. Mit /account phone NUMMER bekommst du einen "
        "neuen."
    ),
    "Your account": "Dein Konto",
    "Let my phone ring then": "Dann mein Telefon klingeln lassen",
}
