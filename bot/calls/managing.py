"""What managers decide for everybody: allowances, pauses, blocks; and what calls cost."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.calls.installation import Installation, character_names, find_account
from bot.domain.allowance import Allowance, Limits, OwnLimits, end_of_month, month_of
from bot.domain.caller import Account, Caller
from bot.domain.context import one_line
from bot.domain.cost import MonthlyCost, Rise, find_rises
from bot.domain.errors import CallerError
from bot.domain.numbers import PhoneNumber, parse_number

REASON_CHARS = 200
MOST_CALLS = 1_000
MOST_MINUTES = 44_640
MOST_MINUTES_HERE = 100_000_000

Change = int | Literal["default"] | None
"""What an allowance becomes: a number, what holds for everybody, or None for as it is."""

NOT_A_MANAGER = "/troupe is for those who manage Troupe here; you are not one of them."
NOT_HERE = (
    "That is decided for everybody, in the place that whoever runs Troupe named, or that was the first to "
    "let it in. Here you decide who may call: /troupe allow, /troupe allowance here, /troupe post."
)
NO_PLACE = "Only you are here, so there is no allowance for all together. Ask for it where the members are."


@dataclass(frozen=True, slots=True)
class Overview:
    """What goes on: this month's minutes of everybody and their ceiling, a pause, and who is blocked.

    ``held_minutes`` are not used yet: calls that are not over, or not settled, may use them. ``own_limits``
    are the people with an allowance of their own; ``cost`` is this month's, in credits.
    """

    used_minutes: int
    held_minutes: int
    limits: Limits
    month_ends_at: datetime
    paused: tuple[datetime, str] | None
    blocked: tuple[str, ...]
    own_limits: int
    cost: int


@dataclass(frozen=True, slots=True)
class MemberAllowance:
    """What holds for one member; ``allowance`` is None while nobody is known by that account."""

    account: Account
    name: str
    own: OwnLimits
    limits: Limits
    allowance: Allowance | None


@dataclass(frozen=True, slots=True)
class PlaceAllowance:
    """This month's minutes of one server or workspace; ``own_minutes`` is None where none were set.

    What is held by calls that are not over is apart from what is used.
    """

    place: str
    used_minutes: int
    held_minutes: int
    own_minutes: int | None
    used_by_all: int
    held_by_all: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Blocking:
    """Whom a block is about: an account as text or a masked number; ``changed`` False if it was so before.

    ``to_confirm`` means that nothing was done yet: only whoever answers at the number may want it back.
    """

    whom: str
    is_number: bool
    changed: bool
    to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class CostReport:
    """This month's cost beside the last one's; ``ceiling`` is 0 for none, ``percent`` of it is spent."""

    now: MonthlyCost
    before: MonthlyCost
    rises: tuple[Rise, ...]
    ceiling: int
    percent: int
    names: dict[str, str]


async def see_overview(house: Installation, caller: Caller) -> Overview:
    """Return what managers have to know at a glance. Raises CallerError for anybody else."""
    _require_manager(caller)
    now = house.now()
    _, used = await house.store.fetch_used_minutes("", now)
    _, held = await house.store.fetch_held_minutes("", now)
    return Overview(
        used - held,
        held,
        house.terms.limits,
        end_of_month(now),
        await house.store.fetch_pause(),
        await house.store.fetch_blocked(),
        await house.store.count_own_limits(),
        await house.store.fetch_total_cost(month_of(now)),
    )


async def see_member_allowance(house: Installation, caller: Caller, account_text: str) -> MemberAllowance:
    """Return what a member has left, without making them known. Raises CallerError."""
    _require_manager(caller)
    account = await find_account(house, account_text)
    return await _member(house, caller, account)


async def set_member_allowance(
    house: Installation, caller: Caller, account_text: str, *, calls: Change = None, minutes: Change = None
) -> MemberAllowance:
    """Change what holds for a member, also one who never came; what is None stays. Raises CallerError."""
    _require_manager(caller)
    account = await find_account(house, account_text)
    _check("calls in a day", calls, MOST_CALLS)
    _check("minutes in a month", minutes, MOST_MINUTES)
    own = await house.store.fetch_own_limits(account)
    changed = OwnLimits(_changed(own.calls_per_day, calls), _changed(own.minutes_per_month, minutes))
    await house.store.set_own_limits(account, changed)
    return await _member(house, caller, account)


async def see_place_allowance(house: Installation, caller: Caller) -> PlaceAllowance:
    """Return what the server or workspace of the caller used. Raises CallerError where there is none."""
    _require_place_manager(caller)
    if not caller.place:
        raise CallerError(NO_PLACE)
    now = house.now()
    used, by_all = await house.store.fetch_used_minutes(caller.place, now)
    held, held_by_all = await house.store.fetch_held_minutes(caller.place, now)
    own = await house.store.fetch_place_minutes(caller.place)
    return PlaceAllowance(
        caller.place, used - held, held, own, by_all - held_by_all, held_by_all, house.terms.limits
    )


async def set_place_allowance(house: Installation, caller: Caller, minutes: Change) -> PlaceAllowance:
    """Set how many minutes the caller's server or workspace has in a month. Raises CallerError."""
    _require_place_manager(caller)
    if not caller.place:
        raise CallerError(NO_PLACE)
    _check("minutes in a month", minutes, MOST_MINUTES_HERE)
    own = await house.store.fetch_place_minutes(caller.place)
    await house.store.set_place_minutes(caller.place, _changed(own, minutes))
    return await see_place_allowance(house, caller)


async def pause(house: Installation, caller: Caller, reason: str = "") -> str:
    """Let no call begin on any front; return the reason as members will read it. Raises CallerError."""
    _require_manager(caller)
    shown = one_line(reason, REASON_CHARS).rstrip(" .")
    await house.store.pause(shown, house.now())
    return shown


async def resume(house: Installation, caller: Caller) -> bool:
    """Let calls begin again; False if they were not paused. Raises CallerError."""
    _require_manager(caller)
    return await house.store.resume()


async def reload_cast(house: Installation, caller: Caller) -> tuple[str, ...]:
    """Read the characters' files again now; return what is wrong with them. Raises CallerError."""
    _require_manager(caller)
    return tuple(str(problem) for problem in await asyncio.to_thread(house.cast.read_again))


async def block(house: Installation, caller: Caller, whom: str) -> Blocking:
    """Let an account place no calls, or let a number never be rung. Raises CallerError."""
    _require_manager(caller)
    if number := _number_of(whom):
        was = await house.store.is_not_to_be_called(number.e164)
        await house.store.never_call(number.e164, house.now())
        return Blocking(number.masked, is_number=True, changed=not was)
    account = await find_account(house, whom)
    return Blocking(str(account), is_number=False, changed=await house.store.block(account, house.now()))


async def unblock(house: Installation, caller: Caller, whom: str, *, asked_by_them: bool = False) -> Blocking:
    """Take a block back, of an account or of a number. Raises CallerError.

    A number is called again only where the manager says that whoever answers there asked for it: the list
    does not tell a manager's block from somebody's own "stop calling".
    """
    _require_manager(caller)
    if number := _number_of(whom):
        if not asked_by_them and await house.store.is_not_to_be_called(number.e164):
            return Blocking(number.masked, is_number=True, changed=False, to_confirm=True)
        changed = await house.store.allow_calling(number.e164)
        return Blocking(number.masked, is_number=True, changed=changed)
    account = await find_account(house, whom)
    return Blocking(str(account), is_number=False, changed=await house.store.unblock(account))


async def see_cost(house: Installation, caller: Caller) -> CostReport:
    """Return what calls cost this month and last, by what, and what made it rise. Raises CallerError."""
    _require_manager(caller)
    today = house.now()
    last_month = today.replace(day=1) - timedelta(days=1)
    now = await house.store.fetch_cost(month_of(today))
    before = await house.store.fetch_cost(month_of(last_month))
    ceiling = house.terms.limits.cost_per_month
    percent = now.total.cost * 100 // ceiling if ceiling else 0
    return CostReport(now, before, find_rises(now, before), ceiling, percent, character_names(house))


def _require_manager(caller: Caller) -> None:
    if not caller.may_manage:
        raise CallerError(NOT_HERE if caller.manages_place else NOT_A_MANAGER)


def _require_place_manager(caller: Caller) -> None:
    if not (caller.may_manage or caller.manages_place):
        raise CallerError(NOT_A_MANAGER)


async def _member(house: Installation, caller: Caller, account: Account) -> MemberAllowance:
    person, limits = await house.store.find_person(account), house.terms.limits
    allowance = None
    if person is not None:
        allowance = await house.store.fetch_allowance(person.id, caller.place, limits, house.now())
    own = await house.store.fetch_own_limits(account)
    return MemberAllowance(account, person.name if person else "", own, limits, allowance)


def _number_of(whom: str) -> PhoneNumber | None:
    """Return the telephone number that is meant, of whatever region; None for an account.

    Raises NumberNotAllowed for a number that is none.
    """
    if not whom.strip().startswith(("+", "＋", "tel:", "<tel:")):
        return None
    from phonenumbers import SUPPORTED_REGIONS

    return parse_number(whom, frozenset({*SUPPORTED_REGIONS, "001"}))


def _check(what: str, change: Change, most: int) -> None:
    if isinstance(change, int) and not 0 <= change <= most:
        raise CallerError(f"Choose 0 to {most:,} {what}, or default for what holds for everybody.")


def _changed(before: int | None, change: Change) -> int | None:
    if change is None:
        return before
    return None if change == "default" else change
