"""Whatever is linked and parted, in whatever order: no allowance is made, none is lost, none is passed."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from linking_samples import make_code, use_code
from sqlite_utils import Database
from store_samples import NOW, hex_of
from telephone_samples import ask, begin, end

from bot.domain.allowance import Limits, OwnLimits
from bot.domain.call import Call
from bot.domain.caller import Account, Person, PersonId
from bot.domain.errors import AllowanceUsedUp, CallRefused
from storage import open_store
from storage.rooms.every import EveryRoom

LIMITS = Limits(calls_per_day=3, minutes_per_month=20, minutes_per_month_total=10**6, calls_at_once=99)
ACCOUNTS = [Account("discord", "app", "U1"), Account("slack", "T1", "U1"), Account("slack", "T2", "U1")]

accounts = st.sampled_from(ACCOUNTS)
own_limits = st.none() | st.integers(1, 6)


class OneAllowance(RuleBasedStateMachine):
    """Three accounts that call, end calls, are linked, parted, limited, blocked and erased."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = open_store("sqlite:///:memory:")
        store = self.run(self.opened.__aenter__())
        assert isinstance(store, EveryRoom)
        self.store = store
        self.together = {account: place for place, account in enumerate(ACCOUNTS)}
        self.own: dict[Account, OwnLimits] = {}
        self.blocked: set[Account] = set()
        self.open: dict[str, tuple[Call, int]] = {}
        self.used: dict[Account, Counter[str]] = {account: Counter() for account in ACCOUNTS}
        self.whose: dict[str, Account] = {}
        self.step = 0

    def teardown(self) -> None:
        self.run(self.opened.__aexit__(None, None, None))
        self.runner.close()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def who(self, account: Account) -> Person:
        new_id = PersonId(hex_of(f"{account!r} {self.step}"))
        person: Person = self.run(self.store.find_or_add_person(account, account.id, new_id, NOW))
        return person

    def group(self, account: Account) -> list[Account]:
        return [one for one in ACCOUNTS if self.together[one] == self.together[account]]

    def ceilings(self, account: Account) -> tuple[int, int]:
        own = [self.own.get(one, OwnLimits()) for one in self.group(account)]
        calls = [one.calls_per_day for one in own if one.calls_per_day is not None]
        minutes = [one.minutes_per_month for one in own if one.minutes_per_month is not None]
        return min(calls, default=3), min(minutes, default=20)

    def used_by_all(self, account: Account) -> Counter[str]:
        return sum((self.used[one] for one in self.group(account)), Counter())

    @rule(account=accounts, minutes=st.integers(1, 12))
    def place(self, account: Account, minutes: int) -> None:
        self.step += 1
        calls, most = self.ceilings(account)
        before = self.used_by_all(account)
        try:
            call, granted = self.run(
                ask(self.store, self.who(account), f"{self.step}", minutes=minutes, limits=LIMITS)
            )
        except AllowanceUsedUp:
            assert before["calls"] >= calls or before["minutes"] >= most
            return
        except CallRefused:
            assert self.blocked & set(self.group(account))
            return
        assert not self.blocked & set(self.group(account))
        assert granted == min(minutes, most - before["minutes"])
        assert before["calls"] < calls
        self.open[call.id] = (call, granted)
        self.whose[call.id] = account
        self.used[account] += Counter(calls=1, minutes=granted)

    @rule(which=st.integers(0, 20), part=st.floats(0, 1), comes=st.booleans())
    def finish(self, which: int, part: float, comes: bool) -> None:
        """Bring a call home that took a part of what it was granted, or let it expire."""
        if not self.open:
            return
        self.step += 1
        call, granted = self.open.pop(sorted(self.open)[which % len(self.open)])
        account = self.whose[call.id]
        if not comes:
            assert self.run(self.store.expire_call(call.id, NOW))
            self.used[account] -= Counter(calls=1, minutes=granted)
            return
        if self.run(begin(self.store, call, f"conv {self.step}")) == "gone":
            assert self.blocked & set(self.group(account))
            self.open[call.id] = (call, granted)
            return
        seconds = int(part * granted * 60)
        assert self.run(end(self.store, f"conv {self.step}", seconds))
        self.used[account] -= Counter(minutes=granted - -(-seconds // 60))

    @rule(one=accounts, other=accounts)
    def link(self, one: Account, other: Account) -> None:
        self.step += 1
        self.run(make_code(self.store, self.who(one)))
        if self.run(use_code(self.store, self.who(other))) == "right":
            for account in (*self.group(one), *self.group(other)):
                self.together[account] = 1000 + self.step

    @rule(account=accounts)
    def part(self, account: Account) -> None:
        self.step += 1
        self.run(self.store.unlink(self.who(account).id, self.who(account).id, NOW))
        self.together[account] = 1000 + self.step

    @rule(account=accounts, calls=own_limits, minutes=own_limits)
    def limit(self, account: Account, calls: int | None, minutes: int | None) -> None:
        self.own[account] = OwnLimits(calls, minutes)
        self.run(self.store.set_own_limits(account, self.own[account]))

    @rule(account=accounts, is_on=st.booleans())
    def block(self, account: Account, is_on: bool) -> None:
        self.run(self.store.block(account, NOW) if is_on else self.store.unblock(account))
        (self.blocked.add if is_on else self.blocked.discard)(account)

    @rule(account=accounts)
    def erase(self, account: Account) -> None:
        """Erase an account; what its calls used stays, what never began is given back."""
        self.step += 1
        self.run(self.store.erase_person(self.who(account).id, NOW))
        for call_id in [one for one in self.open if self.whose[one] == account]:
            _, granted = self.open.pop(call_id)
            self.used[account] -= Counter(calls=1, minutes=granted)
        self.together[account] = 1000 + self.step

    @invariant()
    def every_account_has_used_what_its_own_calls_used(self) -> None:
        def read(database: Database) -> Counter[str]:
            rows = database.execute("SELECT * FROM allowances WHERE scope LIKE 'person %'").fetchall()
            return Counter(
                calls=sum(row["calls"] for row in rows), minutes=sum(row["minutes"] for row in rows)
            )

        counted = self.run(self.store.reader.read(read))
        assert +counted == +sum(self.used.values(), Counter())

    @invariant()
    def all_of_a_person_s_accounts_have_the_same_left(self) -> None:
        for account in ACCOUNTS:
            calls, minutes = self.ceilings(account)
            used = self.used_by_all(account)
            left = self.run(self.store.fetch_allowance(self.who(account).id, "", LIMITS, NOW))
            assert (left.calls_per_day, left.minutes_per_month) == (calls, minutes)
            assert left.calls_left == max(0, calls - used["calls"])
            assert left.minutes_left == max(0, minutes - used["minutes"])


OneAllowance.TestCase.settings = settings(max_examples=20, stateful_step_count=25)
TestNoAllowanceIsMadeOrLost = OneAllowance.TestCase
