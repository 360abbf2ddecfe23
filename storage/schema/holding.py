"""Who relays a chat, in one place."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m025_holding(db: Database) -> None:
    """A chat that goes on has a line, which says who holds it; it is no post, and no post has a holder."""
    run(
        db,
        """
        DELETE FROM lines WHERE kind = 'chat'
            AND call_id NOT IN (SELECT call_id FROM posts WHERE kind = 'chat');
        INSERT INTO lines (call_id, kind, holder, held_at)
            SELECT posts.call_id, 'chat', posts.holder, calls.asked_at
            FROM posts JOIN calls ON calls.id = posts.call_id
            WHERE posts.kind = 'chat' AND posts.call_id NOT IN (SELECT call_id FROM lines);
        DELETE FROM posts WHERE kind = 'chat';
        DROP INDEX posts_of_chats;
        ALTER TABLE posts DROP COLUMN holder;
    """,
    )
