"""The account: what is left, the telephone, and being remembered."""

from collections.abc import Mapping

ACCOUNT: Mapping[str, str] = {
    "You cannot place calls here. Whoever runs Troupe can tell you why.": (
        "Du kannst hier nicht anrufen. Wer Troupe betreibt, kann dir sagen, warum."
    ),
    "set for you by whoever manages Troupe": "für dich festgelegt von der Verwaltung",
    "Phone": "Telefon",
    "Remembering": "Erinnern",
    "Blocked": "Gesperrt",
    "Paused": "Pausiert",
    "No call begins at the moment.": "Zurzeit beginnt kein Anruf.",
    "No call begins at the moment: “{why}”.": "Zurzeit beginnt kein Anruf: „{why}“.",
    "Scheduled": "Geplant",
    "Past calls": "Frühere Anrufe",
    "Write /account remember on, or /account remember off.": (
        "Schreib /account remember on oder /account remember off."
    ),
    "Before you decide": "Bevor du entscheidest",
    "Remember me": "An mich erinnern",
    "Don't remember me": "Nicht an mich erinnern",
    "Remembering is on: characters remember you from now on.": (
        "Das Erinnern ist an: Die Figuren erinnern sich ab jetzt an dich."
    ),
    "Remembering is off. What is kept already is told to nobody until you switch it on again.": (
        "Das Erinnern ist aus. Was schon gespeichert ist, erfährt niemand, bis du es wieder einschaltest."
    ),
    "Which call? /history lists what is scheduled, with its id: /account cancel 1a2b3c4d.": (
        "Welcher Anruf? /history zeigt, was geplant ist, mit Kennung: /account cancel 1a2b3c4d."
    ),
    "Cancelled: {name} will not ring on {when}. Nothing was used; /call schedules it again.": (
        "Abgesagt: {name} ruft nicht an ({when}). Es wurde nichts verbraucht; /call plant den Anruf neu."
    ),
    "Cancel {name}, {when}": "{name} absagen, {when}",
    "Cancel {name}, {when} · {topic}": "{name} absagen, {when} · {topic}",
    "Calls today": "Anrufe heute",
    "Minutes this month": "Minuten diesen Monat",
    "{bar}  {n} of {n2} left": "{bar}  {n} von {n2} übrig",
    "no calls are allowed here": "hier sind keine Anrufe erlaubt",
    "{n} more are held until your calls are over": (
        "{n} weitere sind reserviert, bis deine Anrufe vorbei sind"
    ),
    "{n} more are held until your calls are over; all back {when}": (
        "{n} weitere sind reserviert, bis deine Anrufe vorbei sind; alle wieder da: {when}"
    ),
    "all back {when}": "alle wieder da: {when}",
    "There is no /account {word}. Did you mean /account {word2}? /account alone shows what there is.": (
        "/account {word} gibt es nicht. Meinst du /account {word2}? /account allein zeigt, was es gibt."
    ),
    "There is no /account {word}. /account alone shows what there is.": (
        "/account {word} gibt es nicht. /account allein zeigt, was es gibt."
    ),
    "Phone calls are switched off here. /call makes a private link instead.": (
        "Telefonanrufe sind hier abgeschaltet. /call macht dir stattdessen einen privaten Link."
    ),
    "Phone calls are switched off here.": "Telefonanrufe sind hier abgeschaltet.",
    "None.": "Keins.",
    "You have no phone here yet.": "Du hast hier noch kein Telefon.",
    "Write your number with + and country code: /account phone +49 1512 3456789.": (
        "Schreib deine Nummer mit + und Landesvorwahl: /account phone +49 1512 3456789."
    ),
    "{telephone}": "{telephone}",
    "{telephone}.": "{telephone}.",
    "{telephone}; {telephone2}": "{telephone}; {telephone2}",
    "{telephone}; {telephone2}.": "{telephone}; {telephone2}.",
    "Add a phone": "Telefon hinzufügen",
    "Your phone": "Dein Telefon",
    "Use another phone": "Anderes Telefon nehmen",
    "Remove the phone": "Telefon entfernen",
    "Your number, with + and country code": "Deine Nummer, mit + und Landesvorwahl",
    "The code that was read to you": "Der Code, den du gehört hast",
    "Six digits": "Sechs Ziffern",
    "Is {number} yours?": "Gehört {number} dir?",
    (
        "An AI voice calls {numbers} and reads you a code. From then on your characters can ring there "
        "when you ask for it. Calls are transcribed by ElevenLabs and kept by {community}. Only add a "
        "number that is yours. To stop it, say “stop calling” on the phone: it is never called again then."
    ): (
        "Eine KI-Stimme ruft {numbers} an und liest dir einen Code vor. Von da an können deine Figuren "
        "dort anrufen, wenn du darum bittest. Anrufe werden von ElevenLabs transkribiert und von "
        "{community} gespeichert. Gib nur eine Nummer an, die dir gehört. Willst du das beenden, sag am "
        "Telefon „nicht mehr anrufen“: Dann wird sie nie wieder angerufen."
    ),
    "It is mine: call it now": "Das ist meine: jetzt anrufen",
    (
        "Calling {numbers} now. Say yes, and a code is read to you; write it here within ten minutes: "
        "/account code 123456."
    ): (
        "{numbers} wird jetzt angerufen. Sag ja, dann wird dir ein Code vorgelesen; schreib ihn innerhalb "
        "von zehn Minuten hierher: /account code 123456."
    ),
    "Write the code": "Code eingeben",
    "How to get another code": "Neuen Code bekommen",
    "That is not the code for {numbers}.": "Das ist nicht der Code für {numbers}.",
    "{tries} left.": "Noch {tries}.",
    "The code for {numbers} was good for ten minutes only.": "Der Code für {numbers} galt nur zehn Minuten.",
    "This code was tried too often, so it is void now.": (
        "Dieser Code wurde zu oft falsch eingegeben, deshalb gilt er nicht mehr."
    ),
    "No number of yours waits for a code.": "Keine deiner Nummern wartet auf einen Code.",
    "/account phone and your number has another one read to you.": (
        "Mit /account phone NUMMER wird dir ein neuer vorgelesen."
    ),
    "{numbers} is verified until {day}.": "{numbers} ist bestätigt bis {day}.",
    "{numbers} is verified.": "{numbers} ist bestätigt.",
    "/call wizard by phone rings it.": "Mit /call wizard by phone klingelt es dort.",
    "{former} scheduled for your former number will not ring: schedule again what you want.": (
        "Für deine frühere Nummer war geplant: {former}. Das klingelt nicht mehr; plane neu, was du möchtest."
    ),
    "Whom shall I put through?": "Wen soll ich durchstellen?",
    "{numbers} is forgotten.": "{numbers} ist vergessen.",
    "{scheduled} will not ring.": "Klingelt nicht mehr: {scheduled}.",
    "This forgets {numbers}.": "Damit wird {numbers} vergessen.",
    "Will not ring": "Klingelt nicht",
    "Forget the number": "Nummer vergessen",
    "Write /account phone inbound on, or /account phone inbound off.": (
        "Schreib /account phone inbound on oder /account phone inbound off."
    ),
    "Who rings from your number talks with your last character, who remembers nobody then.": (
        "Wer von deiner Nummer aus anruft, spricht mit deiner letzten Figur, die sich dann an niemanden "
        "erinnert."
    ),
    (
        "Who rings from your number talks with your last character, who remembers you once they say that "
        "it is you. A number can be forged: /account phone inbound off stops that."
    ): (
        "Wer von deiner Nummer aus anruft, spricht mit deiner letzten Figur, die sich an dich erinnert, "
        "sobald die Person sagt, dass du es bist. Eine Nummer lässt sich fälschen: /account phone inbound "
        "off stellt das ab."
    ),
    "What you agree to has changed: read it once more, /account phone and your number.": (
        "Was du bestätigst, hat sich geändert: Lies es noch einmal, /account phone NUMMER."
    ),
    "You have no verified phone here.": "Du hast hier kein bestätigtes Telefon.",
    "/account phone and your number adds one, and has a code read to you.": (
        "Mit /account phone NUMMER fügst du eins hinzu und bekommst einen Code vorgelesen."
    ),
    "There is no phone of yours here.": "Du hast hier kein Telefon.",
    "/account phone and your number adds one.": "Mit /account phone NUMMER fügst du eins hinzu.",
    "A code is {n} digits, as they were read to you: /account code 123456.": (
        "Ein Code hat {n} Ziffern, so wie sie dir vorgelesen wurden: /account code 123456."
    ),
    "{numbers} is your phone already, verified until {moment}; /call wizard by phone rings it.": (
        "{numbers} ist schon dein Telefon, bestätigt bis {moment}; mit /call wizard by phone klingelt es "
        "dort."
    ),
    "This number cannot be used here. Use another one, or ask whoever runs Troupe.": (
        "Diese Nummer kann hier nicht benutzt werden. Nimm eine andere, oder frag, wer Troupe betreibt."
    ),
    "Add your phone first: /account phone and your number, with + and country code.": (
        "Füg zuerst dein Telefon hinzu: /account phone NUMMER, mit + und Landesvorwahl."
    ),
    (
        "Your number was verified more than 180 days ago. Verify it again: /account phone and your number; "
        "a code is read to you."
    ): (
        "Deine Nummer wurde vor mehr als 180 Tagen bestätigt. Bestätige sie neu: /account phone NUMMER; "
        "dir wird ein Code vorgelesen."
    ),
    (
        "Somebody at your number asked not to be called, so it is not; whoever runs Troupe can lift that. "
        "/call makes a private link instead."
    ): (
        "Jemand an deiner Nummer wollte nicht angerufen werden, also geschieht es nicht; wer Troupe "
        "betreibt, kann das aufheben. /call macht dir stattdessen einen privaten Link."
    ),
    (
        "I cannot read that as a telephone number: write it alone, with + and country code, such as +49 30 "
        "123456, without letters or extension."
    ): (
        "Das kann ich nicht als Telefonnummer lesen: Schreib sie allein, mit + und Landesvorwahl wie +49 "
        "30 123456, ohne Buchstaben und Durchwahl."
    ),
    "There is no such number: check the digits, and write it with + and country code.": (
        "Diese Nummer gibt es nicht: Prüf die Ziffern, und schreib sie mit + und Landesvorwahl."
    ),
    "Only mobile and fixed lines can be rung, not premium, free, internet or short numbers.": (
        "Anrufen lassen sich nur Mobil- und Festnetznummern, keine Sonder-, Gratis-, Internet- oder "
        "Kurznummern."
    ),
    "Only numbers of {regions} can be rung here: give one of those.": (
        "Hier lassen sich nur Nummern aus {regions} anrufen: Gib so eine an."
    ),
    "That phone was removed, or may not be called any more. /account shows yours.": (
        "Dieses Telefon wurde entfernt oder darf nicht mehr angerufen werden. /account zeigt deins."
    ),
    "Links": "Links",
    "also by direct message": "auch per Direktnachricht",
    "in the private answer alone": "nur in der privaten Antwort",
    "Send links by message too": "Links auch als Nachricht schicken",
    "Send no links by message": "Keine Links als Nachricht",
    "After a call": "Nach einem Anruf",
    "a recap with what was said": "eine Zusammenfassung mit dem, was gesagt wurde",
    "a recap of who and how long": "eine Zusammenfassung, wer und wie lange",
    "no recap": "keine Zusammenfassung",
    "Recaps": "Zusammenfassungen",
    "Full recaps": "Ausführlich",
    "Brief recaps": "Kurz",
    "No recaps": "Keine",
    "What do you want to read after a call? A call that failed is told in any case.": (
        "Was möchtest du nach einem Anruf lesen? Von einem Anruf, der misslang, erfährst du in jedem Fall."
    ),
    "Write /account recaps full, /account recaps brief, or /account recaps none.": (
        "Schreib /account recaps full, /account recaps brief oder /account recaps none."
    ),
    "Try again": "Noch einmal versuchen",
}
