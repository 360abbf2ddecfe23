"""What a command that was answered changes, in the words of the model."""

import re
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from bot.domain.caller import Account
from bot.domain.reply import Reply
from tests.fences import brought, knowing
from tests.fences.canary import find, thing_in
from tests.fences.kept import Call
from tests.fences.model import CODE_LASTS

if TYPE_CHECKING:
    from tests.fences.world import World

Given = Mapping[str, str]
Effect = Callable[[Account, Given, Reply], Coroutine[Any, Any, None]]
FRESH = {"fresh", "start fresh", "new", "nothing"}
_CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}")
_TOKEN = re.compile(r"/t/([\w-]+)$")


class Effects:
    """Takes what was asked and answered; ``offered`` is what the answer may show besides."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.offered: set[int] = set()
        self._rung: dict[Account, str] = {}
        self._effects: Mapping[str, Effect] = {
            "call": self._call,
            "answer": self._answer,
            "forget": self._forget,
            "memory": self._memory,
            "import": self._import,
            "takeback": self._take_back,
            "keep": self._keep,
            "account": self._account,
        }

    async def take(self, account: Account, command: str, given: Given, reply: Reply) -> set[int]:
        """Let the model know; return what may be shown in the answer besides what is one's own."""
        self.offered = set()
        effect = self._effects.get(command)
        if effect is not None:
            await effect(account, given, reply)
        return self.offered

    @property
    def _model(self) -> Any:
        return self._world.model

    def _wrong(self, words: str) -> None:
        self._world.judge.seen.append(words)

    async def _call(self, account: Account, given: Given, reply: Reply) -> None:
        continues = given.get("continue", "").strip()
        continues = "fresh" if continues.casefold() in FRESH else continues
        for call in await self.learn_calls(account):
            found = find(given.get("topic", ""))
            call.topic = next(iter(found), 0)
            call.thing = thing_in(given.get("topic", ""))
            if not self._world.asks_consent:
                self._model.answers.setdefault(account, True)
            if account not in self._model.answers:
                self._wrong(f"{account} was called without having been asked")
            call.reach = self._model.stamp(account, call.slug, continues)
            call.continues = continues
            if continues not in {"", "fresh"}:
                known = self._model.readable(account, call.slug)
                ids = {line.id for line in known if line.id.startswith(continues.lower())}
                if len(ids) != 1:
                    self._wrong(f"{account} went on with {continues}, which {call.slug} may not know")
                    ids = {""}
                call.continues = ids.pop()
            urls = [choice.url for choice in reply.choices if choice.url]
            call.token = next((match[1] for url in urls if (match := _TOKEN.search(url))), "")
            call.address = next((url for url in urls if "vars=" in url), "")

    async def learn_calls(self, account: Account) -> list[Call]:
        """Return the calls that are new in the database; they are this account's."""
        rows = await self._world.troupe.rows(
            "SELECT * FROM calls WHERE purpose = 'talk' ORDER BY rowid DESC LIMIT 3"
        )
        new = []
        for row in rows:
            if row["id"] in self._model.calls:
                continue
            generation = self._model.characters[row["slug"]].generation
            call = Call(row["id"], row["ref"], account, row["slug"], generation, "none", row["delivery"])
            call.is_inbound = bool(row["is_inbound"])
            self._model.calls[call.id] = call
            new.append(call)
            if Account(row["platform"], row["tenant"], row["account_id"]) != account:
                self._wrong(f"a call of {account} was placed for another")
        return new

    async def _answer(self, account: Account, given: Given, reply: Reply) -> None:
        if given.get("remember") == "yes":
            self._model.answers[account] = True
        elif given.get("remember") == "no":
            self._model.decline(account)
        else:
            return
        if given.get("character"):
            await self._call(account, given, reply)

    async def _forget(self, account: Account, given: Given, reply: Reply) -> None:
        what = given.get("what", "")
        if given.get("sure") != "yes" or not what:
            return
        people = self._model.sharers(account)
        if self._world.was_refused:
            kept = [line for line in self._model.kept_of(account) if line.slug == what]
            if any(line.kind != "profile" for line in kept):
                self._wrong(f"{account} could not erase {what}")
            return
        if what.casefold() == "everything":
            if given.get("accounts", "0") == str(len(people) - 1):
                for one in people:
                    self._model.leave(one)
        elif what in self._model.characters:
            self._model.erase(people, what)
        else:
            self._model.erase(people, id_=what)

    async def _memory(self, account: Account, given: Given, reply: Reply) -> None:
        if self._world.was_refused or given.get("character") not in self._model.characters:
            return
        if given.get("do") == "add" and given.get("text"):
            await knowing.add_fact(self._world, account, given)
        else:
            knowing.take_fact(self._world, account, given)

    async def _import(self, account: Account, given: Given, reply: Reply) -> None:
        if reply.text.startswith("Saved"):
            await brought.take_import(self._world, account, given, reply)

    async def _take_back(self, account: Account, given: Given, reply: Reply) -> None:
        if reply.text.startswith("Taken back."):
            brought.take_back(self._world, account, given)

    async def _keep(self, account: Account, given: Given, reply: Reply) -> None:
        if not reply.text.startswith("Thank you."):
            return
        kept = [line for line in self._model.kept_of(account) if line.id == given.get("call", "")]
        if not kept:
            self._wrong(f"{account} kept what is not theirs")
        for line in kept:
            if line.held_until is not None:  # an old button says so once more
                self._model.release(line)
        await knowing.name_facts(self._world)

    async def _account(self, account: Account, given: Given, reply: Reply) -> None:
        do, value, sure = given.get("do", ""), given.get("value", ""), given.get("sure") == "yes"
        text = reply.text
        if do == "link":
            self._link(account, given, reply)
        elif do == "share" and "not shared any more" in text:
            self._model.sharing[self._model.together[account]] = False
        elif do == "share" and sure and text.startswith("Memory is shared with"):
            self._model.sharing[self._model.together[account]] = True
        elif do == "unlink" and text.startswith("Unlinked"):
            await self._unlink(account, given.get("who", ""))
        elif do == "remember" and text.startswith("Remembering is on"):
            self._model.answers[account] = True
        elif do == "remember" and text.startswith("Remembering is off"):
            self._model.decline(account)
        elif do == "recaps" and value and reply.cards:
            self._model.wanted_recaps[account] = value
        else:
            self._telephone(account, given, text)

    def _telephone(self, account: Account, given: Given, text: str) -> None:
        do, value = given.get("do", ""), given.get("value", "")
        if do == "inbound" and text.startswith("Who rings"):
            (self._model.inbound.add if value == "on" else self._model.inbound.discard)(account)
        elif do == "ring" and text.startswith("Calling"):
            self._rung[account] = given.get("number", "")
        elif do == "code" and "is verified" in text:
            self._model.phones[account] = self._rung[account]
            self._model.inbound.discard(account)
        elif do == "remove" and text.endswith("is forgotten."):
            gone = [account] if account in self._model.phones else self._model.group(account)
            for one in gone:
                self._model.phones.pop(one, None)
                self._model.inbound.discard(one)

    def _link(self, account: Account, given: Given, reply: Reply) -> None:
        code = given.get("code", "")
        if not code:
            for made in _CODE.findall(repr(reply.cards)):
                codes = {key: one for key, one in self._model.codes.items() if one[0] != account}
                self._model.codes = {**codes, made: (account, self._now())}
            return
        owner, made_at = self._model.codes.get(code, (None, self._now()))
        is_good = owner is not None and self._now() - made_at < CODE_LASTS
        if is_good:
            self.offered = self._world.judge.names(self._model.group(owner))
        if reply.text.startswith("Linked with"):
            if not is_good or account in self._model.group(owner):
                self._wrong(f"{account} was linked by a code that is not good")
                return
            self._model.link(owner, account, shares=given.get("memory") == "shared")
            del self._model.codes[code]

    async def _unlink(self, account: Account, who: str) -> None:
        if who == "this":
            self._model.unlink(account)
            return
        rows = await self._world.troupe.rows(
            "SELECT * FROM accounts WHERE person_id LIKE ?", f"{who or '?'}%"
        )
        named = [Account(row["platform"], row["tenant"], row["id"]) for row in rows]
        others = [one for one in self._model.group(account) if one != account]
        meant = named if who else others
        if len(meant) != 1 or meant[0] not in others:
            self._wrong(f"{account} unlinked {who}, who is not linked")
            return
        self._model.unlink(meant[0])

    def _now(self) -> Any:
        return self._world.clock()
