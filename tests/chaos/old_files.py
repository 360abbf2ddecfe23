"""Database files as an older Troupe left them when it was killed, with people, calls and work in them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from storage.schema import migrations

OLDEST = 4
"""From the fourth step on a file can hold calls and the work that follows them."""
OLD_WORDS = "I buried a copper ring in the year of the old schema."
LIVE_CALL, DONE_CALL, ASKED_CALL = "a" * 32, "b" * 32, "c" * 32
THERE = "conv_from_the_old_days"
AT = "2026-11-18T09:00:00.000000+00:00"

CALL = (
    "INSERT INTO calls (id, ref, person_id, platform, tenant, account_id, slug, persona_version,"
    " house_rules_version, voices_version, delivery, topic, reach, state, asked_at, opened_at, ended_at,"
    " duration_seconds, failure) VALUES (?, ?, 'p-old', 'console', 'default', 'old', 'wizard', 'v', 'h', 'o',"
    " 'page', '', 'own', ?, ?, ?, ?, ?, '')"
)


def make_old_file(path: Path, steps: int) -> None:
    """Make a file that only the first steps of the schema's history were applied to."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        database = Database(connection, execute_plugins=False)
        names = [step.name for step in migrations.pending(database)]
        migrations.apply(database, stop_before=names[steps] if steps < len(names) else None)
        connection.execute("INSERT INTO people VALUES ('p-old', 'Olga', ?)", (AT,))
        connection.execute("INSERT INTO accounts VALUES ('console', 'default', 'old', 'p-old')")
        connection.execute(
            "INSERT INTO consents (person_id, text_version, remember, answered_at)"
            " VALUES ('p-old', 'v', 1, ?)",
            (AT,),
        )
        connection.execute(CALL, (DONE_CALL, "r" + DONE_CALL, "done", AT, AT, AT, 42))
        connection.execute(CALL, (LIVE_CALL, "r" + LIVE_CALL, "live", AT, AT, None, 0))
        connection.execute(CALL, (ASKED_CALL, "r" + ASKED_CALL, "asked", AT, None, None, 0))
        connection.execute(
            "INSERT INTO bindings (conversation_id, call_id, reach) VALUES (?, ?, 'own')", (THERE, LIVE_CALL)
        )
        connection.execute(
            "INSERT INTO conversations (id, talk_id, person_id, slug, reach, call_id, started_at,"
            " duration_seconds, title, summary) VALUES (1, 't', 'p-old', 'wizard', 'own', ?, ?, 42, '', '')",
            (DONE_CALL, AT),
        )
        connection.execute(
            "INSERT INTO turns (conversation, position, role, text, seconds) VALUES (1, 0, 'user', ?, 1.0)",
            (OLD_WORDS,),
        )
        for kind, subject in (("fetch", THERE), ("expire", ASKED_CALL)):
            connection.execute(
                "INSERT INTO jobs (kind, subject, due_at, attempts) VALUES (?, ?, ?, 1)", (kind, subject, AT)
            )
