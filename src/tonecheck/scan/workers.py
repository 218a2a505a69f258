"""Worker processes that share the loaded model, and outlive one another."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from tonecheck.scan.entry import Entry
from tonecheck.scan.rows import Scored, failed

__all__ = ["batches", "in_order"]

BATCH_ENTRIES, BATCH_BYTES = 16, 4_000_000
AHEAD = 3
LIFE = 5_000  # mails, after which a worker makes room for a new one: each leaves words in spaCy's memory
KILLED = "its worker process was killed twice over it; perhaps it needs more memory than there is"
Score = Callable[[list[Entry]], list[Scored]]


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in groups that are small in number and in bytes."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        if batch and (len(batch) == BATCH_ENTRIES or size + entry.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.size
    if batch:
        yield batch


@dataclass(slots=True)
class _Slot:
    """A batch on its way; `rows` fill up in any order and leave in theirs."""

    entries: list[Entry]
    rows: dict[int, Scored] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return len(self.rows) == len(self.entries)


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    slot: _Slot | None = None
    numbers: tuple[int, ...] = ()
    tries: int = 0
    scored: int = 0


def in_order(groups: Iterable[list[Entry]], score: Score, jobs: int) -> Iterator[list[Scored]]:
    """The rows of each batch, in the order of the batches, by `jobs` processes forked from this one.

    A batch whose worker is killed is tried again mail by mail; one that kills two is an error.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        for group in groups:
            yield score(group)
        return
    crew = _Crew(score, jobs)
    try:
        yield from crew.results(iter(groups))
    finally:
        crew.end()


class _Crew:
    def __init__(self, score: Score, jobs: int) -> None:
        self._score = score
        # What is loaded by now is never collected, so its pages stay shared.
        gc.collect()
        gc.freeze()
        self._workers: list[_Worker] = []
        for _ in range(jobs):
            self._workers.append(self._hired())
        self._again: deque[tuple[_Slot, tuple[int, ...], int]] = deque()

    def results(self, groups: Iterator[list[Entry]]) -> Iterator[list[Scored]]:
        slots: deque[_Slot] = deque()
        more = True
        while True:
            for worker in [w for w in self._workers if w.slot is None and w.scored >= LIFE]:
                self._replace(worker)
            for worker in self._workers:
                if (
                    worker.slot is None
                    and not self._again
                    and more
                    and len(slots) < AHEAD * len(self._workers)
                ):
                    group = next(groups, None)
                    more = group is not None
                    if group is not None:
                        slots.append(_Slot(group))
                        self._again.append((slots[-1], tuple(range(len(group))), 0))
                if worker.slot is None and self._again:
                    self._give(worker, *self._again.popleft())
            while slots and slots[0].is_full:
                slot = slots.popleft()
                yield [slot.rows[number] for number in range(len(slot.entries))]
            if not slots and not more:
                return
            self._listen()

    def end(self) -> None:
        """Stop every worker at once; none of them writes anything."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
        gc.unfreeze()

    def _give(self, worker: _Worker, slot: _Slot, numbers: tuple[int, ...], tries: int) -> None:
        worker.slot, worker.numbers, worker.tries = slot, numbers, tries
        try:
            worker.pipe.send([slot.entries[number] for number in numbers])
        except OSError:  # it died idle: the work is not to blame
            self._replace(worker)
            self._again.appendleft((slot, numbers, tries))

    def _listen(self) -> None:
        """Take in what workers have finished, and what those that died have left undone."""
        busy = {w.pipe: w for w in self._workers if w.slot is not None}
        for pipe in wait(list(busy)):
            worker = busy[pipe]  # type: ignore[index]
            slot, numbers = worker.slot, worker.numbers
            assert slot is not None
            try:
                slot.rows.update(zip(numbers, worker.pipe.recv(), strict=True))
                worker.slot = None
                worker.scored += len(numbers)
            except (EOFError, OSError):
                tries = worker.tries + 1
                self._replace(worker)
                if len(numbers) == 1 and tries > 1:
                    slot.rows[numbers[0]] = failed(slot.entries[numbers[0]], KILLED)
                else:
                    self._again.extendleft((slot, (number,), tries) for number in reversed(numbers))

    def _replace(self, worker: _Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        self._workers[self._workers.index(worker)] = self._hired()

    def _hired(self) -> _Worker:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        others = [worker.pipe for worker in self._workers if not worker.pipe.closed]
        process = context.Process(target=_work, args=(theirs, [ours, *others], self._score), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)


def _work(pipe: Connection, not_ours: list[Connection], score: Score) -> None:
    """A worker's life: it ends with the process that gave it work, also where that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in not_ours:
        other.close()
    while True:
        try:
            entries = pipe.recv()
            pipe.send(score(entries))
        except (EOFError, OSError):
            return
