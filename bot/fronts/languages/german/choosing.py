"""What a member chooses of a file, and what becomes of it."""

from collections.abc import Mapping

CHOOSING: Mapping[str, str] = {
    "Who are you?": "Wer bist du?",
    (
        "Which of these are you? Only your own lines are kept, and what a character answered you. The number "
        "is how many lines somebody has."
    ): (
        "Wer davon bist du? Gespeichert werden nur deine eigenen Zeilen und was eine Figur dir geantwortet "
        "hat. Die Zahl sagt, wie viele Zeilen jemand hat."
    ),
    "Who is the character?": "Wer ist die Figur?",
    "Which of these is the character? The number is how many lines it has.": (
        "Wer davon ist die Figur? Die Zahl sagt, wie viele Zeilen sie hat."
    ),
    "All of them": "Alle davon",
    "Somebody without a name": "Jemand ohne Namen",
    "I am somebody else": "Ich bin jemand anderes",
    "Choose the character": "Figur wählen",
    "Choose conversations": "Gespräche wählen",
    "Which conversations?": "Welche Gespräche?",
    "{n} of {conversations} chosen, with {lines}.": "{n} von {conversations} gewählt, mit {lines}.",
    "Choose one to add it or to leave it out.": "Wähle eins, um es dazuzunehmen oder wegzulassen.",
    "Earlier ones": "Frühere",
    "Further ones": "Weitere",
    "All": "Alle",
    "None": "Keins",
    "Show what will be saved": "Zeigen, was gespeichert wird",
    "Take it back": "Rückgängig machen",
    "Taken back.": "Rückgängig gemacht.",
    "Each character will know what it knew.": "Jede Figur wird wissen, was sie wusste.",
    "You are called “{name}” in it.": "Du heißt darin „{name}“.",
    "The character is called “{name}” in it.": "Die Figur heißt darin „{name}“.",
    "{things} that characters are to know.": "{things}, die Figuren wissen sollen.",
    "Pinned: {things}.": "Angeheftet: {things}.",
    "For every character: {things}.": "Für jede Figur: {things}.",
    "Replaced by newer ones: {things}.": "Durch neuere ersetzt: {things}.",
    "Export everything": "Alles exportieren",
    "Shall I send you everything?": "Soll ich dir alles schicken?",
    "Send me the file": "Datei schicken",
    "Don't send it": "Nicht schicken",
    "This is everything that is kept of you, and nothing of anybody else.": (
        "Das ist alles, was von dir gespeichert ist, und nichts von anderen."
    ),
    "Keep it safe: /forget cannot erase a file that you have.": (
        "Bewahre es sicher auf: Eine Datei, die du hast, kann /forget nicht löschen."
    ),
    "/import reads it again.": "/import liest es wieder ein.",
    "It comes into our direct messages as a file with all that was said.": (
        "Es kommt in unsere Direktnachrichten, als Datei mit allem, was gesagt wurde."
    ),
    (
        "Slack keeps it there until you delete it; your workspace owners may be able to read it, and /forget "
        "does not reach it."
    ): (
        "Slack bewahrt sie dort auf, bis du sie löschst; wer den Workspace besitzt, kann sie womöglich "
        "lesen, und /forget erreicht sie nicht."
    ),
    "Your file is larger than can be sent here, even packed.": (
        "Deine Datei ist größer, als sich hier schicken lässt, auch gepackt."
    ),
    "Whoever runs Troupe can give it to you.": "Wer Troupe betreibt, kann sie dir geben.",
    "As a text file": "Als Textdatei",
    "As a JSON file": "Als JSON-Datei",
    "Shall I send you this talk?": "Soll ich dir dieses Gespräch schicken?",
    "This is what was said, and nothing else.": "Das ist, was gesagt wurde, und sonst nichts.",
    "Say first that this talk was yours; it can be taken along then.": (
        "Sag zuerst, dass dieses Gespräch deins war; dann lässt es sich mitnehmen."
    ),
    "{moment} ({zone})": "{moment} ({zone})",
    "{moment} ({zone}) · {length}": "{moment} ({zone}) · {length}",
    "No conversation, only facts.": "Kein Gespräch, nur Notizen.",
}
