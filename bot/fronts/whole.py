"""All that a reply says as one text, for where it does not fit into a message."""

from collections.abc import Callable, Iterable

from bot.domain.reply import Reply
from bot.domain.variables import strip_control

MOST_IN_FILE = 1_000_000


def as_text(reply: Reply, plain: Callable[[str], str]) -> str:
    """Return all that a reply says, as a file that anybody can read; data for programs stands elsewhere.

    ``plain`` says a sentence of ours in the reader's language, where nothing formats.
    """
    parts = ["" if reply.is_data else plain(reply.text)]
    for card in reply.cards:
        shown = strip_control if card.is_verbatim else plain
        shown_value = strip_control if card.is_verbatim or card.has_verbatim_fields else plain
        rows = "\n".join(f"{plain(name)}: {shown_value(value)}" for name, value in joined(card.fields))
        title = strip_control(card.title) if card.has_verbatim_title else plain(card.title)
        lines = [title, plain(card.byline), shown(card.text[:MOST_IN_FILE]), rows, plain(card.footer)]
        parts.append("\n".join(line for line in lines if line))
    return "\n\n".join(part for part in parts if part) + "\n"


def joined(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the rows of a card; one without a name goes on with the row before it."""
    rows: list[tuple[str, str]] = []
    for name, value in fields:
        if not name.strip() and rows:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]}\n{value}")
        else:
            rows.append((name, value))
    return rows
