"""Why a file cannot be imported."""

from collections.abc import Mapping

IMPORTING: Mapping[str, str] = {
    "{file} is {n} MB: send {n2} MB at most, in several files.": (
        "{file} hat {n} MB: Schick höchstens {n2} MB, in mehreren Dateien."
    ),
    "{file} is {n} MB: send less than {n2} MB, in several files.": (
        "{file} hat {n} MB: Schick weniger als {n2} MB, in mehreren Dateien."
    ),
    "{file} is empty: choose the file that holds the conversation.": (
        "{file} ist leer: Nimm die Datei, in der das Gespräch steht."
    ),
    "{file} is no JSON file: export the conversation as JSON and attach that.": (
        "{file} ist keine JSON-Datei: Exportiere das Gespräch als JSON und häng das an."
    ),
    "Your other file is still being read. Wait until that is answered.": (
        "Deine andere Datei wird noch gelesen. Warte, bis die Antwort da ist."
    ),
    "{name} keeps nothing in memory; choose another character.": (
        "{name} behält nichts in Erinnerung; nimm eine andere Figur."
    ),
    "The characters of this file keep nothing in memory; choose another one.": (
        "Die Figuren dieser Datei behalten nichts in Erinnerung; nimm eine andere."
    ),
    "{file} has a profile of more than {n} characters: make it shorter.": (
        "{file} hat ein Profil von mehr als {n} Zeichen: Kürze es."
    ),
    "{file} is damaged: {damaged} contains a NUL character; export it again.": (
        "{file} ist beschädigt: {damaged} enthält ein NUL-Zeichen; exportiere sie noch einmal."
    ),
    "{file} is damaged: {damaged} contains half a character; export it again.": (
        "{file} ist beschädigt: {damaged} enthält ein halbes Zeichen; exportiere sie noch einmal."
    ),
    "{file} holds more than {n} lines: send it in several smaller files.": (
        "{file} enthält mehr als {n} Zeilen: Schick sie in mehreren kleineren Dateien."
    ),
    "{file} holds more than {n} values: send it in several smaller files.": (
        "{file} enthält mehr als {n} Werte: Schick sie in mehreren kleineren Dateien."
    ),
    "{file} has nothing to keep, only {left_out}: choose another file.": (
        "{file} hat nichts, was sich speichern lässt, nur {left_out}: Nimm eine andere Datei."
    ),
    "{file} holds no conversation: it is an empty list, choose another file.": (
        "{file} enthält kein Gespräch, nur eine leere Liste: Nimm eine andere Datei."
    ),
    "{file} holds one conversation that is too large to be read at once: send it as a list of messages.": (
        "{file} enthält ein Gespräch, das zu groß ist, um es am Stück zu lesen: Schick es als Liste von "
        "Nachrichten."
    ),
    "{file} is saved as UTF-16: save it again with the encoding UTF-8.": (
        "{file} ist als UTF-16 gespeichert: Speichere sie mit der Kodierung UTF-8."
    ),
    "{file} is not JSON, it begins with “{start}”: export the conversation as JSON.": (
        "{file} ist kein JSON, sie beginnt mit „{start}“: Exportiere das Gespräch als JSON."
    ),
    "{file} contains a NUL byte in line {n}: it is damaged, export it again.": (
        "{file} enthält in Zeile {n} ein NUL-Byte: Sie ist beschädigt, exportiere sie noch einmal."
    ),
    "{file} is nested {n} levels deep or more, which no conversation is: export it again.": (
        "{file} ist {n} Ebenen tief verschachtelt oder mehr, wie kein Gespräch: Exportiere sie noch einmal."
    ),
    (
        "{file} is JSON, but not a conversation that we can read: we take exports of Troupe, ChatGPT, "
        "Character.AI, SillyTavern, Slack and Discord, ElevenLabs conversations, and lists of messages with "
        "role and content."
    ): (
        "{file} ist JSON, aber kein Gespräch, das wir lesen können: Wir nehmen Exporte von Troupe, ChatGPT, "
        "Character.AI, SillyTavern, Slack und Discord, Gespräche von ElevenLabs und Listen von Nachrichten "
        "mit „role“ und „content“."
    ),
    "{file} is a directory: name the file inside.": "{file} ist ein Ordner: Nenn die Datei darin.",
    "{file} is not an ordinary file: save the conversation in one.": (
        "{file} ist keine gewöhnliche Datei: Speichere das Gespräch in einer."
    ),
    "{file} has no line by “{member}”, only by {people}: give your name as it stands there.": (
        "{file} hat keine Zeile von „{member}“, nur von {people}: Nenn dich so, wie du dort heißt."
    ),
    "{file} has lines by several people ({people}): say which name is yours, or take the others out.": (
        "{file} hat Zeilen von mehreren Leuten ({people}): Sag, welcher Name deiner ist, oder nimm die "
        "anderen heraus."
    ),
    "{file} contains a number with thousands of digits, in or after line {n}: take it out.": (
        "{file} enthält eine Zahl mit Tausenden von Ziffern, in oder nach Zeile {n}: Nimm sie heraus."
    ),
    "{file} is not UTF-8 text (byte {n}, line {n2}): save it again with the encoding UTF-8.": (
        "{file} ist kein UTF-8-Text (Byte {n}, Zeile {n2}): Speichere sie mit der Kodierung UTF-8."
    ),
    "{file} looks cut off: it ends in line {n}, column {n2}; export it again.": (
        "{file} sieht abgeschnitten aus: Sie endet in Zeile {n}, Spalte {n2}; exportiere sie noch einmal."
    ),
    "{file} is not valid JSON: in line {n}, column {n2} {fault}.": (
        "{file} ist kein gültiges JSON: In Zeile {n}, Spalte {n2} {fault}."
    ),
    "{file} is binary and not JSON: export the conversation as JSON.": (
        "{file} ist binär und kein JSON: Exportiere das Gespräch als JSON."
    ),
    "{file} is a ZIP archive: unpack it and send the JSON file inside (conversations.json).": (
        "{file} ist ein ZIP-Archiv: Pack es aus und schick die JSON-Datei darin (conversations.json)."
    ),
    "{file} is packed, and damaged: export it again.": (
        "{file} ist gepackt und beschädigt: Exportiere sie noch einmal."
    ),
    "{file} is packed, and cut off: export it again.": (
        "{file} ist gepackt und abgeschnitten: Exportiere sie noch einmal."
    ),
    "{file} is {n} MB or more once it is unpacked: send it in several files.": (
        "{file} hat entpackt {n} MB oder mehr: Schick sie in mehreren Dateien."
    ),
    "{file} is a PDF and not JSON: export the conversation as JSON.": (
        "{file} ist ein PDF und kein JSON: Exportiere das Gespräch als JSON."
    ),
    "{file} is a web page and not JSON: send the .json file from the same export.": (
        "{file} ist eine Webseite und kein JSON: Schick die .json-Datei aus demselben Export."
    ),
}
