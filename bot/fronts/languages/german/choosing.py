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
    "No conversation, only facts.": "Kein Gespräch, nur Notizen.",
}
