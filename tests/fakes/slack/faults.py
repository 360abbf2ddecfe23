"""What goes wrong on the way: answers that are not Slack's own, and late ones."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.discord.faults import Fault as AnyFault
from tests.fakes.discord.faults import Faults

__all__ = ["Fault", "Faults"]


@dataclass(eq=False)
class Fault(AnyFault):
    """The answer that the next matching requests get; status 0 is a dropped connection."""

    error: str = ""
    messages: tuple[str, ...] = ()

    def answer(self) -> tuple[int, Any, dict[str, str]]:
        """Return status, body and headers."""
        told: Any = {"ok": False, "error": self.error}
        if self.messages:
            told["response_metadata"] = {"messages": list(self.messages)}
        headers = {}
        if self.status == 429:
            told["error"] = self.error or "ratelimited"
            headers["Retry-After"] = f"{self.retry_after:g}"
        return self.status, self.body if self.body is not None else told, headers
