"""One process: the bot as it runs, and a desk at which members' commands come in."""

import asyncio
import contextlib
import logging
import os
import sys
import traceback
from datetime import timedelta
from typing import Any

import bot.followup
import bot.house
import tests.chaos.life
from bot.app import App, open_app
from bot.domain.board import Board as Channel
from bot.domain.board import read_boards
from bot.domain.caller import Account
from bot.domain.errors import NotStored, TroupeError
from bot.domain.permission import Spot
from bot.domain.reply import Notice, Reply
from bot.fronts.discord.mail import nonce_of
from bot.house import provider_of
from tests.chaos.bugs import BUGS
from tests.chaos.desk import LONGEST_LINE, Desk
from tests.chaos.journal import Journal
from tests.chaos.life import Life, Member, _text
from tests.chaos.points import Points
from tests.together.stage import BOARD, Stage, is_in_discord

LEASE = timedelta(seconds=20)
"""Ten seconds here: whoever is stopped for longer finds its work done by others."""
CHAT_SECONDS = 40.0
WORKERS_BUGS = ("", "answer-before-storing", "redial")
"""Of the crash drill's, those that are not of SQLite."""


class Front(Life):
    """Where members of this process sit, and where everybody is told something."""

    async def post(self, account: Account, reply: Reply, **_instead: Any) -> None:
        """Be everybody's Poster, on every platform; in Slack what may stand already is looked for first."""
        is_there = reply.is_again and reply.key and self._journal.tells_of(nonce_of(reply.key))
        if is_there and not is_in_discord(str(account)):
            return
        await super().post(account, reply)

    async def find_spot(self, board: Channel) -> Spot:
        """Return where the channel of announcements is."""
        return Spot(f"{board.platform}:{board.tenant}")

    async def announce(self, board: Channel, notice: Notice, key: str) -> None:
        """Announce a character."""
        self._journal.note("announce", str(board), key=key, text=notice.card.title)

    async def erase_post(self, tenant: str, channel_id: str, message_id: str) -> None: ...


class WorkersDesk(Desk):
    """What members do at this process."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def do_asks(self, member: str, command: str, arguments: dict[str, str]) -> dict[str, Any]:
        """Answer a command, and say what can be pressed then."""
        reply = await self._front.asks(Member(member), command, **arguments)
        self._front.app.followup.nudge()
        return {
            "text": _text(reply),
            "links": [choice.url for choice in reply.choices if choice.url],
            "asks": [choice.command for choice in reply.choices],
        }

    async def do_owns_a_telephone(self, member: str, how: dict[str, Any]) -> str:
        """Verify a member's number; return why it could not be done."""
        try:
            await self._front.owns_a_telephone(Member(member), **how)
        except NotStored as error:
            return repr(error)
        return ""

    async def do_chats(self, member: str) -> bool:
        """Have a chat in a window here; False where it was not begun."""
        who = Member(member)
        reply = await self._front.asks(who, "call", character="wizard", via="chat", topic=f"t{member}")
        if not reply.chat:
            return False
        window = self._front.chat_of(who)
        with contextlib.suppress(TimeoutError, TroupeError):
            async with asyncio.timeout(CHAT_SECONDS):
                await window.open(reply.chat)
                for words in who.words:
                    await window.say(words)
                await window.hang_up()
        return True

    async def do_answers(self) -> None:
        """Say that somebody is here."""

    async def do_come_to_rest(self) -> None:
        """Let time pass until nothing is left to do."""
        await self._front.come_to_rest()
        await self._front.app.house.store.cleaned()  # type: ignore[attr-defined]


def be_a_worker(stage: Stage, slot: int, life: int, *, rests: bool = False) -> None:
    """Work in the forked process until killed; one that ``rests`` claims for ever, as time jumps then."""
    code = 1
    try:
        handler = logging.FileHandler(stage.log)
        handler.setFormatter(logging.Formatter(f"life {life} %(asctime)s %(levelname)s %(message)s"))
        logging.getLogger().handlers[:] = [handler]
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        bot.followup.LEASE = timedelta(days=3_650) if rests else LEASE
        # What is looked for 290 times must not take as many days.
        tests.chaos.life.LONGEST_STEP_SECONDS, tests.chaos.life.MOST_STEPS = 900.0, 10_000
        bot.house.boards_of = lambda _, name: read_boards(BOARD) if name == "troupe_announce" else ()
        BUGS[stage.bug]()
        asyncio.run(_work(stage, slot, life))
        code = 0
    except BaseException:  # noqa: BLE001  the process ends here, whatever it was
        with stage.log.open("a") as log:
            log.write(f"life {life} broke\n{traceback.format_exc()}")
    finally:
        sys.stderr.flush()
        os._exit(code)


async def _work(stage: Stage, slot: int, life: int) -> None:
    settings = stage.settings_of(slot)
    async with open_app(
        settings,
        provider_of(settings),
        listen=settings.listen,
        public_url=settings.public_url or "",
        clock=stage.board.now,
    ) as app:
        front = _front_of(stage, app, life)
        server = await asyncio.start_unix_server(
            WorkersDesk(front).serve, stage.desk_of(slot), limit=LONGEST_LINE
        )
        async with server:
            await asyncio.Event().wait()


def _front_of(stage: Stage, app: App, life: int) -> Front:
    journal = Journal(stage.journal, life, stage.board.now)
    front = Front(app, stage.board, stage.outside, journal, Points(stage.board, 0, ""))
    app.posters["console"] = app.posters["slack"] = front  # type: ignore[assignment]
    return front
