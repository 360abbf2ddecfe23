"""The workspace's webhooks and its settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.clock import Time
from bot.sandbox.reading import Fields, Json
from bot.sandbox.refusals import InvalidError, Problem
from bot.sandbox.rest.answering import answer, read_body
from bot.sandbox.workspace import SETTINGS, Workspace

WEBHOOKS = "/v1/workspace/webhooks"
GROUPS = ("webhooks", "conversation_initiation_client_data_webhook")
EVENTS = (
    "transcript",
    "audio",
    "call_initiation_failure",
    "answering_machine_detection",
    "unredacted_transcript",
    "unredacted_audio",
)


@dataclass(frozen=True)
class WorkspaceRoutes:
    workspace: Workspace
    time: Time

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(WEBHOOKS, self.list_webhooks, name="list_webhooks"),
            web.post(WEBHOOKS, self.create_webhook, name="create_webhook"),
            web.patch(f"{WEBHOOKS}/{{webhook_id}}", self.update_webhook, name="update_webhook"),
            web.delete(f"{WEBHOOKS}/{{webhook_id}}", self.delete_webhook, name="delete_webhook"),
            web.get("/v1/convai/settings", self.get_settings, name="get_settings"),
            web.patch("/v1/convai/settings", self.update_settings, name="update_settings"),
        ]

    async def list_webhooks(self, request: web.Request) -> web.Response:
        fields = Fields("query", request.query)
        include_usages = fields.flag("include_usages")
        fields.check()
        shown = [
            self._shown(webhook_id, webhook, with_usage=bool(include_usages))
            for webhook_id, webhook in self.workspace.webhooks.items()
        ]
        return answer({"webhooks": shown})

    async def create_webhook(self, request: web.Request) -> web.Response:
        """The secret is shown here, and never again."""
        body = Fields("body", await read_body(request))
        settings = Fields("settings", body.optional_object("settings"))
        settings.one_of("auth_type", ("hmac",))
        name, url = settings.text("name"), settings.text("webhook_url")
        body.problems += [problem.under("body") for problem in settings.problems]
        if url and not url.startswith(("http://", "https://")):
            place = ("body", "settings", "webhook_url")
            body.problems.append(Problem(place, "Input should be a valid URL", "url_parsing"))
        body.check()
        webhook_id, secret = await self.workspace.add_webhook(name, url, self.time.unix())
        return answer({"webhook_id": webhook_id, "webhook_secret": secret})

    async def update_webhook(self, request: web.Request) -> web.Response:
        """`is_disabled` and `name` are required; switching it on again forgets its failures."""
        webhook_id = request.match_info["webhook_id"]
        webhook = self.workspace.get("webhook", webhook_id)
        raw = await read_body(request)
        fields = Fields("body", raw)
        name = fields.text("name")
        is_disabled, retry = fields.flag("is_disabled"), fields.flag("retry_enabled")
        headers = fields.optional_object("request_headers")
        if raw.get("is_disabled") is None:
            fields.problems.append(Problem(("body", "is_disabled"), "Field required", "missing"))
        fields.check()
        changed = {
            **webhook,
            "name": name,
            "is_disabled": is_disabled,
            "is_auto_disabled": False,
            "failures": 0,
        }
        if retry is not None:
            changed["retry_enabled"] = retry
        if "request_headers" in raw:
            changed["request_headers"] = {
                key: value for key, value in headers.items() if isinstance(value, str)
            }
        if isinstance(raw.get("events"), list):
            changed["events"] = raw["events"]
        await self.workspace.put("webhook", webhook_id, changed)
        self.time.nudge()
        return answer({"status": "ok"})

    async def delete_webhook(self, request: web.Request) -> web.Response:
        await self.workspace.drop("webhook", request.match_info["webhook_id"])
        self.time.nudge()
        return answer({"status": "ok"})

    async def get_settings(self, _request: web.Request) -> web.Response:
        return answer(self.workspace.settings)

    async def update_settings(self, request: web.Request) -> web.Response:
        patch = await read_body(request)
        problems = list(_settings_problems(patch))
        if problems:
            raise InvalidError(problems)
        await self.workspace.change_settings(patch)
        self.time.nudge()
        return answer(self.workspace.settings)

    def _shown(self, webhook_id: str, webhook: Json, *, with_usage: bool) -> Json:
        usages = [{"usage_type": name} for name in self.workspace.usages(webhook_id)]
        return {
            "name": webhook["name"],
            "webhook_id": webhook_id,
            "webhook_url": webhook["webhook_url"],
            "is_disabled": webhook["is_disabled"],
            "is_auto_disabled": webhook["is_auto_disabled"],
            "created_at_unix": webhook["created_at_unix"],
            "auth_type": "hmac",
            "usage": usages if with_usage else None,
            "events": webhook["events"],
            "most_recent_failure_error_code": webhook["most_recent_failure_error_code"],
            "most_recent_failure_timestamp": webhook["most_recent_failure_timestamp"],
        }


def _settings_problems(patch: Json) -> Iterator[Problem]:
    for key, value in patch.items():
        if key not in SETTINGS:
            yield Problem(("body", key), "Extra inputs are not permitted", "extra_forbidden")
        elif key in GROUPS and not isinstance(value, dict | None):
            yield Problem(("body", key), "Input should be a valid dictionary", "dict_type")
    webhooks = patch.get("webhooks")
    if isinstance(webhooks, dict):
        for key in sorted(set(webhooks) - set(SETTINGS["webhooks"])):
            yield Problem(("body", "webhooks", key), "Extra inputs are not permitted", "extra_forbidden")
        if not isinstance(webhooks.get("post_call_webhook_id"), str | None):
            place = ("body", "webhooks", "post_call_webhook_id")
            yield Problem(place, "Input should be a valid string", "string_type")
        events = webhooks.get("events")
        if events is not None and (not isinstance(events, list) or set(map(str, events)) - set(EVENTS)):
            words = f"Input should be {' or '.join(repr(event) for event in EVENTS)}"
            yield Problem(("body", "webhooks", "events"), words, "enum")
