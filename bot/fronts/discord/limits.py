"""Discord's limits, and the one place where text is made to fit them.

Source: Discord, "Message", "Component reference" and "Application commands"; the platform counts the raw
text, markdown and hidden addresses included. UTF-16 units are counted here, which are never fewer.
"""

CONTENT = 2_000
TITLE = 256
DESCRIPTION = 4_096
FIELDS, FIELD_NAME, FIELD_VALUE = 25, 256, 1_024
FOOTER, AUTHOR = 2_048, 256
EMBEDS, ALL_EMBEDS = 10, 6_000
FILES = 10
ROWS, ROW_BUTTONS, OPTIONS = 5, 5, 25
LABEL = 80
CUSTOM_ID = 100
LINK = 512
OPTION_TEXT = 100
PLACEHOLDER = 150
MODAL_TITLE, INPUT_LABEL, INPUT_PLACEHOLDER = 45, 45, 100
CHOICES = 25
NONCE = 25


def units(text: str) -> int:
    """Return how long a text is to Discord, at most."""
    return len(text) + sum(char > "\uffff" for char in text)


def clip(text: str, most: int) -> str:
    """Return a text of at most ``most`` units; what was cut ends in …, and never in half an escape."""
    if units(text) <= most:
        return text
    kept, left = [], most - 1
    for char in text:
        left -= 2 if char > "\uffff" else 1
        if left < 0:
            break
        kept.append(char)
    cut = "".join(kept).rstrip()
    slashes = len(cut) - len(cut.rstrip("\\"))
    return (cut[:-1] if slashes % 2 else cut) + "…"


def split_speech(text: str, most: int = CONTENT) -> list[str]:
    """Return a long text in pieces that each fit: cut at the end of a sentence, else at a space."""
    pieces = []
    rest = text.strip()
    while units(beginning := rest[: most + 1]) > most:
        room = rest[: len(clip(beginning, most)) - 1]
        at = max(room.rfind(end) + len(end) for end in (". ", "! ", "? ", "… ", ".\n", "!\n", "?\n", "\n"))
        if at < most // 4:
            at = room.rfind(" ") + 1
        if at <= 0:
            at = len(room)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces
