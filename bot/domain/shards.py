"""Shards: the parts that Discord cuts a bot's servers into, and which process holds which.

Source: Discord, "Gateway: Sharding". Direct messages come to shard 0.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_SHARDS = 10_000
APART = timedelta(seconds=5.5)
"""Between two connections of a bucket: five seconds as Discord counts them, and what the way takes."""
_MOST_WRITTEN = 100_000


def read_shard_ids(text: str) -> tuple[int, ...]:
    """Read shards such as ``0-3,6``, sorted; raises ValueError for what is none, or stands there twice."""
    ids: list[int] = []
    for part in text.replace(" ", "").split(","):
        found = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", part, re.ASCII)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if text.strip() and last < first:
            raise ValueError("write shards and ranges of them with commas, such as 0-3 or 0,2")
        ids += range(first, last + 1)
        if len(ids) > _MOST_WRITTEN:
            break
    twice = sorted(one for one in set(ids) if ids.count(one) > 1) if len(set(ids)) < len(ids) else []
    if twice:
        raise ValueError(f"write each shard once; {in_ranges(twice)} stands there twice")
    return tuple(sorted(ids))


def in_ranges(ids: Iterable[int]) -> str:
    """Write shards as they are read: ``0-3, 6``."""
    ranges: list[list[int]] = []
    for one in sorted(ids):
        if ranges and one == ranges[-1][1] + 1:
            ranges[-1][1] = one
        else:
            ranges.append([one, one])
    return ", ".join(f"{first}-{last}" if last > first else f"{first}" for first, last in ranges)


def name_shards(ids: Collection[int], count: int) -> str:
    """Say which shards these are: ``shards 0-3 of 8``."""
    return f"shard{'s' * (len(ids) != 1)} {in_ranges(ids) or 'none'} of {count}"


@dataclass(frozen=True, slots=True)
class WantedShards:
    """Which shards a process is to hold."""

    count: int = 0
    """How many there are in all processes; 0: as many as Discord recommends."""
    ids: tuple[int, ...] = ()
    """Empty: whichever no other process holds."""

    def of(self, count: int) -> tuple[int, ...]:
        """Return which they are, of so many."""
        return self.ids or tuple(range(count))


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds a shard; the name is for people."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds which shard at a moment."""

    count: int = 0
    """How many shards there are; 0 where nobody holds any."""
    by_shard: Mapping[int, Holder] = field(default_factory=dict)

    @property
    def nobodys(self) -> tuple[int, ...]:
        """The shards that nobody holds."""
        return tuple(one for one in range(self.count) if one not in self.by_shard)

    def of(self, process_id: str) -> tuple[int, ...]:
        """Return the shards that a process holds."""
        return tuple(shard for shard, holder in self.by_shard.items() if holder.id == process_id)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a process' wish for shards."""

    renewed: frozenset[int]
    """Held before by this process, and by nobody else since."""
    taken: frozenset[int]
    """Held anew: whatever connection there was of an earlier time is somebody else's past."""
    holders: Holders
    """Who holds what now; with another count than was wished for, nothing was changed."""


@dataclass(frozen=True, slots=True)
class Starts:
    """How many connections the bot may begin, as Discord says ("Session start limit object")."""

    left: int
    resets_at: datetime
    at_once: int = 1
    """How many within five seconds, each in a bucket of its own."""

    def bucket_of(self, shard: int) -> int:
        """Return the bucket in which a shard begins."""
        return shard % self.at_once


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a shard may begin its connection."""

    wait_until: datetime | None
    """None: it may, now, and has used its turn up."""
    is_used_up: bool = False
    """Whether it waits because the day's connections are (nearly) used up."""
