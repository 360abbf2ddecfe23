"""The plan of the account: what it has, and what was used of it, as `/sandbox/credit` has it."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.reading import parse_object
from bot.sandbox.rest.answering import answer


@dataclass
class Account:
    """`used` and `limit` are characters of a period."""

    used: int = 1_000
    limit: int = 100_000

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/user/subscription", self.get_subscription, name="get_subscription")]

    def control(self) -> list[web.RouteDef]:
        return [web.post("/sandbox/credit", self.set_credit)]

    async def get_subscription(self, _: web.Request) -> web.Response:
        return answer(
            {
                "tier": "creator",
                "character_count": self.used,
                "character_limit": self.limit,
                "max_character_limit_extension": 0,
                "max_credit_limit_extension": 0,
                "can_extend_character_limit": True,
                "allowed_to_extend_character_limit": False,
                "next_character_count_reset_unix": None,
                "voice_slots_used": 6,
                "professional_voice_slots_used": 0,
                "professional_voice_slots_used_in_workspace": 0,
                "voice_limit": 30,
                "max_voice_add_edits": 95,
                "voice_add_edit_counter": 0,
                "professional_voice_limit": 1,
                "can_extend_voice_limit": False,
                "can_use_instant_voice_cloning": True,
                "can_use_professional_voice_cloning": True,
                "currency": "usd",
                "current_overage": {"amount": "0", "currency": "usd"},
                "status": "active",
                "billing_period": "monthly_period",
                "character_refresh_period": "monthly_period",
                "next_invoice": None,
                "open_invoices": [],
                "has_open_invoices": False,
                "pending_change": None,
            }
        )

    async def set_credit(self, request: web.Request) -> web.Response:
        """What was used, and what there is, as `{"used": 1, "limit": 2}`."""
        body = parse_object(await request.read())
        used, limit = body.get("used", self.used), body.get("limit", self.limit)
        if not all(isinstance(one, int) and one >= 0 for one in (used, limit)):
            return answer({"error": "'used' and 'limit' are whole numbers from 0."}, status=400)
        self.used, self.limit = used, limit
        return answer({"used": used, "limit": limit})
