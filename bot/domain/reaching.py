"""What it means for members that a character's memory reaches further, or less far, than it did."""

from collections.abc import Sequence

from bot.domain.call import Reach

_MOST_NAMES = 8
_WIDTH = {"none": 0, "own": 1, "shared": 2}


def is_wider(before: Reach | None, after: Reach | None) -> bool:
    """Whether somebody reads more of what members say than before; None: no such character."""
    return after is not None and _WIDTH[after] > (0 if before is None else _WIDTH[before])


def reach_in_words(name: str, reach: Reach, sharers: Sequence[str]) -> str:
    """Return what a character remembers, and who else reads it; ``sharers`` are the others that share."""
    if reach == "none":
        return f"{name} remembers nothing, and nothing of what is said to {name} is kept."
    if reach == "own":
        return f"{name} remembers what members said to {name}. No other character reads it."
    if not sharers:
        return (
            f"{name} remembers what members said to {name}, and shares it with every other character that "
            "shares. At the moment there is none."
        )
    others = and_list(sharers)
    return (
        f"{name} remembers what members said to {name}, and reads what they said to {others} while those "
        f"shared. {others} {_read(sharers)} what members say to {name}."
    )


def reach_change(
    name: str, before: Reach | None, after: Reach | None, *, once: Sequence[str], sharers: Sequence[str]
) -> str:
    """Return what changes for members when a reach does; None stands for a character that is not there.

    ``sharers`` are the names of the others that share now, ``once`` of those that shared before.
    """
    if after is None:
        return (
            f"{name} can be called no more, and no character reads what was said to {name}. Members still "
            "see and erase it; another file of the same name starts with nothing."
        )
    if before is None or before == after:
        return reach_in_words(name, after, sharers)
    return " ".join([*_gains(name, before, after, sharers), *_losses(name, before, after, once)])


def _gains(name: str, before: Reach, after: Reach, sharers: Sequence[str]) -> list[str]:
    told = []
    if before == "none":
        told.append(f"What members say to {name} is kept from now on; of earlier calls there is nothing.")
    if after == "own" and before == "none":
        told.append("No other character reads it.")
    if after == "shared":
        others = and_list(sharers) or "Every other character that shares (at the moment there is none)"
        reads = _read(sharers) if sharers else "reads"
        told.append(f"{others} {reads} what members say to {name} in calls from now on.")
        if sharers:
            told.append(f"{name} reads what members said to {others} while those shared, earlier calls too.")
        if before == "own":
            told.append(f"What was said to {name} while {name} did not share stays with {name} alone.")
    return told


def _losses(name: str, before: Reach, after: Reach, sharers: Sequence[str]) -> list[str]:
    told = []
    if after == "none":
        told.append(
            f"Nothing of future calls with {name} is kept, and {name} is told nothing of earlier ones. "
            "Members still see and erase those."
        )
    if before == "shared":
        others = and_list(sharers) or "Other characters"
        reads = _read(sharers, "does", "do") if sharers else "do"
        told.append(
            f"{others} {reads} not read what was said to {name} any more, earlier calls included, and {name} "
            "no longer reads what was said to others."
        )
    return told


def _read(names: Sequence[str], one: str = "reads", many: str = "read") -> str:
    return one if len(names) == 1 else many


def and_list(names: Sequence[str]) -> str:
    """Return names as a sentence has them, of many the first few; nothing for none."""
    if len(names) > _MOST_NAMES:
        names = [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1:,} others"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
