"""The report on how long tests take: what it calls a change."""

from __future__ import annotations

from tests.durations import differences


def test_a_slower_computer_changes_nothing() -> None:
    before = {"a.py": 10.0, "b.py": 30.0, "c.py": 0.1}
    assert differences({name: 3 * s for name, s in before.items()}, before) == []


def test_a_file_whose_share_grew_is_reported_with_what_was_expected() -> None:
    before = {"a.py": 10.0, "b.py": 90.0}
    assert differences({"a.py": 30.0, "b.py": 90.0, "new.py": 9.0}, before) == [
        "a.py: 30.0 s, expected 12.0 s"
    ]


def test_small_files_and_empty_tables_are_not_reported() -> None:
    assert differences({"a.py": 1.9, "b.py": 100.0}, {"a.py": 0.1, "b.py": 100.0}) == []
    assert differences({"a.py": 1.0}, {}) == []
