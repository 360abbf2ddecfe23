"""How Slack says no, or says nothing at all: the one place that knows.

Source: Slack, "Web API: evaluating responses" and "Rate limits"; slack_sdk raises its own errors for answers,
and aiohttp's where there is none.
"""

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.errors import NobodyThere, PostRefused

UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""What a request may end in: refused, limited for longer than we wait, or no answer."""
PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
"""Slack's words for what it could not do now, and may do later."""
ENDED = frozenset({"invalid_auth", "account_inactive", "token_revoked", "token_expired"})
"""Slack's words for a token that is none, or is not any more."""
REFUSED = ENDED | {"not_authed", "not_allowed_token_type"}
"""These, and those for one of another kind."""
FIRST_SERVER_ERROR = 500
TOO_MANY = 429


def code_of(error: BaseException) -> str:
    """Return a refusal for the log: Slack's word, else the status or our name for it; never what was sent."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    data = getattr(error.response, "data", None)
    if isinstance(data, dict) and data.get("error"):
        return str(data["error"])
    return f"status {_status_of(error)}"


def is_passing(error: BaseException) -> bool:
    """Whether the same request may be answered later: Slack was away, or too busy to say yes or no."""
    if not isinstance(error, SlackApiError):
        return True
    return code_of(error) in PASSING or _status_of(error) == TOO_MANY or not _is_told(error)


def refusal_of(error: BaseException) -> Exception:
    """Return what it means that something of ours could not be said or changed: for now, or for good."""
    return NobodyThere(code_of(error)) if is_passing(error) else PostRefused(code_of(error))


def _is_told(error: SlackApiError) -> bool:
    """Whether Slack itself gave a reason, not some gateway on the way to it."""
    return _status_of(error) < FIRST_SERVER_ERROR and not code_of(error).startswith("status ")


def _status_of(error: SlackApiError) -> int:
    response = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
