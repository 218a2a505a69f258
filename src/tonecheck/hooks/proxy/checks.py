"""Checks without end on few processes: the rest wait, and a text that comes again is not read again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from queue import SimpleQueue

from tonecheck.config import Config
from tonecheck.hooks.gate import Decision, decide
from tonecheck.hooks.proxy.worker import Worker
from tonecheck.mail.draft import Draft
from tonecheck.report import Report

__all__ = ["Checks"]

REPORTS_KEPT = 256
LONGEST_KEPT = 20_000


class Checks:
    """The gate's decisions, on `workers` processes with a warm checker each."""

    def __init__(self, config: Config, workers: int) -> None:
        self._config = config
        self._workers = [Worker(config) for _ in range(workers)]
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)
        # As many threads as processes, so that waiting for one is not part of a check's time.
        self._threads = ThreadPoolExecutor(workers)
        self._kept = lru_cache(REPORTS_KEPT)(self._fresh)

    def wait(self) -> None:
        """Until every checker is warm. Raises TonecheckError where one cannot be."""
        for worker in self._workers:
            worker.wait()

    async def decide(self, mail: bytes, recipients: Sequence[str]) -> Decision:
        """The gate's decision, where nobody can be asked."""
        work = partial(
            decide, mail, config=self._config, recipients=recipients, can_ask=False, check=self._check
        )
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """End the processes at once."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()

    def _check(self, draft: Draft) -> Report:
        return self._kept(draft) if len(draft.text) <= LONGEST_KEPT else self._fresh(draft)

    def _fresh(self, draft: Draft) -> Report:
        worker = self._free.get()
        try:
            return worker.check(draft)
        finally:
            self._free.put(worker)
