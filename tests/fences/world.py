"""One world: an installation, people with colliding ids, the model beside them, and what asking changes."""

import logging
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.calls import messaging
from bot.domain.caller import Account, Caller
from bot.domain.errors import CallerError
from bot.domain.reply import Ask, Attached, Choice, Reply
from bot.fronts import apologies, commands
from bot.fronts.presses import Wanted, pack
from bot.fronts.relay import Relay
from tests.fences.brought import Brought
from tests.fences.canary import THINGS, canary, find, find_in_bytes
from tests.fences.effects import Effects
from tests.fences.fronts import as_sent
from tests.fences.judge import Breach, Judge
from tests.fences.kept import Call, Character, Told
from tests.fences.knowing import name_facts
from tests.fences.model import Model
from tests.fences.provider import Conversation, Elevenlabs, fact_of
from tests.fences.troupe import Clock, Ears, Troupe

ACCOUNTS = (
    Account("discord", "app", "1001"),
    Account("discord", "app", "1002"),
    Account("slack", "T1", "1001"),
    Account("slack", "T1", "1002"),
    Account("slack", "T2", "1001"),
    Account("console", "default", "1001"),
    Account("console", "default", "1002"),
)
"""Two ids on every platform and in every workspace."""
MEMORIES = {"wizard": "own", "coach": "own", "captain": "shared", "detective": "shared", "tutor": "none"}
SLUGS = tuple(MEMORIES)
REMEMBERING = SLUGS[:-1]
MOST_BUTTONS = 60
LOOKED_AT = 0.1
"""So many answers are looked at once more as their front sends them."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under something that somebody was shown, when so much of theirs had been erased."""

    owner: Account
    what: str
    erasures: int


class World:
    """Everything of one run; ``trace`` is what was done, for whoever looks for the reason."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.rng = rng
        self.clock = Clock()
        self._numbers = 0
        characters = {slug: Character(slug, memory) for slug, memory in MEMORIES.items()}
        self.model = Model(ACCOUNTS, characters)
        self.model.names = {account: self.new_number() for account in ACCOUNTS}
        self.judge = Judge(self.model)
        self.agents = Elevenlabs(self.clock, self.new_number, self._began)
        self.is_hosted, consent = rng.random() < 0.25, rng.choice(("ask", "ask", "notice"))
        self.asks_consent = consent == "ask"
        self.troupe = Troupe(folder, self.agents, self.clock, is_hosted=self.is_hosted, consent=consent)
        for slug, memory in MEMORIES.items():
            self.troupe.write_persona(slug, memory)
        self.crowd = rng.sample(ACCOUNTS, rng.randrange(2, 6))
        self.ears = Ears()
        self.effects = Effects(self)
        self.trace: list[str] = []
        self.buttons: list[Button] = []
        self.relays: dict[Account, tuple[Call, Relay]] = {}
        self.going_on: list[Conversation] = []
        self.events: list[bytes] = []
        self.awaited: list[Conversation] = []
        self.did: dict[str, int] = {}
        self.bringing = Brought()
        self.brought: list[tuple[Account, str, Brought]] = []
        self.steps = 0
        self.asked: Counter[str] = Counter()
        self.was_refused = False

    def new_number(self) -> int:
        """Return the number of another canary."""
        self._numbers += 1
        return self._numbers

    def text(self, kind: str) -> tuple[int, str]:
        """Return something that nobody said before, and its number."""
        number = self.new_number()
        return number, f"{canary(number, kind)} is what it says."

    def topic(self) -> str:
        """Return what a call is to be about: mostly a thing that others talk about as well."""
        thing = self.rng.choice((*THINGS, *THINGS, "weather"))
        return f"{canary(self.new_number(), 'o')} and the {thing}"

    def fact(self) -> tuple[Told, str]:
        """Return a fact that nobody told before, and its sentence."""
        told = Told(self.new_number(), self.rng.random() < 0.4)
        return told, fact_of(told)

    async def open(self) -> None:
        """Begin."""
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self.ears)
        root.setLevel(logging.DEBUG)
        await self.troupe.open()

    async def close(self) -> None:
        """End, and look at what is left in the files."""
        await self.hang_up_all()
        await self.troupe.close()
        root = logging.getLogger()
        root.removeHandler(self.ears)
        root.setLevel(self._level)

    async def restart(self) -> None:
        """Stop, and begin another life over the same file."""
        await self.hang_up_all()
        await self.troupe.close()
        await self.troupe.open()

    async def hang_up_all(self) -> None:
        """End all chats, as a front does that goes."""
        for account in list(self.relays):
            await self.hang_up(account)

    async def hang_up(self, account: Account) -> None:
        """End somebody's chat."""
        call, relay = self.relays.pop(account)
        await relay.hang_up()
        for conversation in [one for one in self.going_on if one.call_ref == call.ref]:
            self.is_over(conversation)

    def is_over(self, conversation: Conversation) -> None:
        """Let a conversation be over at ElevenLabs; sooner or later it comes home."""
        conversation.is_over = True
        if conversation.turns and self.rng.random() < 0.5:
            conversation.facts = [self.fact()[0] for _ in range(self.rng.choice((1, 1, 2)))]
        if conversation in self.going_on:
            self.going_on.remove(conversation)
        self.awaited.append(conversation)

    def caller(self, account: Account) -> Caller:
        """Return who asks: somebody in a channel, by a name that nobody else has."""
        name = f"Mira {canary(self.model.names[account], 'n')}"
        return Caller(account, name, place="", channel="the-harbour", may_manage=True)

    async def ask(
        self, account: Account, command: str, arguments: Mapping[str, str], attached: Attached | None = None
    ) -> Reply:
        """Ask something as a front does, judge the answer, and let the model know what it changed."""
        given = {name: value for name, value in arguments.items() if value}
        self.trace.append(f"  {account} /{command} {given}")
        self.asked[" ".join(("/" + command, *([given["do"]] if given.get("do") else [])))] += 1
        typed = set(find(" ".join(given.values()) + (attached.data.decode() if attached else "")))
        self.model.not_kept -= typed
        shown, linked = self.judge.about_oneself(account), self.judge.names(self.model.group(account))
        slug = given.get("character", "")
        facts = self.judge.facts(account, slug) if slug in MEMORIES else set()
        self.was_refused = False
        try:
            reply = await commands.answer(
                self.troupe.house, Ask(self.caller(account), command, given, attached)
            )
        except CallerError as error:
            self.was_refused = True
            reply = Reply(apologies.in_words(error, "1a2b3c4d"))
        self.trace.append(f"    {' | '.join([reply.text, *(card.title for card in reply.cards)])[:160]}")
        offered = await self.effects.take(account, command, given, reply)
        if command == "forget" and given.get("sure") == "yes":
            shown = linked  # nothing that went may stand in the receipt
        if command == "troupe":
            shown = self.judge.names(ACCOUNTS)  # managers see who used most
        self._judge(account, command, given, reply, typed=typed, shown=shown | offered, facts=facts)
        await self._look_as_sent(f"/{command} of {account}", account, reply)
        await self._keep_button(account, reply)
        return reply

    def _judge(
        self,
        account: Account,
        command: str,
        given: Mapping[str, str],
        reply: Reply,
        *,
        typed: set[int],
        shown: set[int],
        facts: set[int],
    ) -> None:
        if command == "memory" and given.get("character") in MEMORIES:
            self.judge.memory(account, given, typed, reply, facts)
            return
        allowed = self.judge.about_oneself(account) | typed | shown
        self.judge.note(f"/{command} of {account}", repr(reply), allowed)
        self.judge.public(account, reply)
        for choice in reply.choices:
            if choice.url and self.is_hosted:
                self.judge.address(account, given.get("character", ""), given.get("continue", ""), choice.url)

    async def _look_as_sent(self, where: str, account: Account, reply: Reply) -> None:
        """Make sure that a front sends nothing else, and leaves no words behind buttons."""
        if self.rng.random() > LOOKED_AT:
            return
        sent, ids = await as_sent(self.troupe.house, account, reply, self.rng.choice(("en-US", "de")))
        self.judge.note(f"{where}, as sent", sent, find(repr(reply)).keys())
        self.judge.note(f"the buttons under {where}", " ".join(ids), ())

    async def _keep_button(self, account: Account, reply: Reply) -> None:
        """Remember one of the buttons, as the platforms do: an id that stands for it."""
        choices = [choice for choice in reply.choices if not choice.url]
        if not choices:
            return
        choice: Choice = self.rng.choice(choices)

        async def keep(written: str) -> str:
            return await messaging.keep_press(self.troupe.house, account, written)

        what = await pack(Wanted(choice.command, choice.arguments), keep)
        self.buttons = [*self.buttons[-MOST_BUTTONS:], Button(account, what, self.model.erasures[account])]

    def _began(self, conversation: Conversation) -> None:
        """Judge what a conversation begins with, and let the model know of it."""
        call = next((one for one in self.model.calls.values() if one.ref == conversation.call_ref), None)
        self.going_on.append(conversation)
        if call is None:  # a code that is read aloud, or a stranger
            self.judge.note("a call of nobody", repr(conversation.message), ())
            return
        self.judge.initiation(call.owner, call, conversation.message)
        if call.delivery != "hosted":
            self.judge.person(call.owner, conversation.message)
        self.model.begin(conversation.id, conversation.number, call, self.clock())

    async def work(self) -> None:
        """Let everything happen that is due, and judge what was said meanwhile."""
        await self.troupe.work()
        for conversation in list(self.awaited):
            talk = self.model.talks.get(conversation.id)
            if talk is not None:
                talk.facts = conversation.facts
            else:
                self.model.not_kept |= {told.number for told in conversation.facts}
            binding = await self.troupe.house.store.fetch_binding(conversation.id)
            if talk is None or (talk.call.is_erased and binding is None):
                self.awaited.remove(conversation)
                if talk is not None:
                    self.model.come_home(talk, self.clock(), is_theirs=True)
            elif binding is not None and binding.finished:
                self.awaited.remove(conversation)
                if not conversation.turns:
                    talk.reach = "none"  # nothing was said, so there is nothing to keep
                self.model.come_home(talk, self.clock(), is_theirs=self._is_theirs(talk.call, conversation))
                await name_facts(self)
        self.model.let_time_pass(self.clock())
        for postman in self.troupe.posters.values():
            for account, reply in postman.posted:
                self.judge.posted(account, reply)
                await self._look_as_sent("a post", account, reply)
            postman.posted.clear()
        for line in self.ears.heard:
            self.judge.note(f"the log, {line[:200]!r}", line, ())
            if line.startswith("ERROR"):
                self.judge.seen.append(f"an error: {line}")
        self.ears.heard.clear()
        self.judge.raise_seen()

    def _is_theirs(self, call: Call, conversation: Conversation) -> bool:
        if call.delivery == "phone":
            return not call.is_inbound and any(text.startswith("Yes") for _, text in conversation.turns)
        return call.delivery != "hosted"

    def look_at_files(self) -> None:
        """Look at what is left in the files after everything was closed."""
        files = [file for file in self.troupe.database.parent.iterdir() if file.is_file()]
        left = find_in_bytes(b"".join(file.read_bytes() for file in files)) & self.model.not_kept
        if left:
            told = "\n".join(self.judge.about(number) for number in sorted(left))
            raise Breach(f"The files still have\n{told}")

    def tick(self) -> None:
        """Let a moment pass."""
        self.clock.move(seconds=self.rng.randrange(2, 90))

    def count(self, act: str) -> None:
        """Count what was done."""
        self.did[act] = self.did.get(act, 0) + 1
