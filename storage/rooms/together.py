"""Who belongs together: asked by every room that counts or reads for one person with several accounts.

Nothing is ever moved: each account's records stay under its own row of ``people``, and these are the rows
that are looked at as well.
"""

from storage.database import Database

_TOGETHER = """
    SELECT other.person_id FROM linked_people AS own
    JOIN linked_people AS other ON other.together = own.together AND other.person_id <> own.person_id
    WHERE own.person_id = ? ORDER BY other.linked_at, other.person_id
"""
_SHARING = """
    SELECT other.person_id, accounts.platform FROM linked_people AS own
    JOIN linked_people AS other ON other.together = own.together AND other.person_id <> own.person_id
    JOIN accounts ON accounts.person_id = other.person_id
    WHERE own.person_id = ? AND own.shares_memory = 1 AND other.shares_memory = 1
    AND coalesce((
        SELECT remember FROM consents WHERE person_id = own.person_id ORDER BY id DESC LIMIT 1
    ), 1) = 1 AND coalesce((
        SELECT remember FROM consents WHERE person_id = other.person_id ORDER BY id DESC LIMIT 1
    ), 1) = 1
    ORDER BY other.linked_at, other.person_id
"""


def people_together(database: Database, person_id: str) -> tuple[str, ...]:
    """Return a person's row of ``people`` and those that are linked with it, their own first."""
    return (person_id, *(row[0] for row in database.execute(_TOGETHER, (person_id,))))


def people_sharing(database: Database, person_id: str) -> dict[str, str]:
    """Return whose records are one memory, a person's own row first, with where each is elsewhere.

    That is the platform of a linked account, and nothing for their own. Whoever is not remembered shares
    nothing and is shared nothing with.
    """
    others = database.execute(_SHARING, (person_id,))
    return {person_id: ""} | {row["person_id"]: row["platform"] for row in others}
