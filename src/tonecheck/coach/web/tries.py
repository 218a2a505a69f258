"""How often somebody may try a passphrase."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

__all__ = ["Tries"]

WINDOW = 300  # seconds
FOR_A_NAME, FOR_ALL = 5, 60  # wrong passphrases within the window


class Tries:
    """Wrong tries of the last minutes, by name and altogether. A try counts from its beginning."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: deque[tuple[float, str]] = deque()

    def wait(self, name: str) -> float:
        """Seconds until this name may be tried; where that is 0, a try is counted."""
        now = self._clock()
        while self._wrong and now - self._wrong[0][0] >= WINDOW:
            self._wrong.popleft()
        own = [at for at, other in self._wrong if other == name]
        waits = [own[-FOR_A_NAME] + WINDOW - now] if len(own) >= FOR_A_NAME else []
        waits += [self._wrong[-FOR_ALL][0] + WINDOW - now] if len(self._wrong) >= FOR_ALL else []
        if not waits:
            self._wrong.append((now, name))
        return max(waits, default=0)

    def was_right(self, name: str) -> None:
        """This name's tries are forgotten."""
        self._wrong = deque(one for one in self._wrong if one[1] != name)
