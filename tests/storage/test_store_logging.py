"""The contract of the store: what it raises can be logged without what was to be stored."""

import logging

import pytest

from bot.logs import TextLines
from bot.ports import Store

pytestmark = pytest.mark.anyio

SAID = "my cat is called Fig"
LOG = logging.getLogger("bot.somewhere")


async def test_a_row_that_is_there_already_is_not_quoted_in_the_log(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    writer = store.writer  # type: ignore[attr-defined]
    for _ in range(2):
        try:
            await writer.write(
                lambda database: database.execute("INSERT INTO settings VALUES (?, ?)", (SAID, "x"))
            )
        except Exception:
            LOG.exception("It could not be kept")
    (record,) = (one for one in caplog.records if one.name == LOG.name)
    told = TextLines().format(record)
    assert "Fig" not in told
    assert "UniqueViolation (23505)" in told or "IntegrityError (SQLITE_CONSTRAINT_PRIMARYKEY)" in told
