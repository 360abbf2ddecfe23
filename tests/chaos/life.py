"""One life of the bot: it opens, does what members want, comes to rest, and closes, unless it is killed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import bot.app
import bot.followup
from bot.app import App, open_app
from bot.calls.installation import find_person
from bot.config import Settings
from bot.domain.caller import Account, Caller, parse_account
from bot.domain.errors import TroupeError
from bot.domain.phone import CODE_LIFETIME, Phone, PhoneConsent
from bot.domain.reply import Ask, Reply
from bot.fronts.apologies import is_members_own
from bot.fronts.commands import answer
from bot.fronts.discord.mail import nonce_of
from bot.fronts.relay import Relay
from bot.house import provider_of
from storage.rows import to_time
from tests.chaos.board import Board
from tests.chaos.journal import Journal
from tests.chaos.outside import Outside
from tests.chaos.points import Points

TO_THE_MINUTE = {"dial"}
"""Work that comes to nothing when it is late."""
FAILED = "It did not work"
LEASE = timedelta(days=3_650)
"""Time jumps here, also while work is in hand, whose lease must not run out by that."""
MOST_STEPS = 600
LONGEST_STEP_SECONDS = 86_400.0
MORNING_HOUR = 6


@dataclass(frozen=True)
class Member:
    """Somebody who acts once; their name, their words and their topic are found again wherever they stand."""

    key: str

    @property
    def caller(self) -> Caller:
        return Caller(parse_account(f"m{self.key}"), f"N{self.key}")

    @property
    def number(self) -> str:
        """A mobile number of their own, in E.164."""
        episode, _, place = self.key.partition("x")
        return f"+49151{int(episode) % 10**6:06d}{int(place):02d}"

    @property
    def words(self) -> list[str]:
        return [f"I found a w{self.key} by the old well.", f"Nobody knows about w{self.key} but you."]


class Life:
    """What a life can do; an act is a function of it and of the member who acts."""

    def __init__(self, app: App, board: Board, outside: Outside, journal: Journal, points: Points) -> None:
        self.app = app
        self.outside = outside
        self._board = board
        self._journal = journal
        self._points = points

    async def post(self, account: Account, reply: Reply) -> None:
        """Be everybody's Poster."""
        self._points.passed("before a post")
        call, nonce = reply.recap or reply.about or "", nonce_of(reply.key) if reply.key else ""
        self._journal.note("post", str(account), call=call, text=_text(reply), nonce=nonce)
        self._points.passed("after a post")

    async def asks(self, member: Member, command: str, **arguments: str) -> Reply:
        """Ask as a member does in a front, and show the answer to them."""
        to = str(member.caller.account)
        self._journal.note("asks", to, command=command, arguments=arguments)
        self._points.passed("before a command")
        try:
            reply = await answer(self.app.house, Ask(member.caller, command, arguments))
        except TroupeError as error:
            reply = Reply(str(error) if is_members_own(error) else f"{FAILED}: {error!r}")
        self._points.passed("before an answer is shown")
        self._journal.note("told", to, command=command, text=_text(reply))
        self._points.passed("after an answer is shown")
        return reply

    async def calls(self, member: Member, *, remember: str = "yes", **how: str) -> Reply:
        """Ask for a call, and answer the card before the first one."""
        how = {"character": "wizard", "topic": f"t{member.key}", **how}
        reply = await self.asks(member, "call", **how)
        if any(choice.command == "answer" for choice in reply.choices):
            reply = await self.asks(member, "answer", remember=remember, **how)
        return reply

    async def rings(self, member: Member, **how: str) -> Reply:
        """Ask to be rung on a telephone that the member verified; nobody waits for it here."""
        return await self.asks(member, "call", character="wizard", via="phone", topic=f"t{member.key}", **how)

    async def owns_a_telephone(self, member: Member, **how: Any) -> None:
        """Verify the member's number, and say how its owner behaves when it rings."""
        await self.outside.ask_from_a_life("expect", number=member.number, **how)
        await self.asks(member, "answer", remember="yes")
        house, now = self.app.house, self.app.house.now()
        person = await find_person(house, member.caller)
        phone = Phone(house.new_id(), person.id, member.number, "DE", now)
        await house.store.add_phone(phone, PhoneConsent("v", "Ring me.", now))
        await house.store.set_code(phone.id, "123456", now + CODE_LIFETIME)
        await house.store.check_code(person.id, "123456", now)

    def chat_of(self, member: Member) -> Relay:
        """Return the member's chat window."""
        return Relay(self.app.house, member.caller, _Window(self._journal, member))

    async def drain(self) -> None:
        """Do what is due now."""
        followup = self.app.followup
        while await followup.run_due() or followup._in_hand:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.001 if followup._in_hand else 0)

    async def later(self, seconds: float) -> None:
        """Let time pass, and do what is due by then."""
        await self.outside.ask_from_a_life("advance", seconds=seconds)
        await self.drain()

    async def come_to_rest(self) -> None:
        """Let time pass until nothing is left to do but the daily work, and that was done once."""
        step, is_morning = 1.0, False
        await self.outside.ask_from_a_life("mend")
        await self.drain()
        for _ in range(MOST_STEPS):
            await self.outside.ask_from_a_life("settle")
            waits = await self._next_due()
            if waits is None and is_morning:
                return
            if waits is None:
                is_morning = True
                await self.later(self._seconds_until_morning())
                continue
            kind, due_at = waits
            seconds = (due_at - self._board.now()).total_seconds()
            if kind not in TO_THE_MINUTE:
                seconds = max(seconds, step)
                step = min(step * 2, LONGEST_STEP_SECONDS)
            await self.later(max(seconds, 0.0))
        raise AssertionError("the bot never comes to rest")

    async def _next_due(self) -> tuple[str, datetime] | None:
        def look(database: Any) -> tuple[str, datetime] | None:
            row = database.execute(
                f"SELECT kind, due_at FROM jobs WHERE kind NOT IN ({','.join('?' * len(ALWAYS_QUEUED))})"
                " ORDER BY due_at LIMIT 1",
                ALWAYS_QUEUED,
            ).fetchone()
            return (row["kind"], to_time(row["due_at"])) if row else None

        return await self.app.house.store.reader.read(look)  # type: ignore[attr-defined, no-any-return]

    def _seconds_until_morning(self) -> float:
        """Return how long it is until tomorrow's morning: all of the daily work is done by then."""
        now = self._board.now()
        morning = now.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
        return (morning + timedelta(days=1) - now).total_seconds()


DAILY_ROWS = ("sweep", "retention")
ALWAYS_QUEUED = (*DAILY_ROWS, "look_after")
"""What is there also when nothing is left to do."""

Act = Callable[[Life, Member], Awaitable[None]]


async def live(
    settings: Settings,
    board: Board,
    outside: Outside,
    journal: Journal,
    points: Points,
    acts: Sequence[tuple[Act, Member]],
) -> None:
    """Live from the first act that no life has begun to the end of everything."""
    bot.followup.LEASE = LEASE
    host = settings.listen
    async with open_app(
        settings, provider_of(settings), listen=host, public_url=settings.public_url or "", clock=board.now
    ) as app:
        life = Life(app, board, outside, journal, points)
        app.posters["console"] = life
        await app.house.store.hasten_jobs("recap", app.house.now())
        while board.next_act < len(acts):
            act, member = acts[board.next_act]
            board.next_act += 1
            await outside.ask_from_a_life("mend")
            await act(life, member)
            await life.drain()
        board.busy_points = board.points
        await life.come_to_rest()
        await app.house.store.cleaned()  # type: ignore[attr-defined]


def share_cast(cast: Any) -> None:
    """Let every life start with a cast that is read already: reading it is not what dies."""

    async def opened(_settings: Settings) -> Any:
        return cast

    bot.app.open_cast = opened


class _Window:
    """Where a chat is shown."""

    def __init__(self, journal: Journal, member: Member) -> None:
        self._journal = journal
        self._to = str(member.caller.account)

    async def notice(self, words: str) -> None:
        self._journal.note("chat", self._to, text=words)

    async def speak(self, name: str, words: str) -> None:
        self._journal.note("chat", self._to, text=f"{name}: {words}")

    async def close(self) -> None: ...


def _text(reply: Reply) -> str:
    cards = [f"{card.title}\n{card.text}" for card in reply.cards]
    return "\n".join(part for part in (reply.text, *cards) if part)
