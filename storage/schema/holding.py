"""Who relays a chat, in one place."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m025_holding(db: Database) -> None:
    """A chat that goes on has a line, which says who holds it; among the posts it is looked for no more.

    They keep their column ``holder`` for processes of the release before.
    """
    run(
        db,
        """
        DELETE FROM lines WHERE kind = 'chat'
            AND call_id NOT IN (SELECT call_id FROM posts WHERE kind = 'chat');
        INSERT INTO lines (call_id, kind, holder, held_at)
            SELECT posts.call_id, 'chat', posts.holder, calls.asked_at
            FROM posts JOIN calls ON calls.id = posts.call_id
            WHERE posts.kind = 'chat' AND posts.call_id NOT IN (SELECT call_id FROM lines);
    """,
    )
