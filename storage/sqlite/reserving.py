"""Reserving an allowance and settling it, inside the transaction of whatever causes it.

A counter stands for a scope (a person by keyed hash, a place, everybody) and a period (a day or a month of
UTC). A call remembers what it was charged and where, so that settling it twice changes nothing.
"""

from collections.abc import Collection
from datetime import datetime

from sqlite_utils import Database

from bot.domain.allowance import (
    CodeBudget,
    Limits,
    OwnLimits,
    day_of,
    end_of_day,
    end_of_month,
    month_of,
    used_up,
)
from bot.domain.call import Call
from bot.domain.errors import CallRefused
from bot.domain.numbers import prefix_of
from storage.rows import to_text
from storage.vault import Vault

EVERYBODY = "all"


def holder_of(database: Database, vault: Vault, person_id: str) -> str:
    """Return whose counters a person's calls use: a keyed hash of their first account, or nothing."""
    row = database.execute(
        "SELECT * FROM accounts WHERE person_id = ? ORDER BY platform, tenant, id LIMIT 1", (person_id,)
    ).fetchone()
    return "" if row is None else fingerprint_of(vault, row["platform"], row["tenant"], row["id"])


def fingerprint_of(vault: Vault, platform: str, tenant: str, account_id: str) -> str:
    """Return the keyed hash of an account."""
    return vault.fingerprint("account", f"{platform}:{tenant}:{account_id}")


def people_behind(database: Database, vault: Vault, holders: Collection[str]) -> dict[str, str]:
    """Return the people whose counters these are, by holder, as far as they are known here (still)."""
    found: dict[str, str] = {}
    if not holders:
        return found
    before = ""
    for row in database.execute("SELECT * FROM accounts ORDER BY person_id, platform, tenant, id"):
        if row["person_id"] != before:
            before = row["person_id"]
            holder = fingerprint_of(vault, row["platform"], row["tenant"], row["id"])
            if holder in holders:
                found[holder] = before
    return found


def limits_of(database: Database, scope: str) -> OwnLimits:
    """Return what a manager set for a scope."""
    row = database.execute("SELECT * FROM limits WHERE scope = ?", (scope,)).fetchone()
    return OwnLimits(row["calls_per_day"], row["minutes_per_month"]) if row else OwnLimits()


def ceilings(database: Database, holder: str, place: str, limits: Limits) -> tuple[int, dict[str, int]]:
    """Return a person's calls a day, and the minutes a month of each scope that their calls count for."""
    own = limits_of(database, f"person {holder}")
    calls = limits.calls_per_day if own.calls_per_day is None else own.calls_per_day
    minutes = limits.minutes_per_month if own.minutes_per_month is None else own.minutes_per_month
    scopes = {f"person {holder}": minutes, EVERYBODY: limits.minutes_per_month_total}
    if place:
        set_here = limits_of(database, f"place {place}").minutes_per_month
        scopes[f"place {place}"] = limits.minutes_per_month_total if set_here is None else set_here
    return calls, scopes


def used(database: Database, scope: str, period: str) -> tuple[int, int]:
    """Return the calls and minutes that a counter stands at."""
    row = database.execute(
        "SELECT calls, minutes FROM allowances WHERE scope = ? AND period = ?", (scope, period)
    ).fetchone()
    return (row["calls"], row["minutes"]) if row else (0, 0)


def reserve(database: Database, holder: str, call: Call, limits: Limits, now: datetime) -> int:
    """Reserve a call and as many minutes as it wants and there are; return how many that is.

    Every counter is raised by one statement that refuses to pass its ceiling. Raises AllowanceUsedUp, and
    CallRefused where a ceiling is 0, so that there will never be more.
    """
    calls_per_day, scopes = ceilings(database, holder, call.place, limits)
    day, month = day_of(now), month_of(now)
    if min(calls_per_day, *scopes.values()) <= 0:
        raise CallRefused(_NONE_AT_ALL)
    if not _raise(database, f"person {holder}", day, calls=1, minutes=0, most_calls=calls_per_day):
        raise used_up(f"Your {calls_per_day} calls of today", end_of_day(now))
    left = min(ceiling - used(database, scope, month)[1] for scope, ceiling in scopes.items())
    granted = min(call.granted_minutes, limits.minutes_per_call, left)
    for scope, ceiling in scopes.items():
        whose = _WHOSE[scope.partition(" ")[0]].format(ceiling)
        if granted < 1 and used(database, scope, month)[1] < ceiling:
            continue
        if granted < 1 or not _raise(database, scope, month, calls=0, minutes=granted, most_minutes=ceiling):
            raise used_up(whose, end_of_month(now))
    return granted


_NONE_AT_ALL = "There are no calls for you here. Whoever runs Troupe can change that."
_WHOSE = {
    "person": "Your {:,} minutes of this month",
    "place": "The {:,} minutes of this month that this place has",
    EVERYBODY: "The {:,} minutes of this month that all members have together",
}


def reserve_code(
    database: Database, vault: Vault, holder: str, number: str, budget: CodeBudget, now: datetime
) -> None:
    """Count a code that is about to be read aloud. Raises AllowanceUsedUp."""
    scopes = {
        f"code person {holder}": (budget.per_person, "The codes that you can have in a day"),
        f"code number {vault.fingerprint('phone', number)}": (
            budget.per_number,
            "The codes that this number can have in a day",
        ),
        f"code prefix {vault.fingerprint('prefix', prefix_of(number))}": (
            budget.per_prefix,
            "The codes that numbers like this one can have in a day",
        ),
        "code": (budget.in_all, "The codes that there are in a day"),
    }
    for scope, (most, what) in scopes.items():
        if not _raise(database, scope, day_of(now), calls=1, minutes=0, most_calls=most):
            raise used_up(what, end_of_day(now))


def reserve_for_stranger(database: Database, minutes: int, limits: Limits, now: datetime) -> int:
    """Reserve minutes that nobody has as theirs, and return how many. Raises AllowanceUsedUp."""
    month, ceiling = month_of(now), limits.minutes_per_month_total
    granted = min(minutes, limits.minutes_per_call, ceiling - used(database, EVERYBODY, month)[1])
    if granted < 1 or not _raise(database, EVERYBODY, month, calls=0, minutes=granted, most_minutes=ceiling):
        raise used_up(_WHOSE[EVERYBODY].format(ceiling), end_of_month(now))
    return granted


def settle_stranger(database: Database, month: str, *, reserved: int, minutes: int) -> None:
    """Make a stranger's call cost this much instead of what was reserved for it, be it the month's first."""
    if minutes > reserved:
        _raise(database, EVERYBODY, month, calls=0, minutes=minutes - reserved)
    else:
        _move(database, EVERYBODY, month, 0, minutes - reserved)


def charge(database: Database, call_id: str, *, calls: int, minutes: int) -> None:
    """Make a call cost this much instead of what it was charged so far, in the periods of its reservation."""
    row = database.execute(
        """
        SELECT holder, place, charged_day, charged_calls, charged_minutes FROM calls
        WHERE id = ? AND charged_day <> ''
        """,
        (call_id,),
    ).fetchone()
    if row is None or (row["charged_calls"], row["charged_minutes"]) == (calls, minutes):
        return
    person, day, month = f"person {row['holder']}", row["charged_day"], row["charged_day"][:7]
    _move(database, person, day, calls - row["charged_calls"], 0)
    for scope in (person, EVERYBODY, *([f"place {row['place']}"] if row["place"] else [])):
        _move(database, scope, month, 0, minutes - row["charged_minutes"])
    database.execute(
        "UPDATE calls SET charged_calls = ?, charged_minutes = ? WHERE id = ?", (calls, minutes, call_id)
    )


def _raise(
    database: Database,
    scope: str,
    period: str,
    *,
    calls: int,
    minutes: int,
    most_calls: int = 2**62,
    most_minutes: int = 2**62,
) -> bool:
    """Raise a counter, unless that would pass its ceiling; True if this did it."""
    counter = {
        "scope": scope,
        "period": period,
        "calls": calls,
        "minutes": minutes,
        "most_calls": most_calls,
        "most_minutes": most_minutes,
    }
    return bool(
        database.execute(
            """
            INSERT INTO allowances (scope, period, calls, minutes)
            SELECT :scope, :period, :calls, :minutes WHERE :calls <= :most_calls AND :minutes <= :most_minutes
            ON CONFLICT (scope, period) DO UPDATE SET calls = calls + :calls, minutes = minutes + :minutes
            WHERE calls + :calls <= :most_calls AND minutes + :minutes <= :most_minutes
            """,
            counter,
        ).rowcount
    )


def _move(database: Database, scope: str, period: str, calls: int, minutes: int) -> None:
    database.execute(
        "UPDATE allowances SET calls = calls + ?, minutes = minutes + ? WHERE scope = ? AND period = ?",
        (calls, minutes, scope, period),
    )


def find_pause(database: Database) -> tuple[str, str] | None:
    """Return since when (as text) calls are paused, and why."""
    row = database.execute("SELECT value FROM settings WHERE name = 'paused'").fetchone()
    if row is None:
        return None
    since, _, reason = row["value"].partition(" ")
    return since, reason


def is_blocked(database: Database, holder: str) -> bool:
    """Whether a manager blocked this person."""
    return database.execute("SELECT 1 FROM blocks WHERE holder = ?", (holder,)).fetchone() is not None


def total_cost(database: Database, month: str) -> int:
    """Return what a month cost so far."""
    cost: int = database.execute(
        "SELECT coalesce(sum(cost), 0) FROM costs WHERE month = ?", (month,)
    ).fetchone()[0]
    return cost


def is_full(database: Database, call_id: str, at_once: int, now: datetime) -> bool:
    """Whether as many conversations run as are allowed at once; chats have a pool of their own at ElevenLabs.

    A call that was started twice may have two of them, so that one link takes no more lines than others.
    """
    running = database.execute(
        """
        SELECT (SELECT count(*) FROM strangers WHERE busy_until > ?1) + (
            SELECT coalesce(sum(max(id <> ?2, (
                SELECT count(*) FROM bindings WHERE call_id = calls.id AND finished_at IS NULL
            ))), 0) FROM calls
            WHERE state IN ('dialing', 'live', 'unknown') AND delivery <> 'chat' AND busy_until > ?1
        )
        """,
        (to_text(now), call_id),
    ).fetchone()[0]
    return bool(running >= at_once)
