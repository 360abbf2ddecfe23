"""How the stand-in behaves when it is the one who calls: who is there, a code to read out, no more calls.

It goes by what a model would go by, its prompt and its first message, and by whether this is a telephone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.sandbox.collection import NO_MORE_CALLS
from bot.sandbox.initiation import Settings
from bot.sandbox.reading import Json
from bot.sandbox.records import Turn
from bot.sandbox.talker import BYE, THANKS, Moment
from bot.sandbox.words import sentences

END_CALL = "end_call"
ENDED = "end_call tool was called."
CONFIRMED = "Understood: you will not be called again. Goodbye."
SORRY = "I am sorry to have disturbed you. Goodbye."
GOODBYE = "Goodbye!"

QUESTION = re.compile(r"\bis this ([^?.!]{1,80})\?\s*$", re.IGNORECASE)
WHO = re.compile(r"\bwho is this\?\s*$", re.IGNORECASE)
NOTES_FOR = re.compile(r"\bis for ([^\n]{1,80}?) alone\b")
TURNS_AWAY = re.compile(r"\bwhatever is said, say goodbye\b", re.IGNORECASE)
CODE = re.compile(r"\bcode\b[^\d\n]{0,80}?((?:\d[ ,.-]{1,2}){3,9}\d)(?!\d)", re.IGNORECASE)
CODE_TO_READ = re.compile(r"\bRead this code aloud[^\d\n]{0,80}?((?:\d[ ,.-]{1,2}){3,9}\d)(?!\d)")
SOON = r"^(?:\W*[\w'’]+){0,3}?\W*"  # the answer is among the first words of a sentence
YES = re.compile(
    SOON + r"\b(?:yes|yeah|yep|yup|aye)\b|^\W*(?:sure|correct|right|indeed|of course|speaking|it is)\b"
    r"|\b(?:that|it)(?:['’]?s| is) me\b|\bthis is (?:me|he|she|they)\b",
    re.IGNORECASE,
)
NO = re.compile(SOON + r"\b(?:no|nope|nah)\b(?! (?:idea|problem|worries|time|clue))", re.IGNORECASE)
NOT_ME = re.compile(
    r"\b(?:wrong (?:number|person|one)|nobody|no one|no such|never heard"
    r"|(?:not|isn['’]?t) (?:me|him|her|them|here|in|at home|available))\b",
    re.IGNORECASE,
)
ASKS_BACK = re.compile(r"^(?!\W*(?:yes|yeah|yep|yup)\W+\w).*\?$", re.IGNORECASE)
HEARD = re.compile(
    r"\b(?:ok|okay|got it|got that|noted|yes|yeah|perfect|great|fine|all right|alright)\b", re.IGNORECASE
)
AGAIN = re.compile(
    r"\?|\b(?:again|repeat|once more|one more time|pardon|sorry|slow|slower|slowly"
    r"|(?:did|could)(?:n['’]?t| not))\b",
    re.IGNORECASE,
)
Verdict = Literal["yes", "no", ""]


@dataclass(frozen=True)
class Manner:
    """`words` are said instead of what the script would say, and with `ends` they are the last.

    To somebody who is not known yet the script speaks from the settings in `veil`, and asks `question` again.
    """

    words: str = ""
    ends: bool = False
    veil: Settings | None = None
    question: str = ""


def manner_of(settings: Settings, turns: Sequence[Turn], text: str) -> Manner:
    """How to take `text`, which is not in `turns` yet."""
    may_end = END_CALL in settings.built_in
    code = _code(settings)
    asked = QUESTION.search(settings.first_message)
    if NO_MORE_CALLS.search(text) and (code or asked or settings.is_phone):
        return Manner(CONFIRMED, ends=may_end)
    if code:
        return _with_code(turns, text, code, may_end=may_end)
    if TURNS_AWAY.search(settings.prompt):
        return Manner(GOODBYE, ends=may_end)
    if asked is None:
        return _to_a_caller(settings, turns, text)
    return _to_somebody_rung(settings, turns, text, asked)


def _to_somebody_rung(settings: Settings, turns: Sequence[Turn], text: str, asked: re.Match[str]) -> Manner:
    if _was_confirmed(turns, asked[1]):
        return Manner()
    match _verdict(text, asked[1]):
        case "yes":
            return Manner()
        case "no":
            return Manner(SORRY, ends=END_CALL in settings.built_in)
        case _:
            return Manner(veil=_veiled(settings), question=asked[0].strip())


def end_call(request_id: str, words: str) -> tuple[Json, Json]:
    """The call of the tool and its result, as a transcript shows them (package `elevenlabs`, `types/`)."""
    common: Json = {
        "request_id": request_id,
        "tool_name": END_CALL,
        "tool_id": f"__system_{END_CALL}",
        "tool_has_been_called": True,
        "type": "system",
    }
    reason = "The conversation is over."
    parameters = {"reason": reason, "system__message_to_speak": words}
    result: Json = {
        **common,
        "result_value": json.dumps({"status": "success", "reason": reason, "message": words}),
        "is_error": False,
        "is_blocked": False,
        "tool_latency_secs": 0.0,
        "error_type": None,
        "raw_error_message": None,
        "dynamic_variable_updates": [],
    }
    return {**common, "params_as_json": json.dumps(parameters), "tool_details": None}, result


def _code(settings: Settings) -> str:
    found = CODE.search(settings.first_message) or CODE_TO_READ.search(settings.prompt)
    return " ".join(re.findall(r"\d", found[1])) if found else ""


def _with_code(turns: Sequence[Turn], text: str, code: str, *, may_end: bool) -> Manner:
    said = (re.sub(r"\D", "", turn.message) for turn in turns if turn.role == "agent")
    was_read = any(code.replace(" ", "") in digits for digits in said)
    is_heard = any(words.search(text) for words in (BYE, THANKS, HEARD)) and not AGAIN.search(text)
    if was_read and is_heard:
        return Manner(GOODBYE, ends=may_end)
    return Manner(f"Your code is {code}. Once more: {code}.")


def _to_a_caller(settings: Settings, turns: Iterable[Turn], text: str) -> Manner:
    """How to take what somebody says who rang: notes that are for one person wait for their name."""
    question, whose = WHO.search(settings.first_message), NOTES_FOR.search(settings.prompt)
    if question is None or whose is None:
        return Manner()
    said = [turn.message for turn in turns if turn.role == "user" and turn.context_id is None]
    if any(_says_name(line, whose[1]) for line in (*said, text)):
        return Manner()
    return Manner(veil=_veiled(settings), question=question[0].strip())


def _says_name(text: str, name: str) -> bool:
    said = re.compile(rf"\b{re.escape(name.strip())}\b", re.IGNORECASE)
    denied = re.compile(rf"\b(?:not|isn['’]?t|no) {re.escape(name.strip())}\b", re.IGNORECASE)
    told = [line for line in sentences(text) if not ASKS_BACK.match(line)]
    return any(said.search(line) and not denied.search(line) for line in told)


def _was_confirmed(turns: Iterable[Turn], name: str) -> bool:
    said = (turn.message for turn in turns if turn.role == "user" and turn.context_id is None)
    return any(_verdict(text, name) == "yes" for text in said)


def _verdict(text: str, name: str) -> Verdict:
    """What somebody says to "Is this NAME?"; nothing when that is no answer, such as a question."""
    called = rf"{re.escape(name.strip())}\b"
    not_called = re.compile(rf"\b(?:not|isn['’]?t|no) {called}", re.IGNORECASE)
    is_called = re.compile(
        rf"\b(?:this is|i['’]?m|i am|my name is|it['’]?s|it is) {called}|\b{called} (?:here|speaking)\b",
        re.IGNORECASE,
    )
    told = [line for line in sentences(text) if not ASKS_BACK.match(line)]
    if any(NOT_ME.search(line) or not_called.search(line) for line in told):
        return "no"
    for line in told:
        yes, no = is_called.search(line) or YES.search(line), NO.search(line)
        if yes and no:
            return "yes" if yes.end() < no.end() else "no"
        if yes or no:
            return "yes" if yes else "no"
    return ""


def _veiled(settings: Settings) -> Settings:
    """The settings without anything about a person: only which part it plays."""
    name = Moment(settings, (), "").name
    return replace(settings, prompt="", variables={"character_name": name}, tools={})
