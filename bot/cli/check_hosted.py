"""What ``troupe check`` says of hosted links: whether every character's fits into its 1,800 characters."""

from collections.abc import Iterator

from bot.cast import Cast
from bot.cli.whereabouts import Whereabouts
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import OperatorError
from bot.domain.hosted import build_hosted_link
from bot.domain.initiation import Occasion, build_variables
from bot.domain.record import PersonRecord
from bot.house import now


def check_hosted(settings: Settings, whereabouts: Whereabouts, cast: Cast) -> Iterator[Finding]:
    """Make each character's link as for somebody unknown, and say which cannot be made."""
    if whereabouts.public_url:
        return
    occasion = Occasion(
        call_ref="0" * 32,
        user_id="",
        platform="discord",
        user_name="",
        topic="",
        local_time=now(),
        timezone=settings.timezone,
        crisis_line=settings.crisis_line,
    )
    provider = whereabouts.provider
    for persona in cast.personas.values():
        variables = build_variables(persona, PersonRecord(), "", occasion)
        try:
            build_hosted_link(provider.talk_url, provider.agent_id, persona, variables, hint=False)
        except OperatorError as error:
            yield Finding("error", str(error), "Nobody can call this character over a hosted link as it is.")
