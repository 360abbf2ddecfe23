"""What managers type: allowances, pauses, blocks, cost."""

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.calls import managing
from bot.calls.installation import Installation
from bot.domain.allowance import OwnLimits
from bot.domain.context import one_line
from bot.domain.errors import CallerError
from bot.domain.nearest import nearest
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, bar, plural, when
from bot.fronts import places
from bot.fronts.costs import cost

ALLOWANCE = "/troupe allowance WHO [calls N] [minutes N]"
HELP = (
    ("/troupe here [off]", "let members call from here, or no more"),
    ("/troupe allow CHARACTER", "who may call a character here, and from which channels"),
    ("/troupe post CHARACTER", "a card for everybody here, with a button that calls"),
    ("/troupe reload", "read the characters' files again now, and say what is wrong with them"),
    (ALLOWANCE, "what a member, or everybody here together, may use"),
    ("/troupe pause [REASON]", "let no call begin, on any front"),
    ("/troupe resume", "let calls begin again"),
    ("/troupe block ACCOUNT or NUMBER", "no calls by an account, or to a number"),
    ("/troupe unblock ACCOUNT or NUMBER", "take that back"),
    ("/troupe cost [json]", "what calls cost this month and last, and what made it rise"),
)
MINE = "here"
HERE = frozenset({"here", "allow", "post", "allowance"})
"""What somebody may do who decides for one place alone; of allowances only that place's."""
_COLOR_OF_WARNING = "#b45309"
_COUNT = re.compile(r"[0-9]{1,9}")


async def troupe(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe``: what goes on, or one decision, as ``do`` names it."""
    do = ask.arguments.get("do", "")
    door = _DOORS.get(do)
    if door is not None:
        return await door(house, ask)
    if not ask.caller.manages_place:
        await managing.see_overview(house, ask.caller)  # nobody else is told what there is
    near = nearest(do.partition(" ")[0], _DOORS.keys() - {""})
    hint = f" Did you mean /troupe {near}?" if near else ""
    raise CallerError(f"There is no /troupe {one_line(do, 40)}.{hint} /troupe alone lists what there is.")


async def _see(house: Installation, ask: Ask) -> Reply:
    if ask.caller.manages_place and not ask.caller.may_manage:
        return await _see_here(house, ask)
    seen = await managing.see_overview(house, ask.caller)
    total = seen.limits.minutes_per_month_total
    used = f"{bar(seen.used_minutes, total)}  {seen.used_minutes:,} of {total:,} used by all members"
    ceiling = seen.limits.cost_per_month
    spent = f"{bar(seen.cost, ceiling)}  {seen.cost:,} of {ceiling:,}" if ceiling else f"{seen.cost:,}"
    state = [("Minutes this month", used), ("Cost this month", f"{spent} credits")]
    if seen.held_minutes:
        state.insert(1, ("Held", f"{seen.held_minutes:,} more, until the calls are over"))
    if seen.own_limits:
        whose = plural(seen.own_limits, "member has", "members have")
        state.append(("Allowances", f"{whose} one of their own"))
    if seen.paused is not None:
        since, reason = seen.paused
        why = f": “{reason}”" if reason else ""
        state.append(("Paused", f"since {when(since, house.terms.timezone)}{why}"))
    if seen.blocked:
        state.append(("Blocked", one_line(", ".join(seen.blocked), 1_000)))
    switch = Choice("Pause all calls", "troupe", {"do": "pause"})
    if seen.paused is not None:
        switch = Choice("Let calls begin again", "troupe", {"do": "resume"})
    return Reply(
        cards=(
            Card("How it goes", color=NEUTRAL_COLOR, fields=tuple(state)),
            *(
                []
                if ask.arguments.get("do")
                else [Card("What managers can do", color=NEUTRAL_COLOR, fields=HELP)]
            ),
        ),
        choices=(Choice("What calls cost", "troupe", {"do": "cost"}), switch),
    )


async def _see_here(house: Installation, ask: Ask) -> Reply:
    """Show what there is to somebody who decides for their own server alone."""
    used = await _allowance_here(house, ask, None, None)
    rows = tuple(row for row in HELP if row[0].split()[1] in HERE)
    return Reply(cards=(*used.cards, Card("What you can do here", color=NEUTRAL_COLOR, fields=rows)))


async def _reload(house: Installation, ask: Ask) -> Reply:
    problems = await managing.reload_cast(house, ask.caller)
    there = plural(len(house.cast.all()), "character")
    if not problems:
        return Reply(f"All files are fine: {there} can be called.")
    card = Card("What is wrong", "\n".join(problems), _COLOR_OF_WARNING)
    return Reply(f"{there} can be called; of a broken file the last good version stays.", cards=(card,))


async def _allowance(house: Installation, ask: Ask) -> Reply:
    whom, rest = ask.arguments.get("whom", ""), ask.arguments.get("rest", "")
    calls, minutes = _change(ask, "calls"), _change(ask, "minutes")
    if rest:
        raise CallerError(f"I do not understand “{one_line(rest, 40)}”. Write {ALLOWANCE}.")
    if not whom:
        if calls is not None or minutes is not None:
            raise CallerError(f"Say whose allowance that is: {ALLOWANCE}.")
        return await _see(house, ask)
    if whom.casefold() == MINE:
        return await _allowance_here(house, ask, calls, minutes)
    if calls is None and minutes is None:
        member = await managing.see_member_allowance(house, ask.caller, whom)
    else:
        member = await managing.set_member_allowance(house, ask.caller, whom, calls=calls, minutes=minutes)
    return _member_card(member)


def _member_card(member: managing.MemberAllowance) -> Reply:
    own, limits, left = member.own, member.limits, member.allowance
    calls = limits.calls_per_day if own.calls_per_day is None else own.calls_per_day
    minutes = limits.minutes_per_month if own.minutes_per_month is None else own.minutes_per_month
    fields = (
        ("Calls a day", _holds(calls, own.calls_per_day, left.calls_left if left else None)),
        ("Minutes a month", _holds(minutes, own.minutes_per_month, left.minutes_left if left else None)),
    )
    footer = "" if left else "Nobody has come from this account yet; this holds once somebody does."
    account = str(member.account)
    name = f"{one_line(member.name, 60)} ({account})" if member.name else account
    choices: tuple[Choice, ...] = ()
    if own != OwnLimits():
        default = {"do": "allowance", "whom": account, "calls": "default", "minutes": "default"}
        choices = (Choice("Back to what holds for everybody", "troupe", default),)
    title = f"Allowance of {name}"
    return Reply(cards=(Card(title, color=NEUTRAL_COLOR, fields=fields, footer=footer),), choices=choices)


def _holds(most: int, own: int | None, left: int | None) -> str:
    whose = "as everybody" if own is None else "set for them"
    if left is None:
        return f"{most:,}, {whose}"
    return f"{bar(left, most)}  {left:,} of {most:,} left, {whose}"


async def _allowance_here(
    house: Installation, ask: Ask, calls: managing.Change, minutes: managing.Change
) -> Reply:
    if calls is not None:
        raise CallerError("Everybody here together has minutes only: /troupe allowance here minutes 300.")
    if minutes is None:
        seen = await managing.see_place_allowance(house, ask.caller)
    else:
        seen = await managing.set_place_allowance(house, ask.caller, minutes)
    total = seen.limits.minutes_per_month_total
    most = total if seen.own_minutes is None else seen.own_minutes
    whose = "no ceiling of its own" if seen.own_minutes is None else "its own ceiling"
    fields = [
        ("Here", f"{bar(seen.used_minutes, most)}  {seen.used_minutes:,} of {most:,} used, {whose}"),
        ("Everybody", f"{bar(seen.used_by_all, total)}  {seen.used_by_all:,} of {total:,} used"),
    ]
    if seen.held_by_all:
        held = f"{seen.held_minutes:,} more here, {seen.held_by_all:,} in all, until the calls are over"
        fields.append(("Held", held))
    return Reply(cards=(Card("Minutes this month", color=NEUTRAL_COLOR, fields=tuple(fields)),))


def _change(ask: Ask, name: str) -> managing.Change:
    text = ask.arguments.get(name, "").strip().lower()
    if not text:
        return None
    if text == "default":
        return "default"
    if not _COUNT.fullmatch(text):
        raise CallerError(f"{name.capitalize()} are a whole number such as 5, or default.")
    return int(text)


async def _pause(house: Installation, ask: Ask) -> Reply:
    reason = await managing.pause(house, ask.caller, ask.arguments.get("reason", ""))
    why = f": “{reason}”" if reason else ""
    return Reply(
        f"Calls are paused on all fronts{why}. Those that run go on; scheduled ones do not ring meanwhile.",
        choices=(Choice("Let calls begin again", "troupe", {"do": "resume"}),),
    )


async def _resume(house: Installation, ask: Ask) -> Reply:
    resumed = await managing.resume(house, ask.caller)
    return Reply("Calls begin again, on all fronts." if resumed else "Calls were not paused.")


async def _block(house: Installation, ask: Ask) -> Reply:
    done = await managing.block(house, ask.caller, _whom(ask, "block"))
    if not done.changed:
        return Reply(f"{done.whom} was blocked already.")
    what = "is never called again" if done.is_number else "can place no calls any more"
    return Reply(
        f"{done.whom} {what}; what was scheduled is cancelled. /troupe unblock takes it back.",
        choices=() if done.is_number else (_unblock_choice(done.whom),),
    )


async def _unblock(house: Installation, ask: Ask) -> Reply:
    whom, sure = _whom(ask, "unblock"), ask.arguments.get("sure") == "yes"
    done = await managing.unblock(house, ask.caller, whom, asked_by_them=sure)
    if done.to_confirm:
        return _did_they_ask(done.whom, whom)
    if not done.changed:
        return Reply(f"{done.whom} was not blocked.")
    return Reply(f"{done.whom} {'may be called' if done.is_number else 'can place calls'} again.")


def _did_they_ask(masked_number: str, whom: str) -> Reply:
    text = (
        f"Somebody may have said “stop calling” at {masked_number}. "
        "Only whoever answers there can take that back."
    )
    again = {"do": "unblock", "whom": whom, "sure": "yes"}
    return Reply(
        cards=(Card("Did they ask for it?", text, _COLOR_OF_WARNING),),
        choices=(
            Choice("They asked for it: may be called again", "troupe", again),
            Choice("Leave it", "dismiss"),
        ),
    )


def _whom(ask: Ask, verb: str) -> str:
    whom = ask.arguments.get("whom", "").strip()
    if not whom and ask.caller.may_manage:
        raise CallerError(f"Whom? Write /troupe {verb} discord:123 for an account, or +49 1512 3456789.")
    return whom


def _unblock_choice(whom: str) -> Choice:
    return Choice("Unblock", "troupe", {"do": "unblock", "whom": whom})


_DOORS: Mapping[str, Callable[[Installation, Ask], Awaitable[Reply]]] = {
    "": _see,
    "allowance": _allowance,
    "pause": _pause,
    "resume": _resume,
    "block": _block,
    "unblock": _unblock,
    "cost": cost,
    "status": _see,
    "reload": _reload,
    "here": places.here,
    "allow": places.allow,
    "post": places.post,
}
