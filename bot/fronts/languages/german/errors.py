"""What is refused, and what to do then."""

from collections.abc import Mapping

ERRORS: Mapping[str, str] = {
    "Everything about you was forgotten at this moment. Ask for your call once more.": (
        "In diesem Augenblick wurde alles über dich vergessen. Wünsch dir deinen Anruf noch einmal."
    ),
    "Only a phone call can be scheduled; write by phone as well.": (
        "Planen lässt sich nur ein Telefonanruf; wähle als Weg das Telefon."
    ),
    (
        "{name} is to ring you on {when} already; choose a time at least 15 minutes before or after that, "
        "or cancel it first: /history."
    ): (
        "{name} soll dich schon anrufen ({when}); wähle eine Zeit mindestens 15 Minuten davor oder danach, "
        "oder sag zuerst ab: /history."
    ),
    (
        "It is between 21:00 and 8:00 where that phone is, so it does not ring then. It may from {moment} "
        "({zone}) on."
    ): (
        "Wo dieses Telefon ist, ist es zwischen 21 und 8 Uhr, da klingelt es nicht. Möglich ist es ab "
        "{moment} ({zone})."
    ),
    "There is no such chat. Ask for a new one with /call.": (
        "Diesen Chat gibt es nicht. Beginne einen neuen mit /call."
    ),
    "{id} is not scheduled, so there is nothing to cancel. /history shows what is.": (
        "{id} ist nicht geplant, also gibt es nichts abzusagen. /history zeigt, was geplant ist."
    ),
    "{id} cannot be cancelled any more: its time has come.": (
        "{id} lässt sich nicht mehr absagen: Es ist so weit."
    ),
    "This link is no longer good. Ask for a new one where you got it; /call makes one.": (
        "Dieser Link gilt nicht mehr. Hol dir einen neuen, wo du ihn bekommen hast; /call macht einen."
    ),
    "This call is over. Ask for a new one where you got it; /call makes one.": (
        "Dieser Anruf ist vorbei. Hol dir einen neuen, wo du ihn bekommen hast; /call macht einen."
    ),
    "This link was opened in another browser. Go on there, or ask for a new one where you got it.": (
        "Dieser Link wurde in einem anderen Browser geöffnet. Mach dort weiter, oder hol dir einen neuen, "
        "wo du ihn bekommen hast."
    ),
    "This page cannot go on. Ask for a new link where you got it; /call makes one.": (
        "Hier geht es nicht weiter. Hol dir einen neuen Link, wo du ihn bekommen hast; /call macht einen."
    ),
    "{name} cannot be called from here any more. Where you asked for this call, /call {slug} may do it.": (
        "{name} lässt sich von hier nicht mehr anrufen. Wo du um diesen Anruf gebeten hast, geht es "
        "vielleicht mit /call {slug}."
    ),
    "That character cannot be called from here. Where you asked for this call, /characters shows who can.": (
        "Diese Figur lässt sich von hier nicht anrufen. Wo du um diesen Anruf gebeten hast, zeigt "
        "/characters, wer angerufen werden kann."
    ),
    "All lines are busy at the moment. Your link stays good: try again in a few minutes.": (
        "Alle Leitungen sind gerade besetzt. Dein Link bleibt gültig: Versuch es in ein paar Minuten noch "
        "einmal."
    ),
    "Calls are paused at the moment. Your link stays good for its quarter of an hour: try again later.": (
        "Anrufe sind gerade pausiert. Dein Link bleibt seine Viertelstunde lang gültig: Versuch es später "
        "noch einmal."
    ),
    "Calls are paused at the moment. Try again later; nothing was used.": (
        "Anrufe sind gerade pausiert. Versuch es später noch einmal; es wurde nichts verbraucht."
    ),
    "Calls are paused at the moment: “{why}”. Try again later; nothing was used.": (
        "Anrufe sind gerade pausiert: „{why}“. Versuch es später noch einmal; es wurde nichts verbraucht."
    ),
    "What this community spends on calls in a month is used up; there is more from {day}, 00:00 UTC on.": (
        "Was diese Community im Monat für Anrufe ausgibt, ist verbraucht; ab {day}, 00:00 UTC, geht es "
        "weiter."
    ),
    "There are no calls for you here. Whoever runs Troupe can change that.": (
        "Für dich gibt es hier keine Anrufe. Wer Troupe betreibt, kann das ändern."
    ),
    "A call to your phone is under way already; it has to be over first.": (
        "Es läuft schon ein Anruf zu deinem Telefon; der muss erst vorbei sein."
    ),
    "All lines are busy.": "Alle Leitungen sind besetzt.",
    "This person cannot place calls here.": "Diese Person kann hier nicht anrufen.",
    "Your {n} calls of today are used up; there is more from {day}, 00:00 UTC on.": (
        "Anrufe für heute verbraucht (es waren {n}); ab {day}, 00:00 UTC, gibt es neue."
    ),
    "Your {n} minutes of this month are used up; there is more from {day}, 00:00 UTC on.": (
        "Deine Minuten für diesen Monat sind verbraucht (es waren {n}); ab {day}, 00:00 UTC, gibt es neue."
    ),
    (
        "The {n} minutes of this month that this place has are used up; there is more from {day}, 00:00 "
        "UTC on."
    ): (
        "Die Minuten von allen hier für diesen Monat sind verbraucht (es waren {n}); ab {day}, 00:00 UTC, "
        "gibt es neue."
    ),
    (
        "The {n} minutes of this month that all members have together are used up; there is more from "
        "{day}, 00:00 UTC on."
    ): (
        "Die gemeinsamen Minuten aller Mitglieder für diesen Monat sind verbraucht (es waren {n}); ab "
        "{day}, 00:00 UTC, gibt es neue."
    ),
    "The codes that you can have in a day are used up; there is more from {day}, 00:00 UTC on.": (
        "Mehr Codes bekommst du an einem Tag nicht; ab {day}, 00:00 UTC, gibt es neue."
    ),
    "The codes that this number can have in a day are used up; there is more from {day}, 00:00 UTC on.": (
        "Mehr Codes bekommt diese Nummer an einem Tag nicht; ab {day}, 00:00 UTC, gibt es neue."
    ),
    (
        "The codes that numbers like this one can have in a day are used up; there is more from {day}, "
        "00:00 UTC on."
    ): ("Mehr Codes bekommen Nummern wie diese an einem Tag nicht; ab {day}, 00:00 UTC, gibt es neue."),
    "The codes that there are in a day are used up; there is more from {day}, 00:00 UTC on.": (
        "Mehr Codes gibt es an einem Tag nicht; ab {day}, 00:00 UTC, gibt es neue."
    ),
    (
        "I cannot read that as a time: write it as 18:30, tomorrow 9am, Friday 20:00, 25.11. 18:00 or in 2 "
        "hours."
    ): (
        "Das kann ich nicht als Zeit lesen: Schreib 18:30, morgen 9 Uhr, Freitag 20:00, 25.11. 18:00 oder "
        "in 2 Stunden."
    ),
    "That time is over: write one that is still to come, such as tomorrow 9am.": (
        "Diese Zeit ist vorbei: Schreib eine, die noch kommt, etwa morgen 9 Uhr."
    ),
    "A call can be set at most 7 days ahead: write an earlier time, such as Friday 20:00.": (
        "Ein Anruf lässt sich höchstens 7 Tage im Voraus planen: Schreib eine frühere Zeit, etwa Freitag "
        "20:00."
    ),
    "Leave the time zone out: write the time as your clock here shows it, such as 18:30.": (
        "Lass die Zeitzone weg: Schreib die Zeit, wie deine Uhr sie hier zeigt, etwa 18:30."
    ),
    "Add the time of day, with minutes or am and pm: tomorrow 9:00, Friday 8pm.": (
        "Schreib die Uhrzeit dazu: morgen 9:00, Freitag 20:00."
    ),
    'A quotation mark is left open. Write /import "my file.json" wizard.': (
        'Ein Anführungszeichen ist offen geblieben. Schreib /import "my file.json" wizard.'
    ),
    "{name} cannot be called from here.": "{name} lässt sich von hier aus nicht anrufen.",
    "{name} is not called from there any more.": "{name} wird von dort aus nicht mehr angerufen.",
    "In {server}, {name} {limits}.": "Auf {server}: {name} {limits}.",
    "Your calls of today are used up; there is more from {day}, 00:00 UTC on.": (
        "Deine Anrufe für heute sind verbraucht; ab {day}, 00:00 UTC, gibt es neue."
    ),
    "The minutes of this month are used up; there is more from {day}, 00:00 UTC on.": (
        "Die Minuten für diesen Monat sind verbraucht; ab {day}, 00:00 UTC, gibt es neue."
    ),
    "Only a phone call can be scheduled.": "Planen lässt sich nur ein Telefonanruf.",
    "One thing at a time: choose one option of /account, and nothing is lost.": (
        "Eins nach dem anderen: Wähle eine Option von /account, dann geht nichts verloren."
    ),
    "Choose a member or here, not both.": "Wähle ein Mitglied oder „hier“, nicht beides.",
    "Choose a member or a number, not both.": "Wähle ein Mitglied oder eine Nummer, nicht beides.",
    "Choose numbers or default, not both.": "Wähle Zahlen oder „standard“, nicht beides.",
    "Write the number with its country code, such as +49 1512 3456789.": (
        "Schreib die Nummer mit ihrer Landesvorwahl, zum Beispiel +49 1512 3456789."
    ),
}
