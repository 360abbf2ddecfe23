"""What this installation needs of its agent, from the settings and the cast."""

from bot.cast import Cast
from bot.cli.npm import missing
from bot.cli.whereabouts import Whereabouts
from bot.config import Settings
from bot.domain.agent import Expected
from bot.domain.agent_wanted import Wish
from bot.domain.numbers import parse_regions
from bot.elevenlabs.beside import Addresses, Asked
from bot.web.header_secret import SECRET_HEADER
from bot.web.inbound import INITIATION_PATH
from bot.web.talk_client import SERVED
from bot.web.tools import RECALL_PATH

WEBHOOK_PATH = "/hooks/elevenlabs"


def what_is_expected(settings: Settings, whereabouts: Whereabouts, cast: Cast) -> Expected:
    """Return what ``troupe check`` compares an agent with, and what ``troupe agent apply`` makes it."""
    personas = cast.personas.values()
    is_reachable = whereabouts.public_url.startswith("https://")
    return Expected(
        is_hosted=not whereabouts.public_url,
        webhook_url=f"{whereabouts.public_url}{WEBHOOK_PATH}" if is_reachable else "",
        has_webhook_secret=bool(whereabouts.provider.webhook_secrets),
        longest_call_seconds=max((one.max_minutes for one in personas), default=0) * 60,
        persona_variables={slug: frozenset(one.variables) for slug, one in cast.personas.items()},
        phone_number_id=_phone_number_id(settings, whereabouts),
        phone_regions=parse_regions(settings.phone_countries),
        calls_at_once=settings.calls_at_once,
        cost_per_month=settings.cost_per_month,
        has_operator=bool(settings.operator),
        is_sandbox=whereabouts.is_sandbox,
        takes_calls=bool(settings.elevenlabs_inbound_secret),
        recall_url=f"{whereabouts.public_url}{RECALL_PATH}" if is_reachable else "",
        has_recall_secret=bool(settings.elevenlabs_recall_secret),
        talks_aloud=not missing(SERVED, settings.talk_client_dir),
    )


def what_is_wished(settings: Settings, whereabouts: Whereabouts, cast: Cast) -> Wish:
    """Return what the agent has to be; the nodes of characters whose files are broken now stay."""
    return Wish(
        expected=what_is_expected(settings, whereabouts, cast),
        personas=tuple(cast.personas.values()),
        house_rules=cast.house_rules,
        retention_days=settings.elevenlabs_retention_days,
        daily_limit=settings.elevenlabs_daily_limit,
        kept=frozenset(cast.slugs_on_disk - cast.personas.keys()),
    )


def where_it_asks(settings: Settings, whereabouts: Whereabouts) -> Addresses:
    """Return where ElevenLabs is to reach this installation; the built-in sandbox knows by itself.

    It asks ``https://`` addresses only; a stand-in for it asks any.
    """
    url = whereabouts.public_url
    stands_in = whereabouts.provider.api_url.startswith("http://")
    if whereabouts.is_sandbox or not url or not (url.startswith("https://") or stands_in):
        return Addresses()
    recall, inbound = settings.elevenlabs_recall_secret, settings.elevenlabs_inbound_secret
    return Addresses(
        recall=Asked(f"{url}{RECALL_PATH}", SECRET_HEADER, recall[0]) if recall else None,
        inbound=Asked(f"{url}{INITIATION_PATH}", SECRET_HEADER, inbound[0]) if inbound else None,
        webhook_url=f"{url}{WEBHOOK_PATH}",
        has_webhook_secret=bool(whereabouts.provider.webhook_secrets),
    )


def _phone_number_id(settings: Settings, whereabouts: Whereabouts) -> str:
    """Return the number that is wanted; the sandbox always has one, whether it is wanted or not."""
    if whereabouts.is_sandbox and not settings.phone_countries:
        return ""
    return whereabouts.provider.phone_number_id
