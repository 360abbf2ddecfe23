"""What calls cost, as a table with bars and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from bot.calls import managing
from bot.calls.installation import Installation
from bot.domain.context import one_line
from bot.domain.cost import CostLine, Rise
from bot.domain.errors import CallerError
from bot.domain.reply import Ask, Card, Reply
from bot.domain.words import NEUTRAL_COLOR, bar, length, plural

_COLOR_OF_WARNING = "#b45309"
_DELIVERIES = {"page": "link", "hosted": "public link"}
_NAMELESS = {
    "character": "codes read aloud",
    "place": "direct messages",
    "person": "somebody who is gone",
}
_CREDITS = "credits"


async def cost(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe cost``: what was spent on what, as cards or, for a script, as JSON."""
    report = await managing.see_cost(house, ask.caller)
    form = ask.arguments.get("as", "").strip().lower()
    if form == "json":
        return Reply(json.dumps(_as_data(report), indent=2), is_data=True)
    if form:
        raise CallerError("Write /troupe cost, or /troupe cost json for a script.")
    now, before = report.now, report.before
    of = f" of {report.ceiling:,}" if report.ceiling else ""
    spent = f"{now.total.cost:,}{of} {_CREDITS}, {_much(now.total)}"
    if report.ceiling:
        spent = f"{bar(now.total.cost, report.ceiling, 10)}  {report.percent} %: {spent}"
    fields = [(now.month, spent), (before.month, f"{before.total.cost:,} {_CREDITS}, {_much(before.total)}")]
    fields += [("Rose by", _rise_in_words(rise, report.names)) for rise in report.rises]
    warn = bool(report.ceiling) and report.percent >= 100
    footer = "The month's money is used up: no new call begins." if warn else ""
    color = _COLOR_OF_WARNING if warn else NEUTRAL_COLOR
    cards = [Card("What calls cost", color=color, fields=tuple(fields), footer=footer)]
    splits: tuple[tuple[str, tuple[CostLine, ...], tuple[CostLine, ...]], ...] = (
        ("delivery", now.by_delivery, before.by_delivery),
        ("character", now.by_character, before.by_character),
        ("place", now.by_place, before.by_place),
        ("person", now.by_person, ()),
    )
    cards += [_split_card(by, lines, known, report.names) for by, lines, known in splits if lines]
    return Reply(cards=tuple(cards))


def _split_card(
    by: str, lines: tuple[CostLine, ...], known: tuple[CostLine, ...], names: Mapping[str, str]
) -> Card:
    """Return a table with bars; the dearest line has the longest."""
    most = max(line.cost for line in lines)
    width = len(f"{most:,}")
    earlier = {line.name: line.cost for line in known}
    fields = tuple(
        (
            _name(by, line.name, names),
            f"{bar(line.cost, most, 10)}  {line.cost:>{width},}  {_much(line)}"
            + (f", {earlier[line.name]:,} last month" if line.name in earlier else ""),
        )
        for line in lines
    )
    title = "The ten heaviest people" if by == "person" else f"By {by}"
    return Card(title, color=NEUTRAL_COLOR, fields=fields)


def _name(by: str, name: str, names: Mapping[str, str]) -> str:
    known = {"delivery": _DELIVERIES, "character": names}.get(by, {})
    return one_line(known.get(name, name), 40) or _NAMELESS.get(by, "unknown")


def _rise_in_words(rise: Rise, names: Mapping[str, str]) -> str:
    name = _name(rise.kind, rise.name, names)
    return f"{rise.now - rise.before:,} {_CREDITS}: {rise.kind} {name}, {rise.before:,} before"


def _much(line: CostLine) -> str:
    return f"{plural(line.calls, 'call')}, {length(line.seconds)}"


def _as_data(report: managing.CostReport) -> dict[str, object]:
    return {
        "this_month": asdict(report.now),
        "last_month": asdict(report.before),
        "rises": [asdict(rise) for rise in report.rises],
        "ceiling": report.ceiling,
        "percent": report.percent,
    }
