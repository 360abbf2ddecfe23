"""What is remembered: memory, history, imports, and forgetting."""

from collections.abc import Mapping

MEMORY: Mapping[str, str] = {
    "Whose memory do you want to see?": "Wessen Erinnerung möchtest du sehen?",
    "{name} is not in the cast any more.": "{name} gehört nicht mehr zum Ensemble.",
    "What {name} will be told next time": "Was {name} beim nächsten Mal erfährt",
    "First words": "Erste Worte",
    "{name} {memory}; {remembering}.": "{name} {memory}; {remembering}.",
    "Remember me from now on": "Ab jetzt an mich erinnern",
    "Stop remembering me": "Nicht mehr an mich erinnern",
    "Forget all with {name}": "Alles mit {name} vergessen",
    "What {name} is to know about you": "Was {name} über dich wissen soll",
    "Nothing yet.": "Noch nichts.",
    "{n}. {day} · {origins}": "{n}. {day} · {origins}",
    "{n}. {day} · {origins} · replaces: {fact}": "{n}. {day} · {origins} · ersetzt: {fact}",
    "{n} altogether, the newest first.": "{n} insgesamt, die neuesten zuerst.",
    "None of this is told at the moment.": "Zurzeit erfährt das niemand.",
    "Calls bring no more facts: delete some that are of no use.": (
        "Aus Anrufen kommt nichts mehr dazu: Lösche, was nichts nützt."
    ),
    "Add something": "Etwas hinzufügen",
    "More about {n}: {fact}": "Mehr zu {n}: {fact}",
    "Correct it": "Berichtigen",
    "Pin it": "Anheften",
    "Unpin it": "Lösen",
    "For everyone": "Für alle",
    "Not for everyone, for {name}": "Nicht für alle, für {name}",
    "Bring back: {fact}": "Wiederherstellen: {fact}",
    "Its call": "Der Anruf dazu",
    "Both stand now. Delete what is wrong.": "Jetzt gilt beides. Lösche, was nicht stimmt.",
    "{name} will not be told that any more.": "{name} erfährt das nicht mehr.",
    "It replaces: {fact}": "Es ersetzt: {fact}",
    "{fact} counts again.": "{fact} gilt wieder.",
    "It replaces nothing, so there is nothing to bring back.": (
        "Es ersetzt nichts, also gibt es nichts wiederherzustellen."
    ),
    "You have pinned {n} things already; unpin one first.": (
        "Du hast schon {n} Dinge angeheftet; löse zuerst eins."
    ),
    "A link carries one hint of this; a chat and a phone call are told all of it.": (
        "Ein Link trägt nur eine Andeutung davon; ein Chat und ein Telefonanruf erfahren alles."
    ),
    (
        "A link carries one hint of this, or as much as fits if you bring it; a chat and a phone call are "
        "told all of it."
    ): (
        "Ein Link trägt nur eine Andeutung davon, oder so viel, wie passt, wenn du es mitnimmst; ein Chat "
        "und ein Telefonanruf erfahren alles."
    ),
    "A link carries nothing of this; a chat and a phone call are told all of it.": (
        "Ein Link trägt nichts davon; ein Chat und ein Telefonanruf erfahren alles."
    ),
    "In your words": "Mit deinen Worten",
    "Learned": "Gelernt",
    "Instead of": "Statt",
    "{facts} that you pinned or corrected: kept.": "Behalten, weil angeheftet oder berichtigt: {facts}.",
    "/memory can add, correct and delete. /memory {slug} alone shows what there is.": (
        "add, correct und delete kann /memory. /memory {slug} allein zeigt, was es gibt."
    ),
    "Correct {n}: {fact}": "{n} berichtigen: {fact}",
    "Older ones": "Ältere",
    "Write it in one sentence: /memory {slug} add I am allergic to nuts.": (
        "Schreib es in einem Satz: /memory {slug} add Ich bin gegen Nüsse allergisch."
    ),
    "{name} will know: “{fact}”": "{name} wird wissen: „{fact}“",
    "Write how it should read: /memory {slug} correct {n} I am allergic to nuts.": (
        "Schreib, wie es heißen soll: /memory {slug} correct {n} Ich bin gegen Nüsse allergisch."
    ),
    "{name} will know instead: “{fact}”": "{name} wird stattdessen wissen: „{fact}“",
    "Deleted. {name} will not be told that any more.": "Gelöscht. {name} erfährt das nicht mehr.",
    "Which one? Name its number: /memory {slug} delete 1.": (
        "Was genau? Nenn die Nummer: /memory {slug} delete 1."
    ),
    "There is no {fact} among what {name} is to know. /memory {slug} shows what there is.": (
        "{fact} ist nicht unter dem, was {name} wissen soll. /memory {slug} zeigt, was da ist."
    ),
    "Are you sure?": "Bist du sicher?",
    "This deletes: “{fact}” {name} will not be told that any more. It cannot be undone.": (
        "Das wird gelöscht: „{fact}“ {name} erfährt es dann nicht mehr. Es lässt sich nicht rückgängig "
        "machen."
    ),
    "Delete it": "Löschen",
    "Keep it": "Behalten",
    "{name} remembers nothing, so there is nothing to add.": (
        "{name} merkt sich nichts, also gibt es nichts hinzuzufügen."
    ),
    "{name} is to know that already.": "Das soll {name} schon wissen.",
    "You are not remembered here, so nothing is kept; /account remember on changes that.": (
        "An dich wird sich hier niemand erinnern, also wird nichts gespeichert; das änderst du mit "
        "/account remember on."
    ),
    "That is not there any more. /memory and a character's name shows what is.": (
        "Das ist nicht mehr da. /memory mit einer Figur zeigt, was da ist."
    ),
    "There is nothing in it: write one sentence.": "Da steht nichts: Schreib einen Satz.",
    "That is {n} characters long; write one sentence of at most {n2}.": (
        "Das sind {n} Zeichen; schreib einen Satz mit höchstens {n2}."
    ),
    (
        "You have told {n} things already, and no more are kept. Delete one first; /memory and a "
        "character's name shows them."
    ): (
        "Du hast schon {n} Dinge erzählt, mehr wird nicht gespeichert. Lösche zuerst eins; /memory mit "
        "einer Figur zeigt sie."
    ),
    "Another one says the same already, so this one was left as it is.": (
        "Dasselbe steht schon woanders, deshalb blieb das hier, wie es ist."
    ),
    "There are no calls yet. /characters shows whom you can call.": (
        "Es gibt noch keine Anrufe. /characters zeigt, wen du anrufen kannst."
    ),
    "Scheduled calls": "Geplante Anrufe",
    "Cancelling gives the minutes back; /call schedules it again.": (
        "Wer absagt, bekommt die Minuten zurück; /call plant den Anruf neu."
    ),
    "Your calls, newest first": "Deine Anrufe, die neuesten zuerst",
    "Transcript {id}": "Transkript {id}",
    "Page {n}; “Older calls” shows more.": "Seite {n}; „Ältere Anrufe“ zeigt mehr.",
    "Page {n}, the last.": "Seite {n}, die letzte.",
    "◀ Newer calls": "◀ Neuere Anrufe",
    "Older calls ▶": "Ältere Anrufe ▶",
    "◀ Back to the calls": "◀ Zurück zu den Anrufen",
    "Nothing of {id} came home yet: {talk}.": "Von {id} ist noch nichts angekommen: {talk}.",
    "No words of {id} are kept: {talk}.": "Von {id} ist kein Wort gespeichert: {talk}.",
    "Forget it": "Vergessen",
    "This was me, remember it": "Das war ich: erinnern",
    "With {name}": "Mit {name}",
    "Thank you. {id} is remembered.": "Danke. {id} bleibt in Erinnerung.",
    "You have no call “{word}”. /history shows the ones you have.": (
        "Einen Anruf „{word}“ hast du nicht. /history zeigt deine Anrufe."
    ),
    "Nothing of that call is left: it was erased.": "Von diesem Anruf ist nichts mehr da: Er wurde gelöscht.",
    "Nothing of {id} is there to be remembered any more.": (
        "Von {id} ist nichts mehr da, woran man sich erinnern könnte."
    ),
    "There is neither a call nor a character “{word}”. /forget alone lets you choose.": (
        "Es gibt weder einen Anruf noch eine Figur „{word}“. Mit /forget allein kannst du wählen."
    ),
    "What shall be forgotten? For one call: /forget and its id from /history.": (
        "Was soll vergessen werden? Für einen Anruf: /forget und seine Kennung aus /history."
    ),
    "Everything": "Alles",
    "All with {name}": "Alles mit {name}",
    "{scheduled} will not ring then.": "Klingelt dann nicht: {scheduled}.",
    "Calls are erased at ElevenLabs as well.": "Anrufe werden auch bei ElevenLabs gelöscht.",
    (
        "Only two things stay, under no name: that a number is never called if somebody there said so, and "
        "what you used of this month's allowance."
    ): (
        "Nur zweierlei bleibt, ohne Namen: dass eine Nummer nie angerufen wird, wenn jemand dort das "
        "gesagt hat, und was du vom Kontingent dieses Monats verbraucht hast."
    ),
    "It cannot be undone.": "Das lässt sich nicht rückgängig machen.",
    "Erase it": "Löschen",
    "Erased here: {erased}.": "Hier gelöscht: {erased}.",
    "There was nothing to erase here.": "Hier gab es nichts zu löschen.",
    "Nobody said “{words}”.": "Niemand hat „{words}“ gesagt.",
    "Try fewer words, or parts of them.": "Versuch es mit weniger Wörtern, oder mit Teilen davon.",
    "Where “{words}” was said": "Wo „{words}“ gesagt wurde",
    "Receipt": "Quittung",
    "At ElevenLabs": "Bei ElevenLabs",
    "Backups": "Sicherungen",
    "Database server": "Datenbankserver",
    "deleted at once; its own log holds it until that is written over": (
        "sofort gelöscht; in seinem eigenen Protokoll steht es, bis das überschrieben ist"
    ),
    "Not ours to erase": "Nicht unser zu löschen",
    "Kept, under no name": "Bleibt, ohne Namen",
    "gone by {day}": "weg bis {day}",
    "{count} of {conversations} confirmed.": "{conversations}, davon bestätigt: {count}.",
    "The rest is tried again, and you will be told.": "Der Rest wird weiter versucht, und du hörst davon.",
    "Nothing was there.": "Dort war nichts.",
    "What may yet turn up there of it is looked for, for a day.": (
        "Was davon dort noch auftaucht, wird einen Tag lang gesucht."
    ),
    "files that you downloaded": "Dateien, die du heruntergeladen hast",
    "what telephone companies keep of calls": "was Telefongesellschaften von Anrufen aufbewahren",
    "what you typed into Discord": "was du in Discord geschrieben hast",
    "what you typed into Slack": "was du in Slack geschrieben hast",
    "what you used of this month's allowance, and which numbers are never to be called": (
        "was du von deinem Kontingent dieses Monats verbraucht hast, und welche Nummern nie angerufen werden"
    ),
    "what it used of this month's allowance": "was davon auf dein Kontingent dieses Monats zählt",
    "ElevenLabs has confirmed it: what you erased is gone there as well, {count} of {conversations}.": (
        "ElevenLabs hat es bestätigt: Was du gelöscht hast, ist auch dort weg; {conversations}, davon "
        "bestätigt: {count}."
    ),
    "That includes {accounts}.": "Das gilt auch für {accounts}.",
    "Name the file: /import past.json, or /import past.json wizard for one character.": (
        "Nenn die Datei: /import past.json, oder /import past.json wizard nur für eine Figur."
    ),
    "{file} has changed meanwhile. Nothing was saved; /import it again.": (
        "{file} hat sich inzwischen geändert. Es wurde nichts gespeichert; importiere sie mit /import noch "
        "einmal."
    ),
    "This is what I understood, for {name}": "Das habe ich verstanden, für {name}",
    "This is what I understood, for every character": "Das habe ich verstanden, für alle Figuren",
    "Nothing is saved yet.": "Noch ist nichts gespeichert.",
    "Save it": "Speichern",
    "Don't save it": "Nicht speichern",
    "Saved {saved}.": "Gespeichert: {saved}.",
    "{known} there already.": "Schon vorhanden: {known}.",
    "{new_lines} in {grown} that you brought before.": "{new_lines} in {grown} von früher.",
    "{name} will know.": "{name} wird es wissen.",
    "Every character will know.": "Alle Figuren werden es wissen.",
    "Remembering is off, so nobody is told: /memory switches it on.": (
        "Das Erinnern ist aus, also erfährt es niemand: /memory schaltet es ein."
    ),
    "Understood as: {form}.": "Verstanden als: {form}.",
    "No conversation, only a profile.": "Kein Gespräch, nur ein Profil.",
    "{conversations} with {lines}: {n} of yours, {n2} of the character's, {letters} altogether.": (
        "{conversations} mit {lines}: {n} von dir, {n2} von der Figur, zusammen {letters}."
    ),
    "Without dates.": "Ohne Datum.",
    "From {day}.": "Vom {day}.",
    "From {day}, {n} without a date.": "Vom {day}, {n} ohne Datum.",
    "From {day} to {day2}.": "Vom {day} bis {day2}.",
    "From {day} to {day2}, {n} without a date.": "Vom {day} bis {day2}, {n} ohne Datum.",
    "{fields}: {values}.": "{fields}: {values}.",
    "{fields}: {values} and {n} more.": "{fields}: {values} und {n} weitere.",
    "Left out: {left_out}.": "Weggelassen: {left_out}.",
    "What shall be remembered?": "Woran soll man sich erinnern?",
    "One sentence about you": "Ein Satz über dich",
    "I am allergic to nuts.": "Ich bin gegen Nüsse allergisch.",
    "Correct what is remembered": "Erinnertes berichtigen",
    "Leave it empty to delete it.": "Lass es leer, um es zu löschen.",
    "How it should be; empty deletes it": "Wie es sein soll; leer löscht es",
    "That is not among what {name} is to know any more.": (
        "Das gehört nicht mehr zu dem, was {name} wissen soll."
    ),
    "This erases your call with {talk}: {kept}.": "Das löscht deinen Anruf mit {talk}: {kept}.",
    "This erases your call with {talk}: nothing was said yet.": (
        "Das löscht deinen Anruf mit {talk}: bisher wurde nichts gesagt."
    ),
    "This erases what you imported: {talk}: {kept}.": "Das löscht, was du importiert hast: {talk}: {kept}.",
    "This erases what you imported: {talk}: nothing was said yet.": (
        "Das löscht, was du importiert hast: {talk}: bisher wurde nichts gesagt."
    ),
    "This erases {erasure}: {kept}.": "Das löscht {erasure}: {kept}.",
    "This erases {erasure}: nothing was said yet.": "Das löscht {erasure}: bisher wurde nichts gesagt.",
}
