"""Other people's formats: what somebody's JSON file says about past conversations.

One module per format, each with ``NAME``, ``recognise`` and ``read``; a new one joins ``FORMATS`` in
``reading``.
"""

from bot.records.describing import describe_record
from bot.records.exporting import pieces_of_export
from bot.records.opened import EVERY_AI, Opened
from bot.records.reading import open_record, read_record
from bot.records.reasons import KEEPS_NOTHING

__all__ = [
    "EVERY_AI",
    "Opened",
    "describe_record",
    "keeps_nothing",
    "open_record",
    "pieces_of_export",
    "read_record",
]


def keeps_nothing(count: int) -> str:
    """Return what is written after the count of conversations whose character keeps none."""
    return KEEPS_NOTHING.words(count)
