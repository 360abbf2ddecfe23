"""What only Slack's front says."""

from collections.abc import Mapping

SLACK: Mapping[str, str] = {
    "All of it stands in the file in your direct messages.": (
        "Alles steht in der Datei in deinen Direktnachrichten."
    ),
    "Share the JSON file with me in a direct message; I ask before anything is saved.": (
        "Teil die JSON-Datei in einer Direktnachricht mit mir; ich frage, bevor etwas gespeichert wird."
    ),
    "Your workspace owners may be able to export direct messages.": (
        "Wem euer Workspace gehört, der kann Direktnachrichten womöglich exportieren."
    ),
    "It goes on.": "Es geht weiter.",
    "All of it can be taken along as a text file.": "Alles lässt sich als Textdatei mitnehmen.",
    "Who is “{name}”?": "Wer ist „{name}“?",
    "Type @ and pick the person from the list that Slack shows.": (
        "Tippe @ und wähle die Person aus der Liste, die Slack zeigt."
    ),
    "{file} does not lie at Slack: share the file itself.": (
        "{file} liegt nicht bei Slack: Teil die Datei selbst."
    ),
    "{file} is too large: send {n} MB at most, in several files.": (
        "{file} ist zu groß: Schick höchstens {n} MB, in mehreren Dateien."
    ),
    "{file} is no JSON file: export the conversation as JSON and share that.": (
        "{file} ist keine JSON-Datei: Exportiere das Gespräch als JSON und teil das."
    ),
    "{file} could not be fetched from Slack. Nothing was saved; share it again.": (
        "{file} ließ sich nicht von Slack holen. Es wurde nichts gespeichert; teil sie noch einmal."
    ),
    "Slack does not let me read {file}. Nothing was saved; share it with me again.": (
        "Slack lässt mich {file} nicht lesen. Es wurde nichts gespeichert; teil sie noch einmal mit mir."
    ),
    "{file} is larger than Slack said. Nothing was saved.": (
        "{file} ist größer, als Slack sagte. Es wurde nichts gespeichert."
    ),
    "Is this a conversation that you want me to know? Nothing is saved yet.": (
        "Ist das ein Gespräch, das ich kennen soll? Noch ist nichts gespeichert."
    ),
    "Show what it holds": "Zeigen, was darin steht",
    "Your last calls:": "Deine letzten Anrufe:",
    "There are no calls yet.": "Es gibt noch keine Anrufe.",
    "About you:": "Über dich:",
    "Account": "Konto",
    "Forget": "Vergessen",
    "Help": "Hilfe",
    "Send": "Senden",
    "Call": "Anrufen",
    "Call a character": "Figur anrufen",
    "One moment …": "Einen Moment …",
    "Whom you want to call": "Wen du anrufen willst",
    "How": "Wie",
    "a private link": "ein privater Link",
    "my phone rings": "mein Telefon klingelt",
    "write with me here": "hier mit mir schreiben",
    "What it is about": "Worum es geht",
    "Go on with a past talk, or start fresh": "Mit einem früheren Gespräch weitermachen, oder neu anfangen",
    "When your phone shall ring: 18:30, tomorrow 9am": (
        "Wann dein Telefon klingeln soll: 18:30, tomorrow 9am"
    ),
    "I answer to commands: /call calls a character, /help lists the rest.": (
        "Ich reagiere auf Befehle: /call ruft eine Figur an, /help zeigt alles andere."
    ),
    "Share one file at a time, so that each can be looked at. Nothing was saved.": (
        "Teile immer nur eine Datei, damit ich jede ansehen kann. Es wurde nichts gespeichert."
    ),
    "Slack does not let me read that file. Nothing was saved; share it with me again.": (
        "Slack lässt mich diese Datei nicht lesen. Es wurde nichts gespeichert; teile sie noch einmal."
    ),
    "Write in this thread; /hangup ends the talk.": (
        "Schreib in diesem Thread; /hangup beendet das Gespräch."
    ),
    "I cannot write to you here. Take a link instead. Nothing was used.": (
        "Hier kann ich dir nicht schreiben. Nimm stattdessen einen Link. Es wurde nichts verbraucht."
    ),
    "I cannot write to you in direct messages, so the file was not sent.": (
        "Ich kann dir keine Direktnachrichten schreiben, also wurde die Datei nicht geschickt."
    ),
    "Whoever manages this workspace can let me.": "Wer diesen Workspace verwaltet, kann es mir erlauben.",
    "There is no channel here to post in. Ask for it in a channel.": (
        "Hier gibt es keinen Kanal zum Posten. Versuch es in einem Kanal."
    ),
    "I am not in that channel: invite me there first, then it can be posted.": (
        "In diesem Kanal bin ich nicht: Lad mich erst dorthin ein, dann lässt es sich posten."
    ),
    "Troupe was not installed": "Troupe wurde nicht installiert",
    "You said no at Slack, so nothing was changed.": (
        "Du hast bei Slack abgelehnt, also hat sich nichts geändert."
    ),
    "This did not begin in this browser.": "Das wurde nicht in diesem Browser begonnen.",
    "This was used already, or took too long.": "Das wurde schon benutzt, oder es hat zu lange gedauert.",
    "Slack sent no code along.": "Slack hat keinen Code mitgeschickt.",
    "Start again, and go through it in one browser within ten minutes.": (
        "Fang von vorn an, und bleib dabei in einem Browser und unter zehn Minuten."
    ),
    "Slack gave no token for it.": "Slack hat dafür kein Token gegeben.",
    "Start again; if that does not help, whoever runs Troupe finds the reason in the log.": (
        "Fang von vorn an; hilft das nicht, findet im Log den Grund, wer Troupe betreibt."
    ),
    "Slack did not let it happen.": "Slack hat es nicht zugelassen.",
    "Somebody who may install apps in that workspace can start again.": (
        "Wer in diesem Workspace Apps installieren darf, kann von vorn anfangen."
    ),
    "Troupe is not installed in this workspace.": "In diesem Workspace ist Troupe nicht installiert.",
    "Whoever manages it can install it again.": "Wer ihn verwaltet, kann es wieder installieren.",
    "Troupe is installed in {name}": "Troupe ist installiert: {name}",
    "Go back to Slack and type {command} there to call a character.": (
        "Geh zurück zu Slack und tippe dort {command}, um eine Figur anzurufen."
    ),
    "Its admins choose in which workspaces it may be used.": (
        "Wer dort verwaltet, bestimmt, in welchen Workspaces es benutzt werden darf."
    ),
}
