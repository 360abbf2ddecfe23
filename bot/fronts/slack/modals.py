"""Modals that ask: whom to call, and what has to be written before something can be asked.

Source: Slack, "Modals" and "Select menu of external data source"; a modal is opened within 3 s of what was
typed or pressed.
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.calls.installation import Installation
from bot.calls.permitting import find_callable
from bot.calls.remembering import History
from bot.domain.call import FRESH
from bot.domain.caller import Caller
from bot.domain.variables import strip_control
from bot.fronts.clipping import clip
from bot.fronts.forms import Form
from bot.fronts.lines import START_FRESH, label_of
from bot.fronts.slack import limits
from bot.fronts.slack.blocks import Block, plain
from bot.fronts.slack.speech import Speech

TITLE = "Troupe"
"""Stands above a window whose own title is too long for that place."""
CALL, WRITE = "call", "write"
LOADING = "One moment …"


def _plain(text: str, most: int = limits.OPTION) -> Block:
    return plain(clip(text, most))


def call_modal(speech: Speech, remembered: Mapping[str, str]) -> dict[str, Any]:
    """Return the modal that asks whom to call, how, about what and when."""
    ways = [
        {"text": _plain(speech.plain("a private link")), "value": "link"},
        {"text": _plain(speech.plain("my phone rings")), "value": "phone"},
        {"text": _plain(speech.plain("write with me here")), "value": "chat"},
    ]
    return {
        "type": "modal",
        "callback_id": CALL,
        "private_metadata": _remember(remembered),
        "title": _plain(speech.plain("Call a character"), limits.TITLE),
        "submit": _plain(speech.plain("Call"), limits.SUBMIT),
        "blocks": [
            _input(
                "character",
                speech.plain("Whom you want to call"),
                {
                    "type": "external_select",
                    "action_id": "character",
                    "min_query_length": 0,
                    "placeholder": _plain(speech.plain("Choose …"), limits.PLACEHOLDER),
                },
            ),
            _input(
                "via",
                speech.plain("How"),
                {"type": "static_select", "action_id": "via", "options": ways, "initial_option": ways[0]},
                optional=True,
            ),
            _input(
                "topic",
                speech.plain("What it is about"),
                {"type": "plain_text_input", "action_id": "topic", "max_length": 300},
                optional=True,
            ),
            _input(
                "continue",
                speech.plain("Go on with a past talk, or start fresh"),
                {
                    "type": "external_select",
                    "action_id": "continue",
                    "min_query_length": 0,
                    "placeholder": _plain(speech.plain("Choose …"), limits.PLACEHOLDER),
                },
                optional=True,
            ),
            _input(
                "at",
                speech.plain("When your phone shall ring: 18:30, tomorrow 9am"),
                {"type": "plain_text_input", "action_id": "at", "max_length": 60},
                optional=True,
            ),
        ],
    }


def form_modal(
    form: Form, speech: Speech, remembered: Mapping[str, str], prefill: str = ""
) -> dict[str, Any]:
    """Return the modal of a form; ``remembered`` says what is asked once it is written, and where."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": form.argument,
        "max_length": form.most_chars,
        "multiline": form.is_long,
        "placeholder": _plain(speech.plain(form.placeholder), limits.PLACEHOLDER),
    }
    title = speech.plain(form.title)
    above: list[Block] = []
    if len(title) > limits.TITLE:
        above = [{"type": "section", "text": _plain(title, limits.SECTION)}]
        title = TITLE
    if stands := clip(strip_control(prefill), form.most_chars):
        element["initial_value"] = stands
    return {
        "type": "modal",
        "callback_id": WRITE,
        "private_metadata": _remember(remembered),
        "title": _plain(title, limits.TITLE),
        "submit": _plain(speech.plain("Send"), limits.SUBMIT),
        "blocks": [
            *above,
            _input(form.argument, speech.plain(form.label), element, optional=not form.is_required),
        ],
    }


def loading_modal(speech: Speech) -> dict[str, Any]:
    """Return the modal that stands open while the answer is found."""
    return {
        "type": "modal",
        "callback_id": "shown",
        "title": _plain(TITLE, limits.TITLE),
        "blocks": [{"type": "section", "text": _plain(speech.plain(LOADING), limits.SECTION)}],
    }


def read_values(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was filled in, by action."""
    found = {}
    for block in view.get("state", {}).get("values", {}).values():
        for action, part in block.items():
            chosen = part.get("selected_option") or {}
            value = part.get("value") or chosen.get("value") or ""
            found[str(action)] = str(value)
    return found


def _remember(remembered: Mapping[str, str]) -> str:
    return json.dumps({name: value for name, value in remembered.items() if value})


def read_metadata(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what a modal remembers; nothing where it cannot be read."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def suggestions(house: Installation, caller: Caller, typed: str) -> list[dict[str, Any]]:
    """Return the characters that fit what was typed, those that begin with it first; from memory."""
    words = typed.casefold().strip()
    found = [
        one
        for one in find_callable(house, caller)
        if words in f"{one.slug} {one.name} {one.tagline}".casefold()
    ]
    found.sort(key=lambda one: not (one.slug.startswith(words) or one.name.casefold().startswith(words)))
    return [
        {
            "text": _plain(one.name),
            "value": one.slug,
            "description": _plain(one.tagline),
        }
        for one in found[: limits.OPTIONS]
    ]


def talks_to_go_on_with(
    house: Installation, past: History, speech: Speech, typed: str
) -> list[dict[str, Any]]:
    """Return a fresh start, and the talks that fit what was typed."""
    words = typed.casefold().strip()
    lines = [(strip_control(label_of(house, talk, past.names)), talk.id) for talk in past.talks]
    fitting = [(line, talk_id) for line, talk_id in lines if words in f"{line} {talk_id}".casefold()]
    offered = [(speech.plain(START_FRESH), FRESH), *fitting][: limits.OPTIONS]
    return [{"text": _plain(line), "value": value} for line, value in offered]


def _input(block_id: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label, 150),
        "element": element,
        "optional": optional,
    }
