"""The plan of the account, and what is left of it. Source: ElevenLabs, "Get user subscription"."""

from bot.domain.alert import Credit
from bot.elevenlabs.agent_detail import Document

SUBSCRIPTION_PATH = "/v1/user/subscription"


class Subscription(Document):
    """What was used of a period, and what may be: ``"unlimited"`` extends it without end."""

    character_count: int
    character_limit: int
    max_credit_limit_extension: int | str | None = 0

    def to_credit(self) -> Credit:
        """Return it in our words."""
        extension = self.max_credit_limit_extension
        if isinstance(extension, str):
            return Credit(self.character_count, self.character_limit, None)
        return Credit(self.character_count, self.character_limit, extension or 0)
