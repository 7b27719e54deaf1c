"""What `bench records` times is what a person's days are: made up, then read as the pages read them."""

from __future__ import annotations

from benchmarks.record_speed import below_the_pages, fill
from sessions.history.progress import courses
from sessions.history.queries import dossier_of, history_of
from sessions.store.store import Store


def test_the_made_up_sets_are_counted_scored_and_read_in_every_way(store: Store) -> None:
    fill(store, 3, 7)
    lines = store.sessions()
    assert [(line.repetitions, line.attempts) for line in lines] == [(7, 0)] * 3
    assert len({line.start.started_at.date() for line in lines}) == 3
    assert all(trace is not None for trace in dossier_of(store, lines[0].id).traces)
    total = next(one for one in courses(history_of(store)) if one.name == "total")
    assert [point.n for point in total.points] == [7, 7, 7]
    assert len(store.check_ins()) == 6
    found = list(below_the_pages(store))
    assert len({one.what for one in found}) == len(found) == 6
    assert all(one.cpu_s > 0 and one.seconds > 0 for one in found)
