"""How long to wait: between requests, so that a source is asked politely, and before asking again."""

from __future__ import annotations

import datetime
import random
import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState

from pipeline.searches import Network


class Passing(Exception):
    """An answer that another attempt may better: a full server, a torn line, half a file.

    `after`: seconds that the source asks to wait.
    """

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.after = after


class Pace:
    """At most so many requests a second, from all threads together."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._clock, self._sleep = clock, sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Until it is this request's turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)


def retry_after(value: str | None, now: datetime.datetime | None = None) -> float:
    """Seconds that a Retry-After header asks for, as a number or a date (RFC 9110, 10.2.3); 0 for none."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.UTC)
    return max(0.0, (when - (now or datetime.datetime.now(datetime.UTC))).total_seconds())


def wait_before_next(
    network: Network, uniform: Callable[[float, float], float] = random.uniform
) -> Callable[[RetryCallState], float]:
    """Seconds to wait after a failed attempt: random up to a bound that doubles each time, never less than asked."""

    def wait(state: RetryCallState) -> float:
        bound = min(network.longest_wait, network.backoff * 2.0 ** (state.attempt_number - 1))
        error = state.outcome.exception() if state.outcome else None
        after = error.after if isinstance(error, Passing) else 0.0
        return after + uniform(bound / 2, bound) if after == 0 else after + uniform(0, min(bound, 1.0))

    return wait
