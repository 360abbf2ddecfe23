"""What must be so after each run; each returns what is wrong, in lines."""

import sqlite3
from collections import Counter
from contextlib import closing

from tests.shuffle.comparing import Rows, differences
from tests.shuffle.holding import Start
from tests.shuffle.run import Outcome


def wrong_with_order(start: Start, ordered: Outcome) -> list[str]:
    """Check the run in order against what was really said: the other runs are compared with it."""
    lines = [*ordered.complaints, *_unheard(start, ordered), *_wrong_words(start, ordered)]
    conversations = sum(len(said) for said in start.words.values())
    if sum(ordered.told.values()) > conversations:
        lines.append(f"{sum(ordered.told.values())} recaps of {conversations} conversations")
    return lines


def wrong_with_shuffled(start: Start, ordered: Outcome, shuffled: Outcome) -> list[str]:
    """Check that nothing differs, that every event was taken, and that every call was told of."""
    return [
        *shuffled.complaints,
        *(f"never acknowledged: {name}" for name in shuffled.untaken),
        *differences(ordered.everything, shuffled.everything),
        *_unheard(start, shuffled),
    ]


def wrong_with_lost(start: Start, ordered: Outcome, outcome: Outcome, lost: set[str]) -> list[str]:
    """The same where some events never came: only those are missing, and only from the inbox."""
    inbox: Rows = Counter()
    for row, count in ordered.everything["inbox"].items():
        if dict(row)["conversation_id"] not in lost:
            inbox[row] = count
    expected = {**ordered.everything, "inbox": inbox}
    return [
        *outcome.complaints,
        *(f"never acknowledged: {name}" for name in outcome.untaken),
        *differences(expected, outcome.everything),
        *_unheard(start, outcome),
        *_wrong_words(start, outcome),
    ]


def _unheard(start: Start, outcome: Outcome) -> list[str]:
    return [
        f"{account} was told of {outcome.told[account]} of {calls} calls"
        for account, calls in start.accounts.items()
        if outcome.told[account] < calls
    ]


def _wrong_words(start: Start, outcome: Outcome) -> list[str]:
    """Every word of whoever wants to be remembered is there once, and no word of anybody else."""
    with closing(sqlite3.connect(outcome.database)) as database:
        reaches = dict(database.execute("SELECT ref, reach FROM calls").fetchall())
        kept: dict[str, dict[int, list[str]]] = {}
        for ref, talk, text in database.execute(
            """
            SELECT ref, conversations.id, text FROM turns
            JOIN conversations ON conversations.id = turns.conversation
            JOIN calls ON calls.id = conversations.call_id ORDER BY turns.conversation, position
            """
        ):
            kept.setdefault(ref, {}).setdefault(talk, []).append(text)
    lines = []
    for ref, said in start.words.items():
        wanted = Counter(words for words in said if words) if reaches[ref] != "none" else Counter()
        found = Counter(tuple(texts) for texts in kept.get(ref, {}).values())
        if wanted != found:
            lines.append(f"call {ref}: said {wanted}, kept {found}"[:300])
    return lines
