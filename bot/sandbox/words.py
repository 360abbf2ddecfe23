"""Small readings of English text that the script and the summary share."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
I_VERB = re.compile(r"\b(I) (am|was)\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
PLAIN_WORDS = """
about above after again against all also always and another any anything are ask because been before
being below between both but call called calls came can cannot come could day did didn does doing don
done down during each even ever every everything for from further get going good got great had has hello
her here hers him himself his how however into isn its itself just know last let like little made make
man many may maybe mean more most much must myself name need never new none nor not nothing now old one
only other our ours out over own per please really remember said same say says see shall she should
since some something sorry still such take talk tell than thank thanks that the their them then there
these they thing things think this those through time times today told too two under until use very via
want was wasn way well were what when where which while who why will with would yeah yes you your yours
yourself
"""
PLAIN = frozenset(PLAIN_WORDS.split())
SWAPS = {
    "i": "you",
    "i'm": "you're",
    "i’m": "you’re",
    "i've": "you've",
    "i’ve": "you’ve",
    "i'll": "you'll",
    "i’ll": "you’ll",
    "i'd": "you'd",
    "i’d": "you’d",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "you": "I",
    "your": "my",
    "yours": "mine",
}


def telling_words(text: str) -> frozenset[str]:
    """The words of at least three letters that carry meaning, without a plural s."""
    words = (word.casefold().replace("’", "'").split("'")[0] for word in WORD.findall(text))
    return frozenset(word.removesuffix("s") for word in words if len(word) > 2 and word not in PLAIN)


def reflect(text: str) -> str:
    """Turn "I lost my key." into "you lost your key"."""
    bare = text.strip().rstrip(".!?… ")
    if bare[:1].isupper() and bare[1:2].islower() and bare.split()[0].casefold() in SWAPS:
        bare = bare[0].lower() + bare[1:]
    bare = I_VERB.sub(lambda match: f"{match[1]} {'are' if match[2] == 'am' else 'were'}", bare)
    return WORD.sub(lambda match: SWAPS.get(match[0].casefold(), match[0]), bare)


def sentences(text: str) -> list[str]:
    return [part.strip() for line in text.splitlines() for part in SENTENCE_END.split(line) if part.strip()]


def shorten(text: str, chars: int) -> str:
    """At most `chars` characters, on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= chars:
        return line
    return line[: chars - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
