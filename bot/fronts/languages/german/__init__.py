"""German, as members and managers read it: informal, plain and short.

A command is written as it is typed in a terminal, where it has no German: ``/account phone inbound on``. What
a reader has to put into it may be named in capitals: ``/account phone NUMMER``.
"""

from bot.fronts.languages.german.account import ACCOUNT
from bot.fronts.languages.german.calling import CALLING
from bot.fronts.languages.german.characters import CHARACTERS
from bot.fronts.languages.german.chatting import CHATTING
from bot.fronts.languages.german.choosing import CHOOSING
from bot.fronts.languages.german.commands import COMMANDS
from bot.fronts.languages.german.discord import DISCORD
from bot.fronts.languages.german.errors import ERRORS
from bot.fronts.languages.german.importing import IMPORTING
from bot.fronts.languages.german.linking import LINKING
from bot.fronts.languages.german.managing import MANAGING
from bot.fronts.languages.german.memory import MEMORY
from bot.fronts.languages.german.nouns import COUNTED
from bot.fronts.languages.german.outcomes import TALK
from bot.fronts.languages.german.phrases import LISTS, OPEN_HOLES, PHRASES, REMEMBERING
from bot.fronts.languages.german.slack import SLACK
from bot.fronts.languages.language import Dates, Grammar, Language

PARTS = (
    CALLING,
    CHATTING,
    CHARACTERS,
    MEMORY,
    ACCOUNT,
    LINKING,
    MANAGING,
    CHOOSING,
    IMPORTING,
    ERRORS,
    REMEMBERING,
    TALK,
    DISCORD,
    SLACK,
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
        on="auf {platform}",
        elsewhere={"in the terminal": "im Terminal", "elsewhere": "anderswo"},
        somebody="jemand",
        and_=" und ",
        or_=" oder ",
        thousands=".",
        open_holes=OPEN_HOLES,
        lists=LISTS,
    ),
)
