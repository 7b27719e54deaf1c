"""One worker thread that prepares a few items ahead, so that decoding overlaps with inference."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


class _End:
    """Marks the end of the items."""


def look_ahead(items: Iterable[Item], depth: int = 4) -> Generator[Item]:
    """Yield the items in order, made in one other thread, at most `depth` of them ahead of the consumer.

    An error raised while an item is made is raised here, in its place in the order. The thread has ended, and
    an iterator with a close() is closed, by the time this generator is exhausted, closed or has raised.
    Raises ValueError for depth < 1.
    """
    if depth < 1:
        raise ValueError(f"depth: expected at least 1, got {depth}")
    return _ahead(items, depth)


def _ahead(items: Iterable[Item], depth: int) -> Generator[Item]:
    end = _End()
    iterator = iter(items)
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look-ahead")
    waiting: deque[Future[Item | _End]] = deque()
    try:
        for _ in range(depth):
            waiting.append(worker.submit(next, iterator, end))
        while True:
            item = waiting.popleft().result()
            if isinstance(item, _End):
                return
            waiting.append(worker.submit(next, iterator, end))
            yield item
    finally:
        worker.shutdown(wait=True, cancel_futures=True)
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
