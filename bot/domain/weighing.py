"""What each sign that a turn answers a question is worth.

Found by softmax regression over labelled questions (``tests/bench/recall_training.py``), rounded. Shares are
from 0 to 1 and go by rarity; neighbours overlap on purpose, so that a negative weight takes back what another
gives.
"""

WEIGHTS: dict[str, tuple[float, str]] = {
    "own words": (0.95, "its words are those of the question, the rare ones more, against the best turn"),
    "near words": (0.08, "the same with words of similar meaning, as such"),
    "coverage": (0.63, "share of the question, by rarity, that the turn holds"),
    "turn before": (-2.9, "share that the turn before holds; most of it is counted again just below"),
    "turn after": (-0.8, "share that the turn after holds"),
    "leading up": (2.21, "share that it holds together with the two turns before: answers follow questions"),
    "two around": (1.61, "share that it holds with two turns on either side"),
    "four around": (1.48, "share that it holds with four turns on either side"),
    "match before": (1.7, "how well the turn before matches, against the best turn"),
    "match after": (1.03, "how well the turn after matches"),
    "conversation": (1.24, "share that its whole conversation holds"),
    "best of conversation": (
        0.94,
        "the three best turns of its conversation, against the best conversation's",
    ),
    "speaker": (0.96, "said by the one who is asked about (+1) or by the other (-1)"),
    "first named": (0.52, "the same where two are named: the first of them"),
    "speaker's matter": (0.39, "said by the one asked about, in surroundings that match"),
    "reply": (0.23, "follows the other's question"),
    "reply to it": (2.52, "follows the other's question, which holds this share"),
    "asks": (-0.35, "asks something itself"),
    "first person": (0.08, "words such as I and my, to three"),
    "second person": (-0.11, "words such as you and your, to three"),
    "names": (0.24, "capitalised words, to three"),
    "times": (0.1, "words of time, to three"),
    "opening": (0.78, "the first turn of a conversation, where news is told"),
    "when: times": (0.76, "words of time where the question asks when"),
    "how many: numbers": (1.04, "numbers where the question asks how many"),
    "where: places": (0.45, "words of place where the question asks where"),
    "where, who: names": (0.64, "capitalised words where the question asks where or who"),
    "day named": (2.85, "said within the time that the question names"),
    "day soon after": (1.86, "said soon after that time"),
    "very day": (3.4, "said on the one day that it names"),
}
"""Per sign, in the order in which ``recall.describe`` returns them: its weight, and what it is."""
