"""Chats in direct messages, sharing a line, and what the front itself says."""

from collections.abc import Mapping

CHATTING: Mapping[str, str] = {
    "You are connected with {name}. Write what you want to say; /hangup ends the talk.": (
        "Du bist mit {name} verbunden. Schreib, was du sagen möchtest; /hangup beendet das Gespräch."
    ),
    "You wrote nothing for a while, so {name} hung up. /call when you like.": (
        "Du hast eine Weile nichts geschrieben, deshalb hat {name} aufgelegt. Mit /call geht es weiter, "
        "wann du magst."
    ),
    "No answer yet. Write on, or /hangup ends it.": (
        "Noch keine Antwort. Schreib weiter, oder beende es mit /hangup."
    ),
    "The line broke off. What was said so far is not lost; /call again when you like.": (
        "Die Verbindung ist abgebrochen. Was bisher gesagt wurde, ist nicht verloren; mit /call geht es "
        "weiter, wann du magst."
    ),
    "The talk is over; that was not heard.": "Das Gespräch ist vorbei; das kam nicht mehr an.",
    "You hung up.": "Du hast aufgelegt.",
    "{name} hung up.": "{name} hat aufgelegt.",
    "{name}, interrupted": "{name}, unterbrochen",
    "The page that talks with {name} hangs up.": "Die Seite, die mit {name} spricht, legt auf.",
    "{name} knows.": "{name} weiß Bescheid.",
    "You are talking with {name}. Shall I hang up?": "Du sprichst gerade mit {name}. Soll ich auflegen?",
    "Hang up and call": "Auflegen und anrufen",
    "Stay with {name}": "Bei {name} bleiben",
    "Nobody is on the line.": "Es ist niemand in der Leitung.",
    "/whisper tells a character something in the middle of a talk.": (
        "Mit /whisper flüsterst du einer Figur mitten im Gespräch etwas zu."
    ),
    "{name} is {where}, and nothing can be whispered into that. Say it there.": (
        "{name} ist {where}, da lässt sich nichts einflüstern. Sag es dort."
    ),
    "{name} is {where}, which cannot be hung up from here. Hang up there.": (
        "{name} ist {where}, da kann ich von hier aus nicht auflegen. Leg dort auf."
    ),
    "{name} may be {where}, and nothing can be whispered into that. Say it there.": (
        "{name} ist vielleicht {where}, da lässt sich nichts einflüstern. Sag es dort."
    ),
    "{name} may be {where}, which cannot be hung up from here. Hang up there.": (
        "{name} ist vielleicht {where}, da kann ich von hier aus nicht auflegen. Leg dort auf."
    ),
    "The call ends by itself {length} after it began at the latest.": (
        "Spätestens {length} nach dem Beginn endet der Anruf von selbst."
    ),
    "The call ends by itself at {time} at the latest.": "Spätestens um {time} endet der Anruf von selbst.",
    "Troupe is being restarted, so our talk ends here. What was said is not lost; /call me again.": (
        "Troupe wird neu gestartet, deshalb endet unser Gespräch hier. Was gesagt wurde, ist nicht "
        "verloren; ruf mich mit /call wieder an."
    ),
    "Troupe was restarted, and your talk with {name} ended with it. What was said is not lost.": (
        "Troupe wurde neu gestartet, damit endete auch dein Gespräch mit {name}. Was gesagt wurde, ist "
        "nicht verloren."
    ),
    "Files cannot be read here; write it in words.": (
        "Dateien können hier nicht gelesen werden; schreib es in Worten."
    ),
    "Which line of {name}'s do you want to share?": "Welchen Satz von {name} möchtest du teilen?",
    "shared by {member}": "geteilt von {member}",
    "This is what everybody in {channel} will see:": "Das sehen dann alle in {channel}:",
    "Post it": "Posten",
    "Another line": "Einen anderen Satz",
    "Don't post it": "Nicht posten",
    "Posted in {channel}.": "Gepostet in {channel}.",
    "Posted.": "Gepostet.",
    "That was posted already.": "Das wurde schon gepostet.",
    "You have posted enough for now. Try again in an hour.": (
        "Du hast vorerst genug gepostet. Versuch es in einer Stunde noch einmal."
    ),
    (
        "This talk was asked for in direct messages, so there is no channel to post in. /history in a "
        "channel shares it there."
    ): (
        "Dieses Gespräch begann in Direktnachrichten, also gibt es keinen Kanal dafür. Mit /history in "
        "einem Kanal teilst du es dort."
    ),
    "Say first that this talk was yours; a line of it can be shared then.": (
        "Sag zuerst, dass dieses Gespräch deins war; dann lässt sich ein Satz daraus teilen."
    ),
    "There is no line of the character's in it that could be shared.": (
        "Darin ist kein Satz der Figur, der sich teilen ließe."
    ),
    "That line is not there any more. Choose another one.": (
        "Dieser Satz ist nicht mehr da. Nimm einen anderen."
    ),
    "There is no channel here to post in. Ask for it in a server.": (
        "Hier gibt es keinen Kanal zum Posten. Versuch es auf einem Server."
    ),
    "That channel is not there any more.": "Diesen Kanal gibt es nicht mehr.",
    "You may not post in that channel yourself, so I do not either.": (
        "Du darfst in diesem Kanal selbst nicht posten, also tue ich es auch nicht."
    ),
    "This button is somebody else's. /call and /help are for everybody.": (
        "Dieser Knopf gehört jemand anderem. /call und /help sind für alle da."
    ),
    "Only members of the workspace that Troupe is installed in can use it. Ask for it in your own.": (
        "Nur Mitglieder des Workspace, in dem Troupe installiert ist, können es nutzen. Frag in deinem."
    ),
    "This button is too old, or what stood behind it was erased. Ask again with a command.": (
        "Dieser Knopf ist zu alt, oder was dahinter stand, wurde gelöscht. Frag noch einmal mit einem Befehl."
    ),
    "Something went wrong here, sorry. Whoever runs Troupe finds it in the log as {id}.": (
        "Hier ist etwas schiefgegangen, tut mir leid. Wer Troupe betreibt, findet es im Protokoll unter {id}."
    ),
    (
        "You are in no server that uses Troupe. Ask whoever showed you this bot which server to join, then "
        "call from there or here."
    ): (
        "Du bist auf keinem Server, der Troupe nutzt. Frag, wer dir diesen Bot gezeigt hat, welchem Server "
        "du beitreten sollst; dann ruf von dort oder hier an."
    ),
    "Troupe is not switched on here yet. Whoever manages this place can do so: /troupe here.": (
        "Troupe ist hier noch nicht eingeschaltet. Wer das hier verwaltet, kann das tun: /troupe here."
    ),
    "All of it stands in the file.": "Alles steht in der Datei.",
    "Choose …": "Wähle …",
    "This was erased.": "Das wurde gelöscht.",
    "Nothing was changed.": "Es hat sich nichts geändert.",
    "The line is busy at the moment. Try again in a few minutes.": (
        "Die Leitung ist gerade besetzt. Versuch es in ein paar Minuten noch einmal."
    ),
    "The line is out of order; whoever runs Troupe finds the reason in the log as {id}.": (
        "Die Leitung ist gestört; wer Troupe betreibt, findet den Grund im Protokoll unter {id}."
    ),
    (
        "That was not done, and nothing was charged: what is kept here cannot be written at the moment. "
        "Try again in a few minutes."
    ): (
        "Das wurde nicht ausgeführt und nichts berechnet: Im Moment kann hier nichts gespeichert werden. "
        "Versuch es in ein paar Minuten noch einmal."
    ),
    (
        "Nobody can tell whether that was done: what is kept here broke off in the middle of it. Wait a "
        "minute, and look with /history before you ask again."
    ): (
        "Niemand kann sagen, ob das ausgeführt wurde: Was hier gespeichert ist, brach mittendrin ab. Warte "
        "eine Minute und sieh mit /history nach, bevor du noch einmal fragst."
    ),
    "That did not work, and nothing was changed. The reason stands in the log as {id}.": (
        "Das hat nicht geklappt, und es hat sich nichts geändert. Der Grund steht im Protokoll unter {id}."
    ),
    "This was imported, so no character has said it. Only lines of calls are shared.": (
        "Das wurde importiert, also hat es keine Figur gesagt. Geteilt werden nur Sätze aus Anrufen."
    ),
    "The talk is over.": "Das Gespräch ist vorbei.",
    "Hang up": "Auflegen",
    "Hang up on {name}": "Bei {name} auflegen",
    "Hang up on all": "Bei allen auflegen",
    "Tell {name}": "{name} zuflüstern",
    "You are in several talks. Which one do you mean?": "Du führst mehrere Gespräche. Welches meinst du?",
    "Nobody hears that here. Write in the thread of whom you mean: {names}.": (
        "Das hört hier niemand. Schreib in den Thread von dem, den du meinst: {names}."
    ),
    "Let members call": "Mitglieder anrufen lassen",
    "Troupe is not switched on here yet. You manage this place, so you can let its members call.": (
        "Troupe ist hier noch nicht eingeschaltet. Du verwaltest das hier, also kannst du die Mitglieder "
        "anrufen lassen."
    ),
}
