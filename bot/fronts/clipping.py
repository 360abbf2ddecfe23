"""Making text fit: the one place where every front cuts it."""


def units(text: str) -> int:
    """Return how long a text is to a platform at most: in UTF-16, whatever it counts itself."""
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


def split_speech(text: str, most: int = 2_000) -> list[str]:
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
