"""Shards as operators write and read them, and which one hears of a server."""

import pytest

from bot.domain.shards import Holder, Holders, WantedShards, in_ranges, name_shards, read_shard_ids


@pytest.mark.parametrize(
    ("written", "ids", "said"),
    [
        ("", (), ""),
        (" ", (), ""),
        ("0", (0,), "0"),
        ("0-3", (0, 1, 2, 3), "0-3"),
        ("2, 0", (0, 2), "0, 2"),
        ("6,0 - 2,3", (0, 1, 2, 3, 6), "0-3, 6"),
        ("5-5", (5,), "5"),
    ],
)
def test_shards_are_read_and_written_as_ranges(written: str, ids: tuple[int, ...], said: str) -> None:
    assert read_shard_ids(written) == ids
    assert in_ranges(ids) == said


@pytest.mark.parametrize("written", ["x", "1;2", "3-1", "-1", "1-", "0,,1", "1-2-3", "٣", "1" * 6, "0.5"])
def test_what_is_no_shard_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="such as 0-3 or 0,2"):
        read_shard_ids(written)


def test_a_shard_that_stands_there_twice_is_named() -> None:
    with pytest.raises(ValueError, match=r"write each shard once; 2-3, 7 stands there twice"):
        read_shard_ids("0-3,2-5,7,7")


def test_a_process_wants_the_shards_it_names_or_all() -> None:
    assert WantedShards(4, (1, 2)).of(4) == (1, 2)
    assert WantedShards().of(3) == (0, 1, 2)


def test_the_shards_that_nobody_holds_are_known() -> None:
    holders = Holders(4, {0: Holder("a", "process 1"), 2: Holder("b", "process 2")})
    assert (holders.nobodys, holders.of("b")) == ((1, 3), (2,))
    assert Holders().nobodys == ()
    assert (name_shards((0, 1), 8), name_shards((5,), 8)) == ("shards 0-1 of 8", "shard 5 of 8")
