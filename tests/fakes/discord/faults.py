"""What goes wrong on the way: answers that are not Discord's own, and late ones."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Fault:
    """The answer that the next matching requests get; status 0 is a dropped connection."""

    method: str
    path: re.Pattern[str]
    status: int
    code: int
    times: int
    retry_after: float
    body: Any
    takes_effect: bool

    def answer(self) -> tuple[int, Any, dict[str, str]]:
        """Return status, body and headers."""
        if self.status == 429:
            told = {
                "message": "You are being rate limited.",
                "retry_after": self.retry_after,
                "global": False,
            }
            headers = {
                "Via": "1.1 google",
                "Retry-After": str(self.retry_after),
                "X-RateLimit-Scope": "user",
                "X-RateLimit-Reset-After": str(self.retry_after),
            }
            return 429, self.body if self.body is not None else told, headers
        told = {"message": f"{self.status}", "code": self.code}
        return self.status, self.body if self.body is not None else told, {}


class Faults:
    """The faults that are yet to come."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._delays: list[tuple[re.Pattern[str], float, list[int]]] = []

    def add(self, fault: Fault) -> None:
        """Let requests go wrong."""
        self._faults.append(fault)

    def add_delay(self, path: str, seconds: float, times: int) -> None:
        """Let requests wait."""
        self._delays.append((re.compile(path), seconds, [times]))

    def clear(self) -> None:
        """Let all go well again."""
        self._faults.clear()
        self._delays.clear()

    def next_for(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets, used up by one."""
        for fault in self._faults:
            if fault.times and fault.method in (method, "*") and fault.path.search(path):
                fault.times -= 1
                return fault
        return None

    async def wait(self, path: str) -> None:
        """Wait as long as a request is delayed."""
        for pattern, seconds, left in self._delays:
            if left[0] and pattern.search(path):
                left[0] -= 1
                await asyncio.sleep(seconds)
                return
