"""What somebody wants to have killed."""

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    """How many are to be killed, in which worlds and acts, and how; a worker's part of it is one as well.

    Episodes are numbered ``first``, ``first + jobs`` and so on. ``at``: only at points that are named like
    this. ``keep``: the folder for the files of what failed.
    """

    kills: int
    recovery_kills: int
    processes: int
    seed: int
    jobs: int
    worlds: tuple[str, ...]
    acts: tuple[str, ...] = ()
    at: str = ""
    bug: str = ""
    keep: Path | None = None
    stops_early: bool = False
    first: int = 0

    def part(self, place: int) -> "Wanted":
        """Return what one of the workers has to do."""

        def share(whole: int) -> int:
            return whole // self.jobs + (place < whole % self.jobs)

        return replace(
            self,
            kills=share(self.kills),
            recovery_kills=share(self.recovery_kills),
            processes=share(self.processes),
            first=place,
        )
