"""What our commands are called in German, in Discord's limits: names 32 characters, all else 100."""

from bot.fronts.languages.language import CommandWords

COMMANDS = CommandWords(
    commands={
        "call": "anrufen",
        "characters": "figuren",
        "history": "verlauf",
        "memory": "erinnerung",
        "import": "importieren",
        "forget": "vergessen",
        "whisper": "flüstern",
        "hangup": "auflegen",
        "account": "konto",
        "help": "hilfe",
        "troupe": "troupe",
        "here": "hier",
        "status": "status",
        "reload": "neuladen",
        "allow": "erlauben",
        "post": "posten",
        "allowance": "kontingent",
        "pause": "pausieren",
        "resume": "fortsetzen",
        "block": "sperren",
        "unblock": "entsperren",
        "cost": "kosten",
    },
    options={
        "character": "figur",
        "via": "weg",
        "topic": "thema",
        "at": "wann",
        "continue": "weiter",
        "search": "suche",
        "call": "anruf",
        "file": "datei",
        "what": "was",
        "text": "text",
        "phone": "telefon",
        "code": "code",
        "remember": "erinnern",
        "inbound": "eingehend",
        "recaps": "nachlese",
        "link": "verbinden",
        "switch": "schalter",
        "role": "rolle",
        "channel": "kanal",
        "only": "nur",
        "member": "mitglied",
        "here": "hier",
        "calls": "anrufe",
        "minutes": "minuten",
        "default": "standard",
        "reason": "grund",
        "number": "nummer",
        "as": "als",
    },
    choices={
        "link": "Link",
        "phone": "Telefon",
        "chat": "Chat",
        "on": "an",
        "off": "aus",
        "everybody": "alle",
        "nobody": "niemand",
        "age-restricted": "altersbeschränkt",
        "everything": "alles",
        "json": "json",
        "full": "ausführlich",
        "brief": "kurz",
        "none": "keine",
    },
    descriptions={
        "Talk with a character: by link, phone or chat": (
            "Mit einer Figur sprechen: per Link, Telefon oder Chat"
        ),
        "Whom you want to call": "Wen du anrufen möchtest",
        "How: a private link, your phone, or a chat in direct messages": (
            "Wie: mit einem privaten Link, am Telefon oder im Chat per Direktnachricht"
        ),
        "What it is about": "Worum es geht",
        "When your phone shall ring: 18:30, tomorrow 9am": (
            "Wann dein Telefon klingeln soll: 18:30, morgen 9 Uhr"
        ),
        "A past talk to go on with, or a fresh start of which nothing is kept": (
            "Ein früheres Gespräch, mit dem es weitergeht, oder ein Neuanfang, von dem nichts bleibt"
        ),
        "Whom you can call, with pictures and voices": "Wen du anrufen kannst, mit Bildern und Stimmen",
        "Words that describe them": "Wörter, die auf sie passen",
        "Your scheduled and past calls, and what was said": (
            "Deine geplanten und früheren Anrufe, und was gesagt wurde"
        ),
        "Only with this character": "Nur mit dieser Figur",
        "What somebody said": "Was jemand gesagt hat",
        "A call's id, for its transcript": "Die Kennung eines Anrufs, für sein Transkript",
        "Exactly what a character will be told about you next time": (
            "Genau das, was eine Figur beim nächsten Mal über dich erfährt"
        ),
        "Which character": "Welche Figur",
        "What the call would be about": "Worum es in dem Anruf ginge",
        "Bring a JSON conversation that you already have": "Ein JSON-Gespräch mitbringen, das du schon hast",
        "The JSON file": "Die JSON-Datei",
        "Keep it for this character alone": "Nur für diese Figur speichern",
        "Erase a call, a character or everything, here and at ElevenLabs": (
            "Einen Anruf, alles mit einer Figur oder überhaupt alles löschen, hier und bei ElevenLabs"
        ),
        "A character, a call's id, or everything": "Eine Figur, die Kennung eines Anrufs, oder alles",
        "Tell the character something in the middle of a talk": (
            "Der Figur mitten im Gespräch etwas zuflüstern"
        ),
        "What it shall know": "Was sie wissen soll",
        "End the chat that is on": "Den laufenden Chat beenden",
        "What you have left, your phone, and whether you are remembered": (
            "Was dir bleibt, dein Telefon, und ob man sich an dich erinnert"
        ),
        "Your number, with + and country code": "Deine Nummer, mit + und Landesvorwahl",
        "The six digits that were read to you": "Die sechs Ziffern, die dir vorgelesen wurden",
        "Whether characters remember you": "Ob Figuren sich an dich erinnern",
        "What you read after a call": "Was du nach einem Anruf liest",
        "Whether they do when your number rings them": "Ob sie es tun, wenn deine Nummer sie anruft",
        "A code from your other account; without one, a button of /account makes it": (
            "Ein Code von deinem anderen Konto; ohne einen macht ihn ein Knopf von /account"
        ),
        "What you can do here": "Was du hier tun kannst",
        "For those who manage this server": "Für alle, die diesen Server verwalten",
        "Let members of this server call, or no more": (
            "Mitglieder dieses Servers anrufen lassen, oder nicht mehr"
        ),
        "on, or off to take it back": "an, oder aus, um es zurückzunehmen",
        "How it goes: minutes, cost, who is blocked": "Wie es läuft: Minuten, Kosten, wer gesperrt ist",
        "Read the characters' files again now": "Die Dateien der Figuren jetzt neu lesen",
        "Who may call a character here; a role or channel named twice is left out": (
            "Wer eine Figur hier anrufen darf; zweimal genannte Rollen und Kanäle fallen weg"
        ),
        "Only members with this role": "Nur Mitglieder mit dieser Rolle",
        "Only in this channel": "Nur in diesem Kanal",
        "everybody takes all limits away, nobody switches it off here": (
            "alle nimmt jede Grenze weg, niemand schaltet die Figur hier ab"
        ),
        "Post a card for everybody here, with a button that calls": (
            "Eine Karte für alle hier posten, mit einem Knopf, der anruft"
        ),
        "What a member, or this server, may use": "Was ein Mitglied oder dieser Server verbrauchen darf",
        "Whose": "Wessen Kontingent",
        "This server's": "Das dieses Servers",
        "Calls a day": "Anrufe am Tag",
        "Minutes a month": "Minuten im Monat",
        "Back to what holds for everybody": "Zurück zu dem, was für alle gilt",
        "Let no call begin, on any front": "Überall keinen Anruf beginnen lassen",
        "Why; members read it": "Warum; die Mitglieder lesen es",
        "Let calls begin again": "Anrufe wieder beginnen lassen",
        "No calls by a member, or to a number": "Keine Anrufe von einem Mitglied oder an eine Nummer",
        "Who places no calls any more": "Wer nicht mehr anrufen darf",
        "A number that is never rung, with +": "Eine Nummer, die nie angerufen wird, mit +",
        "Take a block back": "Eine Sperre zurücknehmen",
        "Who may place calls again": "Wer wieder anrufen darf",
        "A number, with +": "Eine Nummer, mit +",
        "What calls cost this month and last": "Was Anrufe diesen und letzten Monat kosten",
        "json is for a script": "json ist für ein Skript",
    },
)
