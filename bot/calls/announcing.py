"""Cards for everybody: one that a manager posts, and one that says which characters are new."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.calls.installation import Installation
from bot.calls.permitting import is_admitted, limits_in_words
from bot.domain.board import Board
from bot.domain.errors import PostRefused
from bot.domain.permission import Rule, Spot, may_call
from bot.domain.persona import Persona
from bot.domain.quoting import one_line
from bot.domain.reply import Card, Choice, Notice
from bot.domain.words import NEUTRAL_COLOR

MOST_LISTED = 12
"""So many new characters have a line and a button of their own; the others are named."""
_NAMES_CHARS = 600
NOT_LET_IN = "Troupe is not let in there; whoever manages that place does so with /troupe here"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Who is new on a board, each as ``slug generation``, and the post; None where nobody can be shown."""

    settled: tuple[str, ...]
    notice: Notice | None


async def note_cast(house: Installation) -> None:
    """Note who can be called now, and have announced who is new. Raises NotStored."""
    cast = house.cast
    boards = [str(board) for board in house.terms.boards]
    live = {persona.slug for persona in cast.all()}
    await house.store.note_live(boards, cast.slugs_on_disk, live, house.now())


def find_board(house: Installation, name: str) -> Board | None:
    """Return the board of that name, None for one that the settings name no more."""
    return next((board for board in house.terms.boards if str(board) == name), None)


async def find_announcement(house: Installation, board: Board, spot: Spot) -> Announcement:
    """Return what is to be said on a board that stands at this spot.

    Left out is who may not be called from there by everybody, and who is not in the cast now; the latter is
    announced once they are. Raises PostRefused where the place is not let in.
    """
    if not is_admitted(house, spot.place):
        raise PostRefused(NOT_LET_IN)
    due = await house.store.fetch_unannounced(str(board))
    cast = {str(persona.slug): persona for persona in house.cast.all()}
    here = {key: cast[slug] for key in due if (slug := key.partition(" ")[0]) in cast}
    rules = house.store.get_rules()
    shown = [persona for persona in here.values() if may_call(persona.slug, (spot,), rules)]
    shown.sort(key=lambda persona: persona.name.casefold())
    return Announcement(tuple(here), _notice(shown))


async def note_announced(house: Installation, board: Board, settled: Sequence[str]) -> None:
    """Note that these were announced, or never will be."""
    await house.store.note_announced(str(board), settled)


async def give_up(house: Installation, board: Board) -> None:
    """Announce nothing of what is new now: it could not be posted."""
    await note_announced(house, board, await house.store.fetch_unannounced(str(board)))


def build_public_card(persona: Persona, rule: Rule) -> Notice:
    """Return a character's card for everybody; its button gives each presser their own answer."""
    whom = f"\n\n{persona.name} {limits_in_words(rule)}." if rule.roles else ""
    card = Card(
        persona.name,
        f"{persona.tagline}{whom}\n\nPress the button for a link of your own; nobody else sees it.",
        persona.color,
        byline=f"by {persona.author}",
        picture=persona.slug,
        has_verbatim_title=True,
    )
    return Notice(card, (_call(persona),))


def _notice(new: Sequence[Persona]) -> Notice | None:
    if len(new) < 2:
        return build_public_card(new[0], Rule("", new[0].slug)) if new else None
    lines = [f"{one.name} ({one.author}): {one.tagline}" for one in new[:MOST_LISTED]]
    if others := ", ".join(one.name for one in new[MOST_LISTED:]):
        lines.append(one_line(f"+ {others}", _NAMES_CHARS))
    card = Card(
        f"{len(new)} new characters can be called",
        "\n".join(lines),
        NEUTRAL_COLOR,
        footer="Press a button for a link of your own; nobody else sees it.",
        is_verbatim=True,
    )
    return Notice(card, tuple(_call(one) for one in new[:MOST_LISTED]))


def _call(persona: Persona) -> Choice:
    return Choice(f"Call {persona.name}", "call", {"character": persona.slug})
