"""Finding where a text has a character deny that it is an AI, in English and in German.

Whoever asks is told, that is a rule of the house. A text is judged by its sentences: who the character is
said to be, a human or an AI, and how many words before that turn it round ("never", "deny", "forget").
"""

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"[^.!?;\n]+")
_AI = (
    r"AI|artificial intelligence|language model|chat ?bot|bot|robot|machine|computer|computer program"
    r"|KI|künstliche Intelligenz|Sprachmodell|Roboter|Maschine|Computerprogramm"
)
_REAL = r"real|actual|living|flesh-and-blood"
_HUMAN = (
    rf"(?:(?:{_REAL}) )?human(?: being)?|(?:{_REAL}) (?:person|man|woman)"
    r"|(?:(?:echte|wirkliche|richtige|lebendige)[rn]? )?Mensch|(?:echte|wirkliche|reale) Person"
)
_MAY = re.compile(r"a?i\b|hum|person|man\b|mens|bot|mach|comput|model|masch|robo|progr|intelli")
"""In each sentence that names one of them, and in few others; it is quick to find."""
_THEN = (
    r"(?=\W*$|\s*[,:)\"'“”»«—–]|\s+(?:and|not|but|so|who|with|from|never|no|like|to|in|at|on|if|when|even)\b"
    r"|\s+(?:und|der|die|aber|bist|seist|zu|mit|aus|nicht)\b)"
)
_WHO = re.compile(
    rf"\b(?:(?P<ai>{_AI})\b(?!-|\s+(?:would|might|could)\b)|(?P<human>{_HUMAN}){_THEN})", re.IGNORECASE
)
"""Whom the character may be said to be; a "human blacksmith" is one in a story."""

_BEING = re.compile(
    r"\b(?:you(?: are|['’]re| were|r identity is)|i(?: am|['’]m)|(?:you|i)(?: are|r)?n['’]t"
    r"|(?:claim|pretend|profess|insist|swear)\w*(?: to be| being| on being)"
    r"|(?:say|said|mention|about|admit\w*) being"
    r"|(?:deny|denies|denying|hide|conceal|acknowledge|reveal|confess to) being"
    r"|(?:yourself|identify|pass|pose)(?: off)? as"
    r"|du (?:bist|seist)|sie sind|ich bin|dass (?:du|sie)|(?:wärst|wärest|seist) du|als"
    r"|(?:behaupte|leugne|bestreite|vorgib|gib)\w*(?: \w+)?,?(?: vor,?)?)"
    r"\s+(?:(?:an?|no|not|any|only|just|really|truly|actually|all|too|eine?[nrm]?|keine?[nrm]?|nicht|wirklich|nur)\s+)*$",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\b(?:admit|reveal|mention|acknowledge|confess|disclose|concede|say|tell|let on|deny|denies|hide|conceal"
    r"|forget|zugeben|gib|gibst|verrate|verrätst|erwähne|erwähnst|sage?|sagst|verschweige|verheimliche|verbirg|vergiss)\b"
    r".{0,60}$",
    re.IGNORECASE,
)
_IN_QUESTION = re.compile(
    r"\b(?:if|whether|ob|asks?|asked|wonders?|thinks?|believes?)\s+(?:that\s+)?"
    r"(?:you(?: are|['’]re)|du|sie)\s+[\w\s]*$",
    re.IGNORECASE,
)
_TURNING = re.compile(
    r"\b(?:never|not|no|nor|cannot|without|refuse|avoid|deny|denies|denying|hide|conceal|forget|doubt"
    r"|nie|niemals|nicht|ohne|leugne|leugnest|bestreite|verschweige|verheimliche|verbirg|vergiss|keine?[nrm]?)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    rf"\b(?:if|whether|ob)\b.{{0,30}}\b(?:(?P<ai>{_AI})|(?P<human>{_HUMAN}))\b.{{0,40}}?"
    r"\b(?:say|answer|reply|respond|tell them|sage?|antworte)\W+(?:(?P<yes>yes|ja)|no|nein)\b",
    re.IGNORECASE,
)


def find_denials(text: str) -> Iterator[int]:
    """Yield where each sentence begins that has a character pass for a human, or hide that it is an AI.

    A guess by the words alone: what no sentence says outright is not found.
    """
    plain = re.sub(r"\b([AK])\.\s?I\.", r"\1I  ", text)
    for sentence in _SENTENCE.finditer(plain):
        said = sentence.group(0)
        if not _MAY.search(said.lower()):
            continue
        if _answers_wrongly(said) or any(_denies(said[: who.start()], who) for who in _WHO.finditer(said)):
            yield sentence.start() + len(said) - len(said.lstrip())


def _denies(before: str, who: re.Match[str]) -> bool:
    if _IN_QUESTION.search(before):
        return False
    if not _BEING.search(before) and (who["human"] or not _TELLING.search(before)):
        return False
    is_turned = len(_TURNING.findall(before)) % 2 == 1
    return is_turned == bool(who["ai"])


def _answers_wrongly(sentence: str) -> bool:
    found = _ANSWER.search(sentence)
    return found is not None and bool(found["yes"]) == bool(found["human"])
