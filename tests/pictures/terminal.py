"""The terminal as somebody sees it who calls twice: a real session with the sandbox, drawn by rich."""

import io
import re
from html import escape, unescape
from pathlib import Path

from rich.console import Console

from bot.cli.running import welcome
from bot.domain.caller import Caller, parse_account
from bot.fronts.console import ConsoleFront
from tests.scenarios.stage import Member, Stage, open_stage

COLUMNS = 92
TITLE = "make run"
TYPED = ("/call wizard by chat", "1", "My cat is called Fig.", "/hangup")
AGAIN = "/memory wizard"
_TODAY = re.compile(r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4}\b")
_TOKEN = re.compile(r"http://[0-9.:]+/t/[\w-]+")


async def play(folder: Path) -> Console:
    """Play the session in a new Troupe in ``folder``; return the terminal that shows it."""
    paper = io.StringIO()
    looks = {"force_terminal": True, "color_system": "truecolor", "highlight": False}
    out = Console(file=paper, width=COLUMNS, record=True, **looks)  # type: ignore[arg-type]  # as it says
    mira = Caller(parse_account("mira"), "Mira", may_manage=True)
    async with open_stage(folder) as stage:
        front = ConsoleFront(stage.app.house, mira, out, nudge=stage.app.followup.nudge)
        stage.app.posters["console"] = front
        member = Member(front, paper)
        out.print(welcome(mira, stage.sandbox))
        for line in TYPED:
            await _type(out, front, line)
            await _answered(stage, member, line)
        await _type(out, front, AGAIN)
    return out


async def _type(out: Console, front: ConsoleFront, line: str) -> None:
    out.print(f"[dim]{front._prompt()}[/dim][bold]{line}[/bold]")
    await front.take(line)


async def _answered(stage: Stage, member: Member, line: str) -> None:
    """Wait for what comes by itself: the greeting, an answer, the recap."""
    words = {"1": "on your mind?", TYPED[2]: "Tell me more", TYPED[3]: "Merlin will remember this"}.get(line)
    if words:
        await member.is_told(words)
    await stage.rests()


def draw(shown: Console) -> str:
    """Return what a terminal shows as SVG that fetches no fonts, with its text as its description."""
    text = shown.export_text(clear=False)
    drawn = shown.export_svg(title=TITLE, unique_id="terminal")
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    return drawn.replace("<style>", f"<desc>{escape(text)}</desc>\n    <style>", 1)


def described(svg: str) -> str:
    """Return the text of a terminal that ``draw`` made."""
    return unescape(svg.partition("<desc>")[2].partition("</desc>")[0])


def steady(text: str) -> list[str]:
    """Return the lines of a session without what is another each time."""
    text = _TODAY.sub("1 January 2026", _TOKEN.sub("http://…", text))
    for pattern, same in (
        (r"· \d+ seconds?", "· 0 seconds"),
        (r"from call [0-9a-f]{8}", "from call 0"),
        ("─+", "─"),
    ):
        text = re.sub(pattern, same, text)
    return [re.sub(r"\s+", " ", line).strip(" │") for line in text.splitlines()]
