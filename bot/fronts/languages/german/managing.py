"""What managers read: allowances, pauses, blocks, cost, and their own server."""

from collections.abc import Mapping

MANAGING: Mapping[str, str] = {
    "How it goes": "Wie es läuft",
    "{bar}  {n} of {n2} used by all members": "{bar}  {n} von {n2} verbraucht, von allen zusammen",
    "Held": "Reserviert",
    "{n} more, until the calls are over": "{n} weitere, bis die Anrufe vorbei sind",
    "{n} more here, {n2} in all, until the calls are over": (
        "{n} weitere hier, {n2} insgesamt, bis die Anrufe vorbei sind"
    ),
    "Cost this month": "Kosten diesen Monat",
    "{bar}  {n} of {n2} credits": "{bar}  {n} von {n2} Credits",
    "{n} credits": "{n} Credits",
    "Allowances": "Kontingente",
    "since {when}": "seit {when}",
    "since {when}: {why}": "seit {when}: {why}",
    "Pause all calls": "Alle Anrufe pausieren",
    "Let calls begin again": "Anrufe wieder erlauben",
    "What managers can do": "Was die Verwaltung tun kann",
    "What you can do here": "Was du hier tun kannst",
    "All files are fine: {characters} can be called.": (
        "Alle Dateien sind in Ordnung: {characters} zu erreichen."
    ),
    "What is wrong": "Was nicht stimmt",
    "{characters} can be called; of a broken file the last good version stays.": (
        "{characters} zu erreichen; von einer kaputten Datei bleibt die letzte gute Fassung."
    ),
    "I do not understand “{word}”. Write /troupe allowance WHO [calls N] [minutes N].": (
        "„{word}“ verstehe ich nicht. Schreib /troupe allowance WHO [calls N] [minutes N]."
    ),
    "Say whose allowance that is: /troupe allowance WHO [calls N] [minutes N].": (
        "Sag, wessen Kontingent das ist: /troupe allowance WHO [calls N] [minutes N]."
    ),
    "Calls a day": "Anrufe am Tag",
    "Minutes a month": "Minuten im Monat",
    "{n}, {whose}": "{n}, {whose}",
    "{bar}  {n} of {n2} left, {whose}": "{bar}  {n} von {n2} übrig, {whose}",
    "Back to what holds for everybody": "Zurück zu dem, was für alle gilt",
    "Nobody has come from this account yet; this holds once somebody does.": (
        "Von diesem Konto kam noch niemand; es gilt, sobald jemand kommt."
    ),
    "Allowance of {name}": "Kontingent von {name}",
    "Everybody here together has minutes only: /troupe allowance here minutes 300.": (
        "Alle hier zusammen haben nur Minuten: /troupe allowance here minutes 300."
    ),
    "Here": "Hier",
    "Everybody": "Alle",
    "{bar}  {n} of {n2} used, no ceiling of its own": "{bar}  {n} von {n2} verbraucht, ohne eigene Grenze",
    "{bar}  {n} of {n2} used, its own ceiling": "{bar}  {n} von {n2} verbraucht, eigene Grenze",
    "{bar}  {n} of {n2} used": "{bar}  {n} von {n2} verbraucht",
    "Calls are a whole number such as 5, or default.": "Anrufe sind eine ganze Zahl wie 5, oder „default“.",
    "Minutes are a whole number such as 5, or default.": (
        "Minuten sind eine ganze Zahl wie 5, oder „default“."
    ),
    "Choose 0 to {n} calls in a day, or default for what holds for everybody.": (
        "Wähle 0 bis {n} Anrufe am Tag, oder den Standard, der für alle gilt."
    ),
    "Choose 0 to {n} minutes in a month, or default for what holds for everybody.": (
        "Wähle 0 bis {n} Minuten im Monat, oder den Standard, der für alle gilt."
    ),
    "Calls are paused on all fronts. Those that run go on; scheduled ones do not ring meanwhile.": (
        "Anrufe sind überall pausiert. Laufende gehen weiter; geplante klingeln solange nicht."
    ),
    "Calls are paused on all fronts: “{why}”. Those that run go on; scheduled ones do not ring meanwhile.": (
        "Anrufe sind überall pausiert: „{why}“. Laufende gehen weiter; geplante klingeln solange nicht."
    ),
    "Calls begin again, on all fronts.": "Anrufe sind überall wieder möglich.",
    "Calls were not paused.": "Anrufe waren nicht pausiert.",
    "{whom} was blocked already.": "{whom} war schon gesperrt.",
    "{whom} is never called again; what was scheduled is cancelled. /troupe unblock takes it back.": (
        "{whom} wird nie wieder angerufen; was geplant war, ist abgesagt. /troupe unblock nimmt es zurück."
    ),
    "{whom} can place no calls any more; what was scheduled is cancelled. /troupe unblock takes it back.": (
        "{whom} kann nicht mehr anrufen; was geplant war, ist abgesagt. /troupe unblock nimmt es zurück."
    ),
    "{whom} was not blocked.": "{whom} war nicht gesperrt.",
    "{whom} may be called again.": "{whom} darf wieder angerufen werden.",
    "{whom} can place calls again.": "{whom} kann wieder anrufen.",
    "Did they ask for it?": "Wurde darum gebeten?",
    "Somebody may have said “stop calling” at {numbers}. Only whoever answers there can take that back.": (
        "Vielleicht hat jemand unter {numbers} „nicht mehr anrufen“ gesagt. Nur wer dort abnimmt, kann das "
        "zurücknehmen."
    ),
    "They asked for it: may be called again": "Ja: darf wieder angerufen werden",
    "Leave it": "So lassen",
    "Whom? Write /troupe block discord:123 for an account, or +49 1512 3456789.": (
        "Wen? Schreib /troupe block discord:123 für ein Konto, oder +49 1512 3456789."
    ),
    "Whom? Write /troupe unblock discord:123 for an account, or +49 1512 3456789.": (
        "Wen? Schreib /troupe unblock discord:123 für ein Konto, oder +49 1512 3456789."
    ),
    "Unblock": "Entsperren",
    (
        "Nobody can be {word}: write discord: and the number that Discord copies as ID, slack: and the "
        "member ID that Slack copies, or a name of the terminal."
    ): (
        "{word} kann niemand sein: Schreib discord: und die Nummer, die Discord als ID kopiert, slack: und "
        "die Mitglieds-ID, die Slack kopiert, oder einen Namen des Terminals."
    ),
    "{word} is not an account; write one such as alice or discord:123.": (
        "{word} ist kein Konto; schreib eins wie alice oder discord:123."
    ),
    "There is no /troupe {word}. Did you mean /troupe {word2}? /troupe alone lists what there is.": (
        "/troupe {word} gibt es nicht. Meinst du /troupe {word2}? /troupe allein zeigt, was es gibt."
    ),
    "There is no /troupe {word}. /troupe alone lists what there is.": (
        "/troupe {word} gibt es nicht. /troupe allein zeigt, was es gibt."
    ),
    "/troupe is for those who manage Troupe here; you are not one of them.": (
        "/troupe ist für die, die Troupe hier verwalten; du gehörst nicht dazu."
    ),
    (
        "That is decided for everybody, in the place that whoever runs Troupe named, or that was the "
        "first to let it in. Here you decide who may call: /troupe allow, /troupe allowance here, "
        "/troupe post."
    ): (
        "Das wird für alle entschieden: dort, wo der Betreiber von Troupe es bestimmt hat, oder wo "
        "Troupe als erstes hereingelassen wurde. Hier entscheidest du, wer anrufen darf: /troupe allow, "
        "/troupe allowance, /troupe post."
    ),
    "Only you are here, so there is no allowance for all together. Ask for it where the members are.": (
        "Hier bist nur du, also gibt es kein gemeinsames Kontingent. Frag dort danach, wo die Mitglieder "
        "sind."
    ),
    (
        "Whoever runs Troupe has listed the servers that may use it, and this is none of them. Its id, for "
        "DISCORD_SERVERS, is {server}."
    ): (
        "Wer Troupe betreibt, hat die Server aufgezählt, die es nutzen dürfen, und dieser ist nicht dabei. "
        "Seine ID für DISCORD_SERVERS ist {server}."
    ),
    "The settings list this place; whoever runs Troupe takes it out there.": (
        "Das hier steht in den Einstellungen; wer Troupe betreibt, nimmt es dort heraus."
    ),
    "Choose everybody, nobody or age-restricted.": "Wähle alle, niemand oder altersbeschränkt.",
    "That is none of those that are offered. Choose one of them.": (
        "Das ist nichts von dem, was angeboten wird. Wähle etwas davon."
    ),
    "A character has {n} limits of a kind at most. Leave one out first.": (
        "Eine Figur hat höchstens {n} Grenzen einer Art. Nimm erst eine heraus."
    ),
    "Members can call from here now: /characters shows whom, /call calls.": (
        "Von hier aus kann jetzt angerufen werden: /characters zeigt, wer da ist, und /call ruft an."
    ),
    "Members can call from here because the app is installed here. Remove the app to switch it off.": (
        "Von hier kann angerufen werden, weil die App hier installiert ist. Entfern sie, um das abzuschalten."
    ),
    "Troupe is let in here already.": "Troupe ist hier schon zugelassen.",
    "Nobody can call from here any more.": "Von hier aus kann niemand mehr anrufen.",
    "Troupe was not let in here.": "Troupe war hier nicht zugelassen.",
    "Let Troupe in again": "Troupe wieder zulassen",
    "Write /troupe here, or /troupe here off.": "Schreib /troupe here, oder /troupe here off.",
    "Show the characters": "Figuren zeigen",
    "{name} {limits}.": "{name} {limits}.",
    "Leave out {role}": "{role} herausnehmen",
    "Nobody here": "Niemand hier",
    "Age-restricted channels only": "Nur altersbeschränkte Kanäle",
    "Everybody here": "Alle hier",
    "Who may call {name} here": "Wer {name} hier anrufen darf",
    "{n} new characters can be called": "{n} neue Figuren sind da",
    "Press a button for a link of your own; nobody else sees it.": (
        "Drück einen Knopf für einen eigenen Link; niemand sonst sieht ihn."
    ),
    "{tagline}\n\nPress the button for a link of your own; nobody else sees it.": (
        "{tagline}\n\nDrück den Knopf, dann bekommst du einen eigenen Link; niemand sonst sieht ihn."
    ),
    "Write /troupe cost, or /troupe cost json for a script.": (
        "Schreib /troupe cost, oder /troupe cost json für ein Skript."
    ),
    "What calls cost": "Was Anrufe kosten",
    "Rose by": "Gestiegen um",
    "The month's money is used up: no new call begins.": (
        "Das Geld für diesen Monat ist verbraucht: Es beginnt kein neuer Anruf."
    ),
    "{n} credits, {calls}, {length}": "{n} Credits, {calls}, {length}",
    "{n} of {n2} credits, {calls}, {length}": "{n} von {n2} Credits, {calls}, {length}",
    "{bar}  {n} %: {n2} of {n3} credits, {calls}, {length}": (
        "{bar}  {n} %: {n2} von {n3} Credits, {calls}, {length}"
    ),
    "{n} credits: {rise}, {n2} before": "{n} Credits: {rise}, vorher {n2}",
    "{bar}  {n}  {calls}, {length}": "{bar}  {n}  {calls}, {length}",
    "{bar}  {n}  {calls}, {length}, {n2} last month": "{bar}  {n}  {calls}, {length}, letzten Monat {n2}",
    "The ten heaviest people": "Die zehn teuersten Personen",
    "By delivery": "Nach Weg",
    "By character": "Nach Figur",
    "By place": "Nach Ort",
    "link": "Link",
    "public link": "öffentlicher Link",
    "phone": "Telefon",
    "chat": "Chat",
    "codes read aloud": "vorgelesene Codes",
    "direct messages": "Direktnachrichten",
    "somebody who is gone": "jemand, der nicht mehr da ist",
    "unknown": "unbekannt",
    "Calls have cost {n} of {n2} credits in {month}, which is {n3} %. No new call begins this month.": (
        "Anrufe haben im Monat {month} {n} von {n2} Credits gekostet, das sind {n3} %. Diesen Monat "
        "beginnt kein neuer Anruf."
    ),
    "Calls have cost {n} of {n2} credits in {month}, which is {n3} %. /troupe cost shows what for.": (
        "Anrufe haben im Monat {month} {n} von {n2} Credits gekostet, das sind {n3} %. /troupe cost zeigt, "
        "wofür."
    ),
    "{members} one of their own": "{members} ein eigenes",
    "{tagline}\n\n{name} {limits}.\n\nPress the button for a link of your own; nobody else sees it.": (
        "{tagline}\n\n{name} {limits}.\n\nDrück den Knopf, dann bekommst du einen eigenen Link; niemand "
        "sonst sieht ihn."
    ),
    "Nobody can call from here then, until somebody who manages this place lets Troupe in again.": (
        "Von hier aus kann dann niemand anrufen, bis jemand, der das hier verwaltet, Troupe wieder zulässt."
    ),
    "Switch it off here": "Hier abschalten",
    "Leave it on": "Anlassen",
    "Limit a character": "Eine Figur begrenzen",
    "Switch it off again": "Wieder abschalten",
    "Whom do you want to limit here?": "Wen möchtest du hier begrenzen?",
    "Whom do you want to post?": "Wen möchtest du posten?",
    "Post it where that holds, or change it: /troupe allow.": (
        "Poste die Karte dort, wo das gilt, oder ändere es: /troupe allow."
    ),
}
