"""Reserving an allowance and settling it, inside the transaction of whatever causes it.

A counter stands for a scope (a person by keyed hash, a place, everybody) and a period (a day or a month of
UTC). A call remembers what it was charged and where, so that settling it twice changes nothing. Linked
accounts have a counter each, and one ceiling for the sum; of ``holders`` the first is whose call it is.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.allowance import (
    CodeBudget,
    Limits,
    OwnLimits,
    day_of,
    end_of_day,
    end_of_month,
    month_of,
    smallest,
    used_up,
)
from bot.domain.call import Call
from bot.domain.errors import CallRefused
from bot.domain.numbers import prefix_of
from storage.database import Database
from storage.rooms.together import people_together
from storage.vault import Vault

EVERYBODY = "all"


def holder_of(database: Database, vault: Vault, person_id: str) -> str:
    """Return whose counters a person's calls use: a keyed hash of their first account, or nothing."""
    row = database.execute(
        "SELECT * FROM accounts WHERE person_id = ? ORDER BY platform, tenant, id LIMIT 1", (person_id,)
    ).fetchone()
    return "" if row is None else fingerprint_of(vault, row["platform"], row["tenant"], row["id"])


def holders_of(database: Database, vault: Vault, person_id: str) -> tuple[str, ...]:
    """Return whose counters are one person's: that of their own account first, then of linked ones."""
    return tuple(holder_of(database, vault, one) for one in people_together(database, person_id))


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


def ceilings(
    database: Database, holders: Sequence[str], place: str, limits: Limits
) -> tuple[int, dict[str, int]]:
    """Return a person's calls a day, and the minutes a month of each scope that their calls count for.

    What a manager set for one of their accounts holds for all of them, the smallest if there are several.
    """
    own = smallest([limits_of(database, f"person {holder}") for holder in holders])
    calls = limits.calls_per_day if own.calls_per_day is None else own.calls_per_day
    minutes = limits.minutes_per_month if own.minutes_per_month is None else own.minutes_per_month
    scopes = {f"person {holders[0]}": minutes, EVERYBODY: limits.minutes_per_month_total}
    if place:
        set_here = limits_of(database, f"place {place}").minutes_per_month
        scopes[f"place {place}"] = limits.minutes_per_month_total if set_here is None else set_here
    return calls, scopes


def used(database: Database, scope: str, period: str, linked: Sequence[str] = ()) -> tuple[int, int]:
    """Return the calls and minutes that a counter stands at, together with those of linked holders."""
    calls, minutes = database.execute(
        """
        SELECT coalesce(sum(calls), 0), coalesce(sum(minutes), 0) FROM allowances
        WHERE scope IN (SELECT value FROM json_each(?)) AND period = ?
        """,
        (json.dumps([scope, *linked]), period),
    ).fetchone()
    return calls, minutes


def linked_scopes(holders: Sequence[str], kind: str = "person") -> tuple[str, ...]:
    """Return the scopes of a person's other accounts, whose use counts as well."""
    return tuple(f"{kind} {holder}" for holder in holders[1:])


def reserve(database: Database, holders: Sequence[str], call: Call, limits: Limits, now: datetime) -> int:
    """Reserve a call and as many minutes as it wants and there are; return how many that is.

    Every counter is raised by one statement that refuses to pass its ceiling. Raises AllowanceUsedUp, and
    CallRefused where a ceiling is 0, so that there will never be more.
    """
    calls_per_day, scopes = ceilings(database, holders, call.place, limits)
    day, month = day_of(now), month_of(now)
    if min(calls_per_day, *scopes.values()) <= 0:
        raise CallRefused(_NONE_AT_ALL)
    person = f"person {holders[0]}"
    linked = {person: linked_scopes(holders)}
    if not _raise(database, person, day, calls=1, minutes=0, most_calls=calls_per_day, linked=linked[person]):
        raise used_up(f"Your {calls_per_day} calls of today", end_of_day(now))
    left = {
        scope: ceiling - used(database, scope, month, linked.get(scope, ()))[1]
        for scope, ceiling in scopes.items()
    }
    granted = min(call.granted_minutes, limits.minutes_per_call, *left.values())
    for scope, ceiling in scopes.items():
        whose = _WHOSE[scope.partition(" ")[0]].format(ceiling)
        if granted < 1 and left[scope] > 0:
            continue
        if granted < 1 or not _raise(
            database,
            scope,
            month,
            calls=0,
            minutes=granted,
            most_minutes=ceiling,
            linked=linked.get(scope, ()),
        ):
            raise used_up(whose, end_of_month(now))
    return granted


_NONE_AT_ALL = "There are no calls for you here. Whoever runs Troupe can change that."
_WHOSE = {
    "person": "Your {:,} minutes of this month",
    "place": "The {:,} minutes of this month that this place has",
    EVERYBODY: "The {:,} minutes of this month that all members have together",
}


def reserve_code(
    database: Database, vault: Vault, holders: Sequence[str], number: str, budget: CodeBudget, now: datetime
) -> None:
    """Count a code that is about to be read aloud. Raises AllowanceUsedUp."""
    person = f"code person {holders[0]}"
    scopes = {
        person: (budget.per_person, "The codes that you can have in a day"),
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
        linked = linked_scopes(holders, "code person") if scope == person else ()
        if not _raise(database, scope, day_of(now), calls=1, minutes=0, most_calls=most, linked=linked):
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
    _move(database, f"person {row['holder']}", row["charged_day"], calls - row["charged_calls"], 0)
    more = minutes - row["charged_minutes"]
    charge_minutes(database, row["holder"], row["place"], row["charged_day"], more)
    database.execute(
        "UPDATE calls SET charged_calls = ?, charged_minutes = ? WHERE id = ?", (calls, minutes, call_id)
    )


def charge_minutes(database: Database, holder: str, place: str, day: str, more: int) -> None:
    """Charge a holder, a place and everybody so many more minutes, or fewer, in the month of a day."""
    for scope in (f"person {holder}", EVERYBODY, *([f"place {place}"] if place else [])):
        _move(database, scope, day[:7], 0, more)


def _raise(
    database: Database,
    scope: str,
    period: str,
    *,
    calls: int,
    minutes: int,
    most_calls: int = 2**62,
    most_minutes: int = 2**62,
    linked: Sequence[str] = (),
) -> bool:
    """Raise a counter, unless it and the ``linked`` ones would pass their ceiling; True if this did it."""
    counter = {
        "scope": scope,
        "period": period,
        "calls": calls,
        "minutes": minutes,
        "most_calls": most_calls,
        "most_minutes": most_minutes,
        "all_scopes": json.dumps([scope, *linked]),
    }
    return bool(
        database.execute(
            """
            INSERT INTO allowances (scope, period, calls, minutes)
            SELECT :scope, :period, :calls, :minutes FROM (
                SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(minutes), 0) AS minutes FROM allowances
                WHERE period = :period AND scope IN (SELECT value FROM json_each(:all_scopes))
            ) AS so_far
            WHERE so_far.calls + :calls <= :most_calls AND so_far.minutes + :minutes <= :most_minutes
            ON CONFLICT (scope, period) DO UPDATE SET
                calls = allowances.calls + :calls, minutes = allowances.minutes + :minutes
            """,
            counter,
        ).rowcount
    )


def _move(database: Database, scope: str, period: str, calls: int, minutes: int) -> None:
    database.execute(
        "UPDATE allowances SET calls = calls + ?, minutes = minutes + ? WHERE scope = ? AND period = ?",
        (calls, minutes, scope, period),
    )
