"""A Reply in a terminal: cards with colour, buttons as numbered choices."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.domain.reply import Card, Reply
from bot.domain.variables import strip_control


def render(out: Console, reply: Reply, first_number: int = 1) -> None:
    """Print a reply; an address stands alone on its line, unwrapped, so that it can be copied."""
    if reply.text:
        out.print(_plain(reply.text), soft_wrap=reply.is_data)
    for card in reply.cards:
        out.print(_panel(card, out.width))
    for number, choice in enumerate(reply.choices, start=first_number):
        label = Text.assemble((f"  {number}", "bold"), f"  {strip_control(choice.label)}")
        out.print(label, soft_wrap=True)
        if choice.url:
            out.print(Text(choice.url, style=f"underline link {choice.url}"), soft_wrap=True)


def _fields(card: Card, width: int) -> Iterator[RenderableType]:
    """Yield labels beside what they say, or above it where one takes more than half of the terminal."""
    if any(len(label) * 2 > width for label, _ in card.fields):
        for label, text in card.fields:
            yield _plain(label, "bold")
            yield Padding(_plain(text), (0, 0, 0, 2))
    elif card.fields:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column()
        for label, text in card.fields:
            grid.add_row(_plain(label), _plain(text))
        yield grid


def _panel(card: Card, width: int) -> Panel:
    parts: list[RenderableType] = [_plain(card.text)] if card.text else []
    parts += _fields(card, width)
    if card.byline:
        parts.append(_plain(card.byline, "dim"))
    if card.footer:
        parts.append(_plain(card.footer, "dim"))
    title = _plain(card.title, "bold")
    return Panel(Group(*parts), title=title, title_align="left", border_style=card.color, expand=True)


def _plain(text: str, style: str = "") -> Text:
    """Return words that steer no terminal: what others wrote may hold escape sequences."""
    return Text(strip_control(text), style=style)
