"""Holds every outbound byte against the model."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.caller import Account
from bot.domain.reply import Reply
from tests.fences.canary import find, thing_in
from tests.fences.kept import TALKS, Call
from tests.fences.model import Model

WORDS = frozenset("tsuaf")
"""What was said in a talk, what it was about, and what was found in it."""
SHOWN_FACTS = 10
"""So many are shown together."""


class Breach(AssertionError):
    """Somebody was told what is not theirs, or not told what is."""


class Judge:
    """Says what is wrong with what goes out; what cannot be raised where it is seen waits in ``seen``."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.seen: list[str] = []
        self._people: dict[str, Account] = {}
        self.told = 0
        """How many canaries went out, so that a world in which nothing is ever told does not pass."""
        self.recalled = 0
        """How often something had to be recalled."""

    def note(
        self,
        where: str,
        text: str,
        allowed: Collection[int],
        needed: Collection[int] = (),
        about: Collection[int] = (),
    ) -> None:
        """Note what stands in a text and may not, and what has to and does not, any one of ``about`` does."""
        found = find(text)
        if about:
            self.recalled += 1
            if not any(found.get(number, set()) & {"u", "a"} for number in about):
                self.seen.append(f"{where}: recalls none of {[self.about(one) for one in about]}")
        self.told += len(found)
        for number in sorted(found.keys() - set(allowed)):
            self.seen.append(f"{where}: {self.about(number)} ({''.join(sorted(found[number]))})")
        for number in sorted(set(needed) - found.keys()):
            self.seen.append(f"{where}: does not know {self.about(number)}")

    def raise_seen(self) -> None:
        """Raise what was seen."""
        if self.seen:
            raise Breach("\n".join(dict.fromkeys(self.seen)))

    def names(self, accounts: Collection[Account]) -> set[int]:
        """Return what accounts are called."""
        return {self._model.names[one] for one in accounts}

    def about_oneself(self, account: Account) -> set[int]:
        """Return what may be shown to a member: their past, and what their linked accounts are called."""
        return self._model.visible(account) | self.names(self._model.group(account))

    def memory(
        self, account: Account, given: Mapping[str, str], typed: set[int], reply: Reply, before: set[int]
    ) -> None:
        """Look at what ``/memory`` shows: what the character will be told, then what its member wrote."""
        slug, continues = given["character"], "" if given.get("do") else given.get("continue", "")
        where = f"/memory {slug} of {account}"
        told, rest = reply.cards[:1], reply
        model = self._model
        if told and told[0].title.endswith("will be told next time"):
            rest = replace(reply, cards=reply.cards[1:])
            readable = {line.number for line in model.readable(account, slug, continues)}
            allowed = readable | {model.names[account]} | typed
            about = model.about(account, slug, thing_in(given.get("topic", "")), continues)
            self.note(where, repr(told), allowed, model.must_know(account, slug, continues), about)
        facts = self.facts(account, slug)
        needed = {line.number for line in model.facts_shown(account, slug)}
        shows_all = given.keys() <= {"character", "continue", "topic"} and rest.cards
        self.note(
            f"{where}, facts",
            repr(rest),
            facts | before | typed,
            needed if shows_all and len(needed) <= SHOWN_FACTS else (),
        )

    def facts(self, account: Account, slug: str) -> set[int]:
        """Return the facts that a member may be shown with a character: those that they replaced as well."""
        shown = self._model.facts_shown(account, slug)
        replaced = (line for line in self._model.lines if line.replaced_by in shown)
        return {line.number for line in (*shown, *replaced)}

    def initiation(self, account: Account, call: Call, message: Mapping[str, Any]) -> None:
        """Look at what a conversation begins with."""
        model, slug = self._model, str(message["dynamic_variables"]["character"])
        where = f"a {call.delivery} call of {account} with {slug}"
        if slug != call.slug:
            self.seen.append(f"{where} was asked for with {call.slug}")
        own = {line.number for line in model.readable(account, slug, call.continues)}
        allowed = own | {model.names[account]} | ({call.topic} if call.topic else set())
        needed = model.must_know(account, slug, call.continues)
        if message["dynamic_variables"]["is_returning"] and not self._may_have_met(account, slug):
            self.seen.append(f"{where} begins as if they had talked before")
        if call.delivery == "hosted":  # was looked at when it was given out; nobody can take it back
            allowed = allowed | find(call.address).keys()
        first = str(message["dynamic_variables"]["first_message"])
        if call.is_inbound:
            if account not in model.inbound or not model.answers.get(account):
                allowed, needed = set(), set()
            self.note(f"{where}, first words", first, ())
        elif call.delivery == "phone":
            self.note(f"{where}, first words", first, {model.names[account]})
        about = model.about(account, slug, call.thing, call.continues)
        if call.delivery == "hosted" or not allowed:
            needed, about = set(), set()
        self.note(where, json.dumps(message), allowed, needed, about)

    def _may_have_met(self, account: Account, slug: str) -> bool:
        """Whether a character may know that it talked with somebody before, whatever was said."""
        model = self._model
        now = (slug, model.characters[slug].generation)
        of_theirs = (call for call in model.calls.values() if call.owner in model.sharers(account))
        calls = (call for call in of_theirs if not call.is_erased and (call.slug, call.generation) == now)
        talks = (line for line in model.readable(account, slug) if line.kind in TALKS)
        return any(call.reach != "none" for call in calls) or any(line.slug in {slug, ""} for line in talks)

    def person(self, account: Account, message: Mapping[str, Any]) -> None:
        """Look at whose a conversation is at ElevenLabs: nobody has the id of another there."""
        user_id = str(message.get("user_id", ""))
        if self._people.setdefault(user_id, account) != account:
            self.seen.append(f"a call of {account} is said to be one of {self._people[user_id]}")

    def address(self, account: Account, slug: str, continues: str, address: str) -> None:
        """Look at a hosted link: a name, and one hint of the last talk."""
        titles = {kind for kinds in find(address).values() for kind in kinds} - {"n", "t"}
        own = {line.number for line in self._model.readable(account, slug, continues)}
        where = f"a link of {account} to {slug}"
        self.note(where, address, own | {self._model.names[account]})
        if titles or len(find(address)) > 2:
            self.seen.append(f"{where} says more than a name and a hint: {sorted(titles)}")

    def posted(self, account: Account, reply: Reply) -> None:
        """Look at what is said to somebody who did not ask."""
        self.note(f"a post to {account}", repr(reply), self.about_oneself(account))
        usual = "brief" if account.platform == "slack" else "full"
        if reply.recap and self._model.wanted_recaps.get(account, usual) != "full":
            said = {kind for kinds in find(repr(reply)).values() for kind in kinds} & WORDS
            if said:
                self.seen.append(f"a brief recap for {account} tells what was said: {sorted(said)}")

    def public(self, account: Account, reply: Reply) -> None:
        """Look at what everybody will see: one line of a character's, and who shared it."""
        if reply.notice is None:
            return
        found = find(repr(reply.notice))
        allowed = self._model.visible(account) | {self._model.names[account]}
        self.note(f"what {account} shares", repr(reply.notice), allowed)
        kinds = {kind for of_one in found.values() for kind in of_one}
        if kinds - {"a", "n"} or len(found) > 2:
            self.seen.append(f"{account} shares more than a line of the character's: {sorted(kinds)}")

    def about(self, number: int) -> str:
        """Say whose a canary is, and what became of it."""
        model = self._model
        for line in model.lines:
            if line.number == number:
                held = ", held" if line.held_until else ", replaced" if line.replaced_by else ""
                return (
                    f"{line.kind} {number} of {line.owner} with {line.slug or 'everyone'} "
                    f"{line.generation}, {line.reach}{held}"
                )
        for account, name in model.names.items():
            if name == number:
                return f"the name of {account}"
        for talk in model.talks.values():
            if talk.number == number:
                state = "erased" if talk.call.is_erased else "not kept" if talk.is_home else "going on"
                return f"talk {number} of {talk.call.owner} with {talk.call.slug}, {state}"
        return f"{'what is gone' if number in model.not_kept else 'canary'} {number}"
