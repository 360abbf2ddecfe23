"""What the use cases keep of places, permissions, messages and what stands behind a button."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.call import Call, CallId, NewJob, Post, PostKind
from bot.domain.caller import Account, PersonId
from bot.domain.mailbox import Mailbox
from bot.domain.permission import Rule
from bot.ports.installing import Installing


class Messaging(Installing, Protocol):
    """The part of the Store that fronts with servers, channels and direct messages need.

    ``get_places`` and ``get_rules`` answer from memory, in step with every write through this store.
    """

    async def admit_place(self, place: str, name: str, now: datetime) -> bool:
        """Let a server or workspace in; False if it was. A new name replaces the old, no name keeps it."""
        ...

    async def dismiss_place(self, place: str) -> bool:
        """Let a server or workspace in no more; False if it was not. Its rules stay."""
        ...

    def get_places(self) -> Mapping[str, str]:
        """Return the names of the places that were let in, by place, in the order of their admission."""
        ...

    def get_first_place(self) -> str:
        """Return the place that was let in before all others, also once it is in no more; empty for none."""
        ...

    async def set_rule(self, rule: Rule) -> None:
        """Set what holds for one character in one place; a rule that limits nothing takes it away."""
        ...

    def get_rules(self) -> tuple[Rule, ...]:
        """Return every rule, sorted by place and character."""
        ...

    async def fetch_mailbox(self, account: Account) -> Mailbox:
        """Return how an account is reached; an empty mailbox where nothing is known."""
        ...

    async def keep_channel(self, account: Account, channel_id: str) -> None:
        """Keep the direct message channel of a known account; no refusal stands any more."""
        ...

    async def set_wants_links(self, account: Account, *, wanted: bool) -> None:
        """Keep whether a known account wants talk links in its direct messages."""
        ...

    async def keep_locale(self, account: Account, locale: str) -> None:
        """Keep in which language a known account is spoken with."""
        ...

    async def set_recaps(self, account: Account, recaps: str) -> None:
        """Keep how much a known account wants to read after a call."""
        ...

    async def note_once(self, key: str, now: datetime) -> bool:
        """Note that something came from a platform; False if it came before, and is to be taken once."""
        ...

    async def drop_seen(self, before: datetime) -> int:
        """Forget what came before a moment; return how many that were."""
        ...

    async def note_refused(self, account: Account, at: datetime) -> None:
        """Note that a known account's direct messages were refused."""
        ...

    async def note_post(
        self, call_id: CallId, kind: PostKind, channel_id: str, message_id: str, jobs: Sequence[NewJob]
    ) -> bool:
        """Keep where a call is shown, in place of an older post of its kind, and queue the jobs.

        False, and nothing is kept or queued, when the call is gone.
        """
        ...

    async def hasten_dead_links(self, person_id: PersonId, now: datetime) -> int:
        """Have the posts of a person's links that are dead taken away now; return how many."""
        ...

    async def fetch_post(self, call_id: CallId, kind: PostKind) -> Post | None: ...

    async def drop_post(self, call_id: CallId, kind: PostKind) -> None: ...

    async def keep_press(self, press_id: str, person_id: PersonId, text: str, now: datetime) -> None:
        """Keep, sealed, what a button stands for; nothing is kept for a person who is gone."""
        ...

    async def fetch_press(self, person_id: PersonId, press_id: str) -> str | None:
        """Return what a person's own button stands for; None once it was dropped or they erased anything."""
        ...

    async def drop_presses(self, before: datetime) -> int:
        """Forget buttons that were made before a moment; return how many."""
        ...

    async def keep_note(self, name: str, value: str) -> None:
        """Keep what the installation itself has to remember, such as which commands were synced."""
        ...

    async def fetch_note(self, name: str) -> str | None: ...

    async def connect_as(self, platform: str, tenant: str) -> None:
        """Keep which application or team a front is connected as; ``discord:123`` is one of it from now on.

        So are those that were brought before anybody knew, unless they came from there themselves meanwhile.
        """
        ...

    async def fetch_untold(self, person_id: PersonId, since: datetime | None = None) -> tuple[CallId, ...]:
        """Return a person's calls that ended since then and whose recap was refused, oldest first."""
        ...

    async def note_told(self, call_id: CallId) -> None:
        """Note that a call's recap was told after all."""
        ...

    async def fetch_running(self, person_id: PersonId) -> tuple[Call, ...]:
        """Return a person's talks that are dialing, live or unknown, newest first."""
        ...
