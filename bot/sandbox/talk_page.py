"""The hosted talk-to page (ElevenLabs: Dynamic variables, public talk-to page links), in text."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Awaitable, Callable
from html import escape

from aiohttp import web
from multidict import MultiMapping

from bot.sandbox.initiation import initiation_problems
from bot.sandbox.reading import Json, parse_object
from bot.sandbox.talk_html import NOTICE, PAGE
from bot.sandbox.workspace import Workspace

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def talk_page(workspace: Workspace) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of `GET /app/talk-to?agent_id=…&vars=…&var_name=…`; loading the page starts nothing."""

    async def show(request: web.Request) -> web.Response:
        agent = workspace.agents.get(request.query.get("agent_id", ""))
        if agent is None:
            return _notice(
                404, "There is no such agent", "The address names an agent that the sandbox does not have."
            )
        if agent["platform_settings"]["auth"]["enable_auth"]:
            words = "Its owner lets people in by signed URLs only, so this page cannot open a conversation."
            return _notice(401, "This agent is private", words)
        try:
            variables = read_variables(request.query)
        except ValueError as error:
            return _notice(400, "This link is damaged", str(error))
        nonce = secrets.token_urlsafe(16)
        start = json.dumps({"agent_id": agent["agent_id"], "dynamic_variables": variables}).replace(
            "<", "\\u003c"
        )
        page = PAGE.replace("{nonce}", nonce).replace("{start}", start)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            f"connect-src 'self' ws://{request.host}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        headers = {**HEADERS, "Content-Security-Policy": policy}
        return web.Response(text=page, content_type="text/html", headers=headers)

    return show


def read_variables(query: MultiMapping[str]) -> Json:
    """Variables from `vars` (standard base64 of a JSON object in ASCII) and `var_<name>`, which wins.

    Raises ValueError with words for the reader. `var_` values are always strings.
    """
    variables: Json = {}
    encoded = query.get("vars")
    if encoded is not None:
        hint = "vars must be standard base64 of a JSON object in ASCII, with + / = percent-encoded once."
        try:
            variables = parse_object(base64.b64decode(encoded, validate=True).decode("ascii"))
        except ValueError as error:
            raise ValueError(hint) from error
    for name, value in query.items():
        if name.startswith("var_"):
            variables[name.removeprefix("var_")] = value
    problems = initiation_problems({"dynamic_variables": variables})
    if problems:
        raise ValueError(problems[0].msg)
    return variables


def _notice(status: int, title: str, words: str) -> web.Response:
    nonce = secrets.token_urlsafe(16)
    page = (
        NOTICE.replace("{nonce}", nonce).replace("{title}", escape(title)).replace("{words}", escape(words))
    )
    headers = {**HEADERS, "Content-Security-Policy": f"default-src 'none'; style-src 'nonce-{nonce}'"}
    return web.Response(status=status, text=page, content_type="text/html", headers=headers)
