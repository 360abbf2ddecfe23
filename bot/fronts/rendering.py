"""A Reply in a terminal: cards with colour, buttons as numbered choices."""

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.domain.reply import Card, Reply


def render(out: Console, reply: Reply) -> None:
    """Print a reply; an address stands alone on its line, unwrapped, so that it can be copied."""
    if reply.text:
        out.print(Text(reply.text))
    for card in reply.cards:
        out.print(_panel(card))
    for number, choice in enumerate(reply.choices, start=1):
        label = Text.assemble((f"  {number}", "bold"), f"  {choice.label}")
        out.print(label, soft_wrap=True)
        if choice.url:
            out.print(Text(choice.url, style=f"underline link {choice.url}"), soft_wrap=True)


def _panel(card: Card) -> Panel:
    parts: list[RenderableType] = [Text(card.text)] if card.text else []
    if card.fields:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column()
        for label, text in card.fields:
            grid.add_row(Text(label), Text(text))
        parts.append(grid)
    if card.footer:
        parts.append(Text(card.footer, style="dim"))
    title = Text(card.title, style="bold")
    return Panel(Group(*parts), title=title, title_align="left", border_style=card.color, expand=True)
