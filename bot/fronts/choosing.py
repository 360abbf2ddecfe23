"""What a member chooses of a file: who they are in it, who the character is, which conversations."""

from collections.abc import Iterable, Mapping

from bot.calls.importing import Look
from bot.domain.context import one_line
from bot.domain.conversation import Offered, Picked, Speaker
from bot.domain.reply import Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, plural

PER_PAGE = 20
EVERY_AI = "*"
NOBODY = "Somebody without a name"
_NAME_CHARS = 60
_CHOSEN, _NOT_CHOSEN = "☑", "☐"


def read_picked(arguments: Mapping[str, str]) -> Picked:
    """Return what was chosen so far; a key stands after a sign, since that of the nameless is empty."""
    me, ai, conversations = (arguments.get(name) for name in ("me", "ai", "picked"))
    return Picked(
        me[1:] if me else None,
        ai[1:] if ai else None,
        frozenset(read_numbers(conversations[1:])) if conversations else None,
    )


def write_picked(picked: Picked) -> dict[str, str]:
    """Return what ``read_picked`` reads."""
    written = {}
    if picked.me is not None:
        written["me"] = f"={picked.me}"
    if picked.ai is not None:
        written["ai"] = f"={picked.ai}"
    if picked.conversations is not None:
        written["picked"] = f"={write_numbers(picked.conversations)}"
    return written


def write_numbers(numbers: Iterable[int]) -> str:
    """Write ``0-3,7`` for 0, 1, 2, 3 and 7."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def read_numbers(text: str) -> set[int]:
    """Read what ``write_numbers`` wrote."""
    spans = (span.partition("-") for span in text.split(",") if span)
    return {number for first, _, last in spans for number in range(int(first), int(last or first) + 1)}


def question(look: Look, again: Mapping[str, str], arguments: Mapping[str, str]) -> Reply | None:
    """Return what has to be chosen first, or what somebody wants to choose; None where nothing has."""
    do, page = arguments.get("do", ""), int(arguments.get("page", "1"))
    chosen = {**again, **write_picked(look.picked)}
    if look.picked.me is None or do == "me":
        text = (
            "Which of these are you? Only your own lines are kept, and what a character answered you. The "
            "number is how many lines somebody has."
        )
        return _speakers("Who are you?", text, look.opened.people, "me", chosen, page)
    if look.picked.ai is None or do == "ai":
        text = "Which of these is the character? The number is how many lines it has."
        everyone = Choice("All of them", "import", _with(chosen, "ai", EVERY_AI), replaces=True)
        return _speakers("Who is the character?", text, look.opened.ais, "ai", chosen, page, everyone)
    if do == "choose" or (look.picked.conversations is not None and not look.picked.conversations):
        return _conversations(look, chosen, page)
    return None


def choices(look: Look, again: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return what may be done with a file that was shown."""
    chosen = {**again, **write_picked(look.picked)}
    sure = {**chosen, "sure": look.opened.sha256}
    found = [Choice("Save it", "import", sure, replaces=True)]
    if len(look.opened.conversations) > 1:
        found.append(Choice("Choose conversations", "import", {**chosen, "do": "choose"}, replaces=True))
    if len(look.opened.people) > 1:
        found.append(Choice("I am somebody else", "import", {**chosen, "do": "me"}, replaces=True))
    if len(look.opened.ais) > 1:
        found.append(Choice("Choose the character", "import", {**chosen, "do": "ai"}, replaces=True))
    return (*found, _not_saved())


def _not_saved() -> Choice:
    return Choice("Don't save it", "dismiss", replaces=True)


def _with(chosen: Mapping[str, str], name: str, key: str) -> dict[str, str]:
    return {**{one: value for one, value in chosen.items() if one != name}, name: f"={key}"}


def _speakers(
    title: str,
    text: str,
    speakers: tuple[Speaker, ...],
    name: str,
    chosen: Mapping[str, str],
    page: int,
    *more: Choice,
) -> Reply:
    shown = speakers[(page - 1) * PER_PAGE : page * PER_PAGE]
    options = [_speaker(one, _with(chosen, name, one.key)) for one in shown]
    pages = _pages(len(speakers), page, {**chosen, "do": name})
    card = Card(title, text, NEUTRAL_COLOR, footer="Nothing is saved yet.")
    return Reply(cards=(card,), choices=(*options, *pages, *more, _not_saved()))


def _speaker(speaker: Speaker, arguments: Mapping[str, str]) -> Choice:
    if not speaker.name:
        return Choice(NOBODY, "import", arguments, replaces=True)
    label = f"{one_line(speaker.name, _NAME_CHARS)} · {speaker.lines:,}"
    return Choice(label, "import", arguments, replaces=True, is_verbatim=True)


def _conversations(look: Look, chosen: Mapping[str, str], page: int) -> Reply:
    offered = look.opened.conversations
    every = frozenset(one.number for one in offered)
    picked = every if look.picked.conversations is None else look.picked.conversations & every
    here = {**{name: value for name, value in chosen.items() if name != "picked"}, "do": "choose"}

    def toggled(number: int) -> dict[str, str]:
        return {**here, "page": str(page), "picked": f"={write_numbers(picked ^ {number})}"}

    shown = offered[(page - 1) * PER_PAGE : page * PER_PAGE]
    options = [
        Choice(
            _label(one, one.number in picked), "import", toggled(one.number), replaces=True, is_verbatim=True
        )
        for one in shown
    ]
    said = f"={write_numbers(picked)}"
    lines = sum(one.lines for one in offered if one.number in picked)
    text = (
        f"{len(picked):,} of {plural(len(offered), 'conversation')} chosen, with {plural(lines, 'line')}. "
        "Choose one to add it or to leave it out."
    )
    buttons = _pages(len(offered), page, {**here, "picked": said})
    buttons += [
        Choice(
            "All", "import", {"picked": f"={write_numbers(every)}", **here}, replaces=True, begins_row=True
        ),
        Choice("None", "import", {"picked": "=", **here}, replaces=True),
    ]
    if picked:
        done = {name: value for name, value in here.items() if name != "do"} | {"picked": said}
        buttons.append(Choice("Show what will be saved", "import", done, replaces=True))
    card = Card("Which conversations?", text, NEUTRAL_COLOR, footer="Nothing is saved yet.")
    return Reply(cards=(card,), choices=(*options, *buttons, _not_saved()))


def _label(one: Offered, is_chosen: bool) -> str:
    mark = _CHOSEN if is_chosen else _NOT_CHOSEN
    title = one_line(one.title, _NAME_CHARS) or f"#{one.number + 1:,}"
    at = f" · {one.started_at:%Y-%m-%d}" if one.started_at else ""
    return f"{mark} {title}{at} · {one.lines:,}"


def _pages(count: int, page: int, arguments: Mapping[str, str]) -> list[Choice]:
    """Return the ways to the pages before and after this one."""
    found = []
    if page > 1:
        found.append(Choice("Earlier ones", "import", {"page": str(page - 1), **arguments}, replaces=True))
    if page * PER_PAGE < count:
        found.append(Choice("Further ones", "import", {"page": str(page + 1), **arguments}, replaces=True))
    return found
