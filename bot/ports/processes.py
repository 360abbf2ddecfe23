"""What the processes that share a database know of each other."""

from datetime import datetime
from typing import Protocol

from bot.domain.process import Process


class Processes(Protocol):
    """The part of the Store in which processes say that they live, by the database's own clock."""

    async def keep_process(self, process: Process) -> bool:
        """Note that a process lives, and what it is now; False if it was not known (any more)."""
        ...

    async def drop_process(self, process_id: str) -> None:
        """Forget a process that ended."""
        ...

    async def drop_silent_processes(self) -> int:
        """Forget those that nothing was heard of for ``SILENCE``; return how many."""
        ...

    async def fetch_processes(self) -> tuple[Process, ...]:
        """Return the processes that live, the first to start first."""
        ...

    async def fetch_clock(self) -> datetime:
        """Return what time it is where the database is."""
        ...

    async def find_newer_steps(self) -> tuple[str, ...]:
        """Return what a newer Troupe, running beside this one, has added to the schema."""
        ...

    async def queue_broken_chats(self, now: datetime) -> int:
        """Queue ``broke_off`` for every chat whose line no living process holds; return how many."""
        ...
