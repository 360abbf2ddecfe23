"""What only Discord's front says."""

from collections.abc import Mapping

DISCORD: Mapping[str, str] = {
    "{file} is not at Discord any more. Nothing was saved; /import it again.": (
        "{file} liegt nicht mehr bei Discord. Es wurde nichts gespeichert; importiere sie mit /import noch "
        "einmal."
    ),
    "{file} could not be fetched from Discord. Nothing was saved; /import it again.": (
        "{file} ließ sich nicht von Discord holen. Es wurde nichts gespeichert; importiere sie mit /import "
        "noch einmal."
    ),
    "{file} is larger than Discord said. Nothing was saved.": (
        "{file} ist größer, als Discord sagte. Es wurde nichts gespeichert."
    ),
    "{file} has no address: attach the file to the command itself.": (
        "{file} hat keine Adresse: Häng die Datei an den Befehl selbst an."
    ),
    "{file} does not lie at Discord: attach the file to the command itself.": (
        "{file} liegt nicht bei Discord: Häng die Datei an den Befehl selbst an."
    ),
    "{file} has no safe address: attach the file to the command itself.": (
        "{file} hat keine sichere Adresse: Häng die Datei an den Befehl selbst an."
    ),
    "This command has changed. Reload Discord (Ctrl-R), and try again.": (
        "Dieser Befehl hat sich geändert. Lade Discord neu (Strg-R) und versuch es noch einmal."
    ),
    "This server does not let the answer through. Ask again in my direct messages.": (
        "Dieser Server lässt die Antwort nicht durch. Frag noch einmal in meinen Direktnachrichten."
    ),
    "I answer to commands: /call with via chat lets a character write with you here, /help lists the rest.": (
        "Ich reagiere auf Befehle: Mit /call und „weg: chat“ schreibt hier eine Figur mit dir, /help zeigt "
        "alles andere."
    ),
    (
        "I cannot write to you: your direct messages are closed. Allow them in the server's privacy "
        "settings, or take a link instead. Nothing was used."
    ): (
        "Ich kann dir nicht schreiben: Deine Direktnachrichten sind geschlossen. Erlaube sie in den "
        "Privatsphäre-Einstellungen des Servers, oder nimm einen Link. Es wurde nichts verbraucht."
    ),
    "Open my direct messages": "Meine Direktnachrichten öffnen",
    (
        "I could not send you the link by direct message as well: Discord refused it. It stands above; "
        "your privacy settings for this server let such messages through, /account switches them off."
    ): (
        "Ich konnte dir den Link nicht auch als Direktnachricht schicken: Discord hat sie abgelehnt. Er "
        "steht oben; die Privatsphäre-Einstellungen für diesen Server lassen solche Nachrichten durch, "
        "/account stellt sie ab."
    ),
    (
        "I may not post there. Whoever manages the server can let me: View Channel, Send Messages, Embed "
        "Links."
    ): (
        "Dort darf ich nicht posten. Wer den Server verwaltet, kann es mir erlauben: Kanal ansehen, "
        "Nachrichten senden, Links einbetten."
    ),
    "Choose a member or a number.": "Wähle ein Mitglied oder eine Nummer.",
}
