"""Allowances as people see them, managers' decisions, and what calls cost."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.allowance import Allowance, Limits, OwnLimits, day_of, end_of_day, end_of_month, month_of
from bot.domain.call import NewJob
from bot.domain.caller import Account, PersonId
from bot.domain.cost import HEAVIEST, CostBy, CostLine, MonthlyCost
from storage.database import Database
from storage.rooms.costs import total_cost
from storage.rooms.endings import expire
from storage.rooms.hindrances import find_pause, is_blocked
from storage.rooms.jobs import queue
from storage.rooms.notes import keep_setting
from storage.rooms.reserving import (
    EVERYBODY,
    ceilings,
    charge,
    fingerprint_of,
    holders_of,
    limits_of,
    linked_scopes,
    people_behind,
    used,
)
from storage.rooms.room import Room, reads, writes
from storage.rooms.together import people_together
from storage.rooms.unsettled import drop_old
from storage.rows import storable, to_text, to_time

_RESERVED = """
    SELECT coalesce(sum(charged_minutes), 0) FROM (
        SELECT charged_minutes FROM calls INDEXED BY calls_asked
        WHERE person_id IN (SELECT value FROM json_each(:people)) AND state = 'asked'
        UNION ALL
        SELECT charged_minutes FROM calls INDEXED BY calls_scheduled
        WHERE holder IN (SELECT value FROM json_each(:holders)) AND state = 'scheduled'
        UNION ALL
        SELECT charged_minutes FROM calls INDEXED BY calls_running
        WHERE person_id IN (SELECT value FROM json_each(:people)) AND state IN ('dialing', 'live', 'unknown')
        UNION ALL
        SELECT minutes FROM unsettled WHERE holder IN (SELECT value FROM json_each(:holders))
    )
"""
"""Asks short indexes of what is not over or not settled, however many calls somebody had."""
_HELD = """
    SELECT coalesce(sum(minutes) FILTER (WHERE place = :place), 0), coalesce(sum(minutes), 0) FROM (
        SELECT place, charged_minutes AS minutes, charged_day AS day FROM calls INDEXED BY calls_asked
        WHERE state = 'asked'
        UNION ALL
        SELECT place, charged_minutes, charged_day FROM calls INDEXED BY calls_scheduled
        WHERE state = 'scheduled'
        UNION ALL
        SELECT place, charged_minutes, charged_day FROM calls INDEXED BY calls_running
        WHERE state IN ('dialing', 'live', 'unknown')
        UNION ALL
        SELECT place, charged_minutes, charged_day FROM calls INDEXED BY calls_unclear
        WHERE is_unclear = 1
        UNION ALL
        SELECT place, minutes, day FROM unsettled
        UNION ALL
        SELECT '', minutes, month FROM strangers WHERE is_settled = 0
    ) WHERE substr(day, 1, 7) = :month
"""


class Allowances(Room):
    """The part of the store that counts, and keeps what managers decided."""

    @reads
    def fetch_allowance(
        self, database: Database, person_id: PersonId, place: str, limits: Limits, now: datetime
    ) -> Allowance:
        """Return what one person has left now, with all accounts that are linked."""
        holders = holders_of(database, self.vault, person_id)
        calls_per_day, scopes = ceilings(database, holders, place, limits)
        day, month, person = day_of(now), month_of(now), f"person {holders[0]}"
        linked = {person: linked_scopes(holders)}
        left = min(
            ceiling - used(database, scope, month, linked.get(scope, ()))[1]
            for scope, ceiling in scopes.items()
        )
        everybody = {
            "people": json.dumps(people_together(database, person_id)),
            "holders": json.dumps(holders),
        }
        reserved = database.execute(_RESERVED, everybody).fetchone()[0]
        return Allowance(
            calls_left=max(0, calls_per_day - used(database, person, day, linked[person])[0]),
            calls_per_day=calls_per_day,
            minutes_left=max(0, left),
            minutes_per_month=scopes[person],
            reserved_minutes=reserved,
            day_ends_at=end_of_day(now),
            month_ends_at=end_of_month(now),
        )

    @writes
    def set_own_limits(self, database: Database, account: Account, own: OwnLimits) -> None:
        """Set what holds for one person; both None: what holds for everybody."""
        _set_limits(database, f"person {self._holder(database, account)}", own)

    @reads
    def fetch_own_limits(self, database: Database, account: Account) -> OwnLimits:
        """Return what a manager set for one person."""
        return limits_of(database, f"person {self._holder(database, account)}")

    @reads
    def count_own_limits(self, database: Database) -> int:
        """Return for how many people a manager set something."""
        counted: int = database.execute("SELECT count(*) FROM limits WHERE scope LIKE 'person %'").fetchone()[
            0
        ]
        return counted

    @writes
    def set_place_minutes(self, database: Database, place: str, minutes_per_month: int | None) -> None:
        """Set how many minutes a server or workspace has in a month; None: no ceiling of its own."""
        _set_limits(database, f"place {place}", OwnLimits(minutes_per_month=minutes_per_month))

    @reads
    def fetch_place_minutes(self, database: Database, place: str) -> int | None:
        """Return the ceiling that a manager set for a server or workspace."""
        return limits_of(database, f"place {place}").minutes_per_month

    @reads
    def fetch_used_minutes(self, database: Database, place: str, now: datetime) -> tuple[int, int]:
        """Return this month's minutes of a place and of everybody, reserved ones included."""
        month = month_of(now)
        return used(database, f"place {place}", month)[1], used(database, EVERYBODY, month)[1]

    @reads
    def fetch_held_minutes(self, database: Database, place: str, now: datetime) -> tuple[int, int]:
        """Return how many of those are only held, by calls of which nobody knows yet how long they take."""
        here, by_all = database.execute(_HELD, {"place": place, "month": month_of(now)}).fetchone()
        return here, by_all

    @writes
    def release_unclear(self, database: Database, now: datetime) -> int:
        """Give back what dials of which nobody ever heard had reserved; return how many that were."""
        unclear = database.execute(
            "SELECT id FROM calls WHERE is_unclear = 1 AND state = 'failed' AND ended_at <= ?",
            (to_text(now),),
        ).fetchall()
        for row in unclear:
            charge(database, row["id"], calls=0, minutes=0)
            database.execute("UPDATE calls SET is_unclear = 0 WHERE id = ?", (row["id"],))
        return len(unclear)

    @writes
    def drop_old_counters(self, database: Database, now: datetime) -> None:
        """Forget counters of days and months that are over; a call of last month may still be settled."""
        last_month = month_of(end_of_month(now) - timedelta(days=35))
        database.execute("DELETE FROM allowances WHERE substr(period, 1, 7) < ?", (last_month,))
        drop_old(database, last_month)

    @writes
    def pause(self, database: Database, reason: str, now: datetime) -> None:
        """Let no call begin, on any front, until ``resume``."""
        keep_setting(database, "paused", f"{to_text(now)} {storable(reason)}")

    @writes
    def resume(self, database: Database) -> bool:
        """Let calls begin again; False if they were not paused."""
        return bool(database.execute("DELETE FROM settings WHERE name = 'paused'").rowcount)

    @reads
    def fetch_pause(self, database: Database) -> tuple[datetime, str] | None:
        """Return since when calls are paused, and why; None if they are not."""
        found = find_pause(database)
        return (to_time(found[0]), found[1]) if found else None

    @writes
    def block(self, database: Database, account: Account, now: datetime) -> bool:
        """Let an account place no calls, nor those that are linked with it; False if it was blocked.

        What they scheduled is cancelled.
        """
        holder = self._holder(database, account)
        blocked = database.execute(
            "INSERT INTO blocks VALUES (?, ?) ON CONFLICT DO NOTHING", (holder, to_text(now))
        ).rowcount
        scheduled = database.execute(
            """
            SELECT id FROM calls
            WHERE holder IN (SELECT value FROM json_each(?)) AND state = 'scheduled'
            """,
            (json.dumps(self._holders(database, account)),),
        ).fetchall()
        for row in scheduled:
            expire(database, row["id"], now, "you cannot place calls here any more")
            queue(database, [NewJob("recap", row["id"], now)])
        return bool(blocked)

    @writes
    def unblock(self, database: Database, account: Account) -> bool:
        """Let an account place calls again; False if it was not blocked."""
        holder = self._holder(database, account)
        return bool(database.execute("DELETE FROM blocks WHERE holder = ?", (holder,)).rowcount)

    @reads
    def is_blocked(self, database: Database, account: Account) -> bool:
        """Whether somebody may place no calls; of linked accounts a block of one holds for all."""
        return is_blocked(database, self._holders(database, account))

    @reads
    def fetch_blocked(self, database: Database) -> tuple[str, ...]:
        """Return the accounts that are blocked and still known here, sorted."""
        blocked = {row["holder"] for row in database.execute("SELECT holder FROM blocks")}
        people = people_behind(database, self.vault, blocked)
        accounts = database.execute(
            "SELECT * FROM accounts WHERE person_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(people.values())),),
        )
        return tuple(sorted(str(Account(row["platform"], row["tenant"], row["id"])) for row in accounts))

    @reads
    def fetch_cost(self, database: Database, month: str) -> MonthlyCost:
        """Return what a month cost, with the ten heaviest people."""
        heaviest = _cost_by(database, month, "holder")[:HEAVIEST]
        known = people_behind(database, self.vault, {line.name for line in heaviest if line.name})
        people = [replace(line, name=_name_of(database, known.get(line.name))) for line in heaviest]
        total = database.execute(
            """
            SELECT coalesce(sum(cost), 0), coalesce(sum(seconds), 0), coalesce(sum(calls), 0) FROM costs
            WHERE month = ?
            """,
            (month,),
        ).fetchone()
        return MonthlyCost(
            month,
            CostLine("", *total),
            by_delivery=_cost_by(database, month, "delivery"),
            by_character=_cost_by(database, month, "slug"),
            by_place=_cost_by(database, month, "place"),
            by_person=tuple(people),
        )

    @reads
    def fetch_total_cost(self, database: Database, month: str) -> int:
        """Return what a month cost so far."""
        return total_cost(database, month)

    @writes
    def note_alert(self, database: Database, month: str, ceiling: int, percent: int) -> int:
        """Note that the operator is told of a percentage of a ceiling; return the highest noted before."""
        name = f"cost alert {month} of {ceiling}"
        row = database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        before = int(row["value"]) if row else 0
        if percent > before:
            keep_setting(database, name, str(percent))
        return before

    def _holder(self, database: Database, account: Account) -> str:
        """Return whose counter an account uses, also one that is not known (any more)."""
        return self._holders(database, account)[0]

    def _holders(self, database: Database, account: Account) -> tuple[str, ...]:
        """Return whose counters an account uses, its own first."""
        row = database.execute(
            "SELECT person_id FROM accounts WHERE platform = ? AND tenant = ? AND id = ?",
            (account.platform, account.tenant, account.id),
        ).fetchone()
        if row is not None:
            return holders_of(database, self.vault, row["person_id"])
        return (fingerprint_of(self.vault, account.platform, account.tenant, account.id),)


def _set_limits(database: Database, scope: str, own: OwnLimits) -> None:
    if own == OwnLimits():
        database.execute("DELETE FROM limits WHERE scope = ?", (scope,))
        return
    database.execute(
        """
        INSERT INTO limits VALUES (?1, ?2, ?3)
        ON CONFLICT (scope) DO UPDATE SET calls_per_day = ?2, minutes_per_month = ?3
        """,
        (scope, own.calls_per_day, own.minutes_per_month),
    )


def _name_of(database: Database, person_id: str | None) -> str:
    row = database.execute("SELECT name FROM people WHERE id = ?", (person_id,)).fetchone()
    return row["name"] if row else ""


def _cost_by(database: Database, month: str, column: CostBy) -> tuple[CostLine, ...]:
    rows = database.execute(
        # The column is one of four names of ours.
        f"""
        SELECT {column}, sum(cost) AS cost, sum(seconds), sum(calls) FROM costs WHERE month = ?
        GROUP BY {column} ORDER BY cost DESC, {column}
        """,  # noqa: S608
        (month,),
    )
    return tuple(CostLine(*row) for row in rows)
