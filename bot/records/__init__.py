"""Other people's formats: what somebody's JSON file says about past conversations.

One module per format, each with ``NAME``, ``recognise`` and ``read``; a new one joins ``FORMATS`` in
``reading``.
"""

from bot.records.describing import describe_record
from bot.records.reading import read_record, read_record_bytes

__all__ = ["describe_record", "read_record", "read_record_bytes"]
