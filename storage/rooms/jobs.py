"""Follow-up work: a row that is claimed with a lease, and finished or set back."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.call import Job, NewJob
from storage.database import Database
from storage.rooms.room import Room, reads, takes, writes
from storage.rows import job_from, to_text, to_time_or_none


class Jobs(Room):
    """The part of the store that remembers what is still to be done.

    A job that is asked for again while somebody works on it keeps that wish in ``again_at``, because the
    present run may have looked too early; finishing it then queues it anew.
    """

    @writes
    def add_jobs(self, database: Database, jobs: Sequence[NewJob]) -> None:
        """Queue jobs; one that is queued already is only ever brought forward.

        One that somebody works on is done once more afterwards.
        """
        queue(database, jobs)

    @takes
    def claim_jobs(
        self, database: Database, now: datetime, lease_until: datetime, limit: int
    ) -> tuple[Job, ...]:
        """Lease due jobs that nobody holds, the longest due first; those that others take just now are left.

        ``now`` is the time of who claims. Where clocks differ a lease is short or long by that; a job may run
        twice then, which every job may.
        """
        rows = database.execute(
            """
            WITH free AS (
                SELECT id, due_at FROM jobs WHERE lease_until IS NULL AND due_at <= :now
                ORDER BY due_at, id LIMIT :limit /* FOR UPDATE SKIP LOCKED */
            ), lapsed AS (
                SELECT id, due_at FROM jobs WHERE lease_until <= :now
                ORDER BY due_at, id LIMIT :limit /* FOR UPDATE SKIP LOCKED */
            )
            UPDATE jobs SET
                lease_until = :lease_until,
                attempts = attempts + 1,
                again_at = CASE WHEN again_at > :now THEN again_at END
            WHERE id IN (
                SELECT id FROM (SELECT * FROM free UNION ALL SELECT * FROM lapsed) AS due
                ORDER BY due_at, id LIMIT :limit
            ) RETURNING *
            """,
            {"now": to_text(now), "lease_until": to_text(lease_until), "limit": limit},
        ).fetchall()
        return tuple(job_from(row) for row in sorted(rows, key=lambda row: (row["due_at"], row["id"])))

    @writes
    def finish_job(self, database: Database, job: Job) -> None:
        """Drop a job, unless its lease passed to somebody else or it was asked for again meanwhile."""
        database.execute(
            """
            UPDATE jobs SET due_at = again_at, again_at = NULL, lease_until = NULL, attempts = 0
            WHERE id = ? AND lease_until = ? AND attempts = ? AND again_at IS NOT NULL
            """,
            _held(job),
        )
        database.execute("DELETE FROM jobs WHERE id = ? AND lease_until = ? AND attempts = ?", _held(job))

    @writes
    def postpone_job(self, database: Database, job: Job, due_at: datetime) -> None:
        """Set a job back, unless its lease passed to somebody else.

        If it was asked for again meanwhile, the earlier time counts."""
        database.execute(
            """
            UPDATE jobs SET
                due_at = CASE WHEN again_at < ?4 THEN again_at ELSE ?4 END,
                again_at = NULL, lease_until = NULL
            WHERE id = ?1 AND lease_until = ?2 AND attempts = ?3
            """,
            (*_held(job), to_text(due_at)),
        )

    @writes
    def release_jobs(self, database: Database) -> None:
        """Give back every lease: for the one process that holds the lock, when it starts."""
        database.execute(
            """
            UPDATE jobs SET
                due_at = CASE WHEN again_at < due_at THEN again_at ELSE due_at END,
                again_at = NULL, lease_until = NULL
            WHERE lease_until IS NOT NULL
            """
        )

    @writes
    def hasten_jobs(self, database: Database, kind: str, now: datetime) -> None:
        """Make every waiting job of a kind due now: what they waited for is there."""
        database.execute(
            "UPDATE jobs SET due_at = ?1 WHERE kind = ?2 AND due_at > ?1 AND lease_until IS NULL",
            (to_text(now), kind),
        )

    @reads
    def fetch_next_due_at(self, database: Database) -> datetime | None:
        """Return when the next job may be claimed, be it due or be its lease over; None if there is none."""
        row = database.execute(
            """
            SELECT min(moment) AS moment FROM (
                SELECT min(due_at) AS moment FROM jobs WHERE lease_until IS NULL
                UNION ALL
                SELECT min(lease_until) FROM jobs WHERE lease_until IS NOT NULL
            )
            """
        ).fetchone()
        return to_time_or_none(row["moment"])


def queue(database: Database, jobs: Iterable[NewJob]) -> None:
    """Queue jobs in the transaction of their cause."""
    database.executemany(
        """
        INSERT INTO jobs (kind, subject, due_at, attempts) VALUES (?, ?, ?, 0)
        ON CONFLICT (kind, subject) DO UPDATE SET
            due_at = CASE WHEN jobs.lease_until IS NULL AND excluded.due_at < jobs.due_at
                THEN excluded.due_at ELSE jobs.due_at END,
            again_at = CASE WHEN jobs.lease_until IS NULL THEN NULL
                WHEN jobs.again_at < excluded.due_at THEN jobs.again_at ELSE excluded.due_at END
        """,
        [(job.kind, job.subject, to_text(job.due_at)) for job in jobs],
    )


def drop_job(database: Database, kind: str, subject: str) -> None:
    """Take back a job that became needless; whoever works on it just then has nothing to finish."""
    database.execute("DELETE FROM jobs WHERE kind = ? AND subject = ?", (kind, subject))


def forget_again(database: Database, kind: str, subject: str) -> None:
    """Take back the wish to have a job done once more: whoever works on it looks only now."""
    database.execute("UPDATE jobs SET again_at = NULL WHERE kind = ? AND subject = ?", (kind, subject))


def _held(job: Job) -> tuple[int, str, int]:
    """Return what tells this claim of a job from every other."""
    return job.id, to_text(job.lease_until), job.attempts
