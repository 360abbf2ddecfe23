"""One input, read in every way that there is: sound, or refused in one sentence."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.conversation import ImportedRecord, Picked
from bot.domain.errors import ImportRejected
from bot.records import EVERY_AI, describe_record, open_record
from bot.records.many import Bad, Owner, Owners, read_folder, read_lines, read_map
from tests.records.test_any_input import check_sound

MOST_PICKS = 3


def read(data: bytes) -> Counter[str]:
    """Read an input and carry out some choices; return how many records came of it, by their format.

    Raises whatever is no sentence for its member, AssertionError for what is not sound.
    """
    try:
        opened = open_record(data, "past.json")
    except ImportRejected as refusal:
        check_sentence(refusal)
        return Counter()
    numbers = frozenset(one.number for one in opened.conversations[::2])
    settled = opened.settle(Picked(), ("Ana", "U0ANA"), ("Merlin", "wizard"))
    people = {one.key for one in opened.people[:MOST_PICKS]} | {settled.me or ""}
    ais = {one.key for one in opened.ais[:MOST_PICKS]} | {EVERY_AI, settled.ai or EVERY_AI}
    picks = [Picked(me, ai) for me in people for ai in ais] + [Picked(settled.me or "", EVERY_AI, numbers)]
    return Counter(form for pick in picks for form in _take(opened.take, pick))


def _take(take: Callable[..., ImportedRecord], picked: Picked) -> list[str]:
    try:
        record = take(picked, ("Merlin",))
    except ImportRejected as refusal:
        check_sentence(refusal)
        return []
    check_sound(record)
    "\n".join(describe_record(record)).encode()
    return record.format.removesuffix(", JSON Lines").split(" and ")


def read_as_many(data: bytes) -> Counter[str]:
    """Read an input as an operator's: lines of many people, the map of their accounts, a file in a folder.

    Return how many lines, rows and files were good.
    """
    found: Counter[str] = Counter()
    with TemporaryDirectory() as name:
        path = Path(name) / "all.jsonl"
        path.write_bytes(data)
        owners = Owners({"all": Owner("discord:1"), "u-17": Owner("discord:2")})
        for entry in (*read_lines(path, None), *read_lines(path, owners), *read_folder(Path(name), owners)):
            if isinstance(entry, Bad):
                assert entry.why.endswith("."), entry.why
                assert "\n" not in entry.why, entry.why
                continue
            found["file" if isinstance(entry.conversation, Path) else "line"] += 1
            if isinstance(entry.conversation, bytes):
                read(entry.conversation)
        try:
            found["row"] += len(read_map(path)[0].by_name)
        except ImportRejected as refusal:
            check_sentence(refusal, "all.jsonl ")
    return found


def check_sentence(refusal: ImportRejected, beginning: str = "past.json ") -> None:
    """Check that a refusal is one sentence."""
    sentence = str(refusal)
    assert sentence.startswith(beginning), sentence
    assert sentence.endswith("."), sentence
    assert "\n" not in sentence, sentence
    sentence.encode()
