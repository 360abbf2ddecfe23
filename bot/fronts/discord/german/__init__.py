"""German, as members and managers read it: informal, plain and short.

A command is written as in English, ``/memory``, where it is to be pressed: it is shown in the reader's own
language then. Where it is to be typed it is written as it is called in German: ``/konto telefon:``.
"""

from bot.fronts.discord.german.account import ACCOUNT
from bot.fronts.discord.german.calling import CALLING
from bot.fronts.discord.german.characters import CHARACTERS
from bot.fronts.discord.german.chatting import CHATTING
from bot.fronts.discord.german.commands import COMMANDS
from bot.fronts.discord.german.errors import ERRORS
from bot.fronts.discord.german.importing import IMPORTING
from bot.fronts.discord.german.managing import MANAGING
from bot.fronts.discord.german.memory import MEMORY
from bot.fronts.discord.german.nouns import COUNTED
from bot.fronts.discord.german.outcomes import TALK
from bot.fronts.discord.german.phrases import OPEN_HOLES, PHRASES, REMEMBERING
from bot.fronts.discord.language import Dates, Grammar, Language

PARTS = (
    CALLING,
    CHATTING,
    CHARACTERS,
    MEMORY,
    ACCOUNT,
    MANAGING,
    IMPORTING,
    ERRORS,
    REMEMBERING,
    TALK,
)
"""Our sentences by subject; none stands in two of them."""

GERMAN = Language(
    commands=COMMANDS,
    sentences={template: said for part in PARTS for template, said in part.items()},
    grammar=Grammar(
        phrases=PHRASES,
        counted=COUNTED,
        dates=Dates(
            weekdays=("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
            months=(
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
            ),
            short_months=(
                *("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni"),
                *("Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
            ),
            when="{weekday} {day}. {month}, {time}{zone}",
            moment="{day}. {month} {year}, {time}",
            day="{day}. {month} {year}",
        ),
        and_=" und ",
        or_=" oder ",
        thousands=".",
        open_holes=OPEN_HOLES,
    ),
)
