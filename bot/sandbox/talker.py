"""How the stand-in speaks: a script of simple rules, the same answer for the same conversation.

It says what it is in the first answer of a first call, and shows in its answers that the persona, the context
and the variables arrived.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.initiation import Settings, as_words
from bot.sandbox.records import Turn
from bot.sandbox.words import reflect, sentences, shorten, telling_words

STAND_IN = "I am only Troupe's stand-in for ElevenLabs, reading from a script."
OF_ITSELF = re.compile(
    r"I am only Troupe's stand-in|My card says: |(?:is|are) in my notes: |my notes it says: "
)
"""What it says of itself and of what it was told: no news to itself in a later call."""
EMPTY = re.compile(r"(none|nothing)( yet)?\.?|not known( yet)?\.?|", re.IGNORECASE)

HELLO = re.compile(r"(hello|hi|hey|hiya|greetings|good (morning|evening|afternoon|day))\b", re.IGNORECASE)
BYE = re.compile(
    r"\b(good ?bye|bye|see you|farewell|gotta go|have to go|hang up|talk (to you )?later)\b", re.IGNORECASE
)
THANKS = re.compile(r"\b(thanks|thank you|cheers)\b", re.IGNORECASE)
HOW_ARE_YOU = re.compile(r"\bhow (are|do) you\b|\bhow's it going\b", re.IGNORECASE)
WHO_ARE_YOU = re.compile(
    r"\bwho (are|is) (you|this)\b|\byour name\b|\bare you (real|human|an? (ai|bot|robot|machine|person))\b",
    re.IGNORECASE,
)
WHO_AM_I = re.compile(
    r"\bwho am i\b|\bmy name\?|\bwhat(?:'s|’s| is) my name\b|\bdo you know me\b", re.IGNORECASE
)
REMEMBER = re.compile(
    r"\b(do|can|what|did) you (still )?(remember|recall|know)\b|\bwhat did (i|we) (tell|talk|say|speak)\b"
    r"|\babout me\b|\blast time\b",
    re.IGNORECASE,
)
MY_NAME = re.compile(
    r"\b(?:my name is|my name's|my name’s|i am called|i'm called|call me)\s+([^\s,.!?;]+)", re.IGNORECASE
)
I_HAVE = re.compile(
    r"\bI(?:'ve| have|’ve)(?: got)? (an? |two |three |some |my )?([^.,;!?]{2,60})", re.IGNORECASE
)
I_LIKE = re.compile(r"\bI (?:really )?(love|like|enjoy|hate|prefer)\b ([^.,;!?]{2,60})", re.IGNORECASE)

FOLLOW_UPS = (
    "Tell me more about that.",
    "How did that come about?",
    "What do you like best about it?",
    "Who else knows?",
    "Which part of it should I remember?",
)


@dataclass(frozen=True)
class Moment:
    """What the rules may look at: the settings, what was said so far, and what was just said."""

    settings: Settings
    turns: Sequence[Turn]
    text: str

    @property
    def name(self) -> str:
        named = self.variable("character_name") or self.variable("character")
        if named:
            return named
        match = re.search(r"\bYou are (?:called )?([A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*)", self.settings.prompt)
        return match[1] if match else "the character"

    @property
    def caller(self) -> str:
        """The name told in this conversation, else the one that the variables bring."""
        for turn in reversed(self.turns):
            told = MY_NAME.search(turn.message) if turn.role == "user" and turn.context_id is None else None
            if told:
                return told[1].capitalize()
        return self.variable("user_name")

    @property
    def answers_so_far(self) -> int:
        """Not counting a greeting that came before the first question."""
        heard = False
        count = 0
        for turn in self.turns:
            heard = heard or (turn.role == "user" and turn.context_id is None)
            count += heard and turn.role == "agent"
        return count

    def variable(self, name: str) -> str:
        value = as_words(self.settings.variables.get(name)).strip()
        return "" if EMPTY.fullmatch(value) else value

    def notes(self) -> list[str]:
        """The lines of the context without their bullets, those that had one first."""
        written = (line.strip() for line in self.variable("context").splitlines())
        items = sorted(written, key=lambda line: not line.startswith(("-", "*", "•")))
        lines = [line.lstrip("-*•> ").strip() for line in items if not line.endswith(":")]
        known = [line for line in lines if line and not line.startswith("#") and not EMPTY.fullmatch(line)]
        return [line for line in known if not OF_ITSELF.search(line)]

    def note_about(self, text: str) -> str:
        """The line of the context that shares most telling words with `text`; the first of equals."""
        wanted = telling_words(text) - telling_words(f"{self.name} {self.caller}")
        best = max(self.notes(), key=lambda line: len(wanted & telling_words(line)), default="")
        return best if wanted & telling_words(best) else ""

    def follow_up(self) -> str:
        return FOLLOW_UPS[self.answers_so_far % len(FOLLOW_UPS)]


def asks_to_remember(text: str) -> bool:
    return REMEMBER.search(text) is not None


def reply(settings: Settings, turns: Sequence[Turn], text: str, looked_up: str | None = None) -> str:
    """The answer to `text`, which is not in `turns` yet; `looked_up` is what a tool has just told."""
    moment = Moment(settings, turns, text)
    answer = next(said for rule in RULES if (said := rule(moment)))
    if looked_up is not None:
        answer = _recalled(looked_up, moment) + answer
    told = [turn.message for turn in _since_last_answer(turns) if turn.context_id is not None]
    if told:
        answer += f" I was also just handed a note: “{shorten(told[-1], 200)}”."
    if moment.answers_so_far == 0:
        is_first_call = moment.variable("call_count") in ("", "0")
        about_itself = (STAND_IN, _part(moment)) if is_first_call else ()
        return " ".join(part for part in (*about_itself, _told(moment.settings.variables), answer) if part)
    note = moment.note_about(text)
    if note and shorten(note, 200) not in answer and not BYE.search(text):
        answer += f" That reminds me, in my notes it says: “{shorten(note, 200)}”"
    return answer


def _part(moment: Moment) -> str:
    """Who the persona is, in its author's words: from the section on personality if there is one."""
    _, heading, rest = moment.settings.prompt.partition("# Personality")
    lines = sentences(rest if heading else moment.settings.prompt)
    line = next((line for line in lines if line.startswith("You are ")), lines[0] if lines else "")
    quoted = f": “{shorten(line, 160)}”" if line else "."
    return f"My part today is {moment.name}{quoted}"


def _recalled(looked_up: str, moment: Moment) -> str:
    """What a tool told, of many lines those that share a word with what was asked."""
    if EMPTY.fullmatch(looked_up.strip()):
        return "I looked, and found nothing. "
    asked = telling_words(moment.text) - telling_words(f"{moment.name} {moment.caller}")
    fitting = [line for line in looked_up.splitlines() if asked & telling_words(line)]
    return f"I looked it up: “{shorten(' '.join(fitting) or looked_up, 400)}” "


def _told(variables: Mapping[str, str | float | bool | None]) -> str:
    known = {name: as_words(variables.get(name)) for name in ("user_name", "call_count", "platform")}
    parts = [
        f"you are {known['user_name']}" if known["user_name"] else "",
        f"you called {_times(known['call_count'])} before" if known["call_count"] not in ("", "0") else "",
        f"on {known['platform']}" if known["platform"] else "",
    ]
    told = ", ".join(part for part in parts if part)
    return f"My card says: {told}." if told else ""


def _times(count: str) -> str:
    return "once" if count == "1" else f"{count} times"


def _since_last_answer(turns: Sequence[Turn]) -> list[Turn]:
    last = max((place for place, turn in enumerate(turns) if turn.role == "agent"), default=-1)
    return list(turns[last + 1 :])


def _goodbye(moment: Moment) -> str:
    if not BYE.search(moment.text):
        return ""
    caller = f", {moment.caller}" if moment.caller else ""
    return f"Goodbye{caller}! It was a pleasure. Hang up when you like; what we said is written down."


def _name_told(moment: Moment) -> str:
    told = MY_NAME.search(moment.text)
    if not told:
        return ""
    name, known = told[1].capitalize(), moment.variable("user_name")
    if known and known.casefold() != name.casefold():
        return (
            f"{name}, then! My card says {known}, but I shall call you {name}. What brings you here, {name}?"
        )
    return f"A pleasure, {name}! I am {moment.name}. What shall we talk about?"


def _who_am_i(moment: Moment) -> str:
    if not WHO_AM_I.search(moment.text):
        return ""
    return (
        f"You are {moment.caller}, if I was told right." if moment.caller else "Nobody told me your name yet."
    )


def _memories(moment: Moment) -> str:
    if not REMEMBER.search(moment.text):
        return ""
    notes = moment.notes()
    asked = telling_words(moment.text) - telling_words(f"{moment.name} {moment.caller}")
    fitting = [note for note in notes if asked & telling_words(note)] or notes
    quoted = " ".join(_in_quotes(shorten(note, 200)) for note in fitting[:5])
    said = [turn.message for turn in moment.turns if turn.role == "user" and turn.context_id is None]
    now = f" And just now you said: “{shorten(said[-1], 120)}”" if said else ""
    if not notes:
        return f"My notes about you are empty so far.{now}"
    more = " And there is more." if len(fitting) > 5 else ""
    return f"This is in my notes: {quoted}{more}{now}"


def _in_quotes(note: str) -> str:
    return note if "“" in note else f"“{note}”"


def _who_are_you(moment: Moment) -> str:
    if not WHO_ARE_YOU.search(moment.text):
        return ""
    return f"I play {moment.name}; behind the curtain I am a script in ElevenLabs' place, without any AI."


def _how_are_you(moment: Moment) -> str:
    return "Splendid, for a few hundred lines of rules. And you?" if HOW_ARE_YOU.search(moment.text) else ""


def _thanks(moment: Moment) -> str:
    return f"You are most welcome. {moment.follow_up()}" if THANKS.search(moment.text) else ""


def _greeting(moment: Moment) -> str:
    if not HELLO.match(moment.text.strip()) or len(moment.text.split()) > 4:
        return ""
    caller = f", {moment.caller}" if moment.caller else ""
    return f"Hello{caller}! Tell me something about you, or ask what I remember."


def _possession(moment: Moment) -> str:
    told = I_HAVE.search(moment.text)
    if not told or moment.text.rstrip().endswith("?"):
        return ""
    thing = reflect((told[1] or "") + told[2])
    return f"You have {thing}! I'll keep that in mind. {moment.follow_up()}"


def _liking(moment: Moment) -> str:
    told = I_LIKE.search(moment.text)
    if not told or moment.text.rstrip().endswith("?"):
        return ""
    return f"So you {told[1].lower()} {reflect(told[2])}. Good to know! {moment.follow_up()}"


def _question(moment: Moment) -> str:
    if not moment.text.rstrip().endswith("?"):
        return ""
    topic = moment.variable("topic")
    about = f" Weren't we to talk about {shorten(topic, 80)}?" if topic and moment.answers_so_far == 0 else ""
    answer = f"A good question, and the real {moment.name} would have an answer; my script has none."
    return f"{answer}{about} What do you think?"


def _statement(moment: Moment) -> str:
    said = reflect(shorten(moment.text, 160))
    return f"I hear you: {said}. {moment.follow_up()}" if said else "I am listening."


RULES: tuple[Callable[[Moment], str], ...] = (
    _goodbye,
    _name_told,
    _who_am_i,
    _memories,
    _who_are_you,
    _how_are_you,
    _thanks,
    _greeting,
    _possession,
    _liking,
    _question,
    _statement,
)
