"""The mutants apply to the source as it is, and their outcomes are counted; python -m tests.mutations tries them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from patterns.features.table import FEATURES
from tests import mutants, mutations
from tests.mutants import EQUIVALENT, FILES, KINDS, ROOT, Kind, Mutant
from tests.mutations import Trial, main, table, tried

SOURCE = b'''
def f(a: float, b: float) -> bool:
    """Docstrings have no left_hip."""
    rows = [a][: int(b) + 1]
    rows[bisect_left(rows, b)] = np.searchsorted(rows, a)
    return 0 <= a < b and isfinite(b) and "left_hip" in rows and f"{side}_knee" != -a
'''


@pytest.fixture(scope="module")
def every() -> list[Mutant]:
    return mutants.mutants()


def test_every_mutant_puts_another_expression_into_its_file(every: list[Mutant]) -> None:
    sources = {file: (ROOT / file).read_bytes() for file in FILES}
    assert len({(m.file, m.start, m.end, m.text) for m in every}) == len(every), "two mutants are the same"
    for mutant in every:
        before = sources[mutant.file][mutant.start : mutant.end].decode()
        assert before != mutant.text
        for text in (before, mutant.text):
            ast.parse(f"a {text} b" if mutant.kind == "threshold" else text, mode="eval")


def test_every_file_brings_mutants_and_has_tests(every: list[Mutant]) -> None:
    assert {mutant.file for mutant in every} == set(FILES)
    assert {mutant.kind for mutant in every} == set(KINDS)
    for _, tests in FILES.values():
        assert all((ROOT / "tests" / test).is_file() for test in tests)


def test_every_feature_and_every_pair_of_sides_has_its_own_mutants(every: list[Mutant]) -> None:
    changes = {mutant.change for mutant in every if mutant.file == "patterns/features/table.py"}
    for name, feature in FEATURES.items():
        own = {f"-{name}", f"0 for nan in {feature.base}"}
        if feature.base != name:
            own |= {f"-{feature.base} of both sides", f"the other side's {feature.base} of both sides"}
        assert own <= changes


def test_names_are_unique_and_equivalents_are_among_them(every: list[Mutant]) -> None:
    names = [mutant.name for mutant in every]
    assert len(set(names)) == len(names)
    assert set(EQUIVALENT) <= set(names), "an equivalent mutant is gone: take it off the list"


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("threshold", ["0 <= a -> <", "a < b -> <="]),
        (
            "interval",
            [
                "int(b) + 1 -> int(b)",
                "bisect_left -> __import__('bisect').bisect_right",
                "np.searchsorted(rows, a) -> np.searchsorted(rows, a, side='right')",
            ],
        ),
        ("nan", ["b -> np.nan_to_num(b)"]),
        ("sign", ["-a -> (a)"]),
        (
            "side",
            [
                "'left_hip' -> 'right_hip'",
                "f'{side}_knee' -> f\"{ {'left': 'right', 'right': 'left'}[side]}_knee\"",
            ],
        ),
    ],
)
def test_mutants_come_from_the_syntax(
    kind: Kind, changes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FILES, "a.py", ((kind,), ()))
    found = mutants.mutants_of("a.py", SOURCE)
    assert [mutant.change for mutant in found] == changes
    assert {mutant.where for mutant in found} == {"f"}
    ast.parse(found[0].applied(SOURCE))


MUTANT = Mutant("threshold", "a.py", "f", "a < b -> <=", 2, 3, "<=")


@pytest.mark.parametrize(("status", "outcome"), [(0, "survived"), (1, "killed"), (2, "error"), (4, "error")])
def test_tests_run_on_the_mutant_and_the_file_is_restored(
    status: int, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FILES, "a.py", (("threshold",), ("test_a.py",)))
    shown: list[tuple[str, tuple[str, ...]]] = []

    def run_tests(tree: Path, files: tuple[str, ...]) -> tuple[int, str]:
        shown.append(((tree / "a.py").read_text(), files))
        return status, ""

    monkeypatch.setattr(mutations, "run_tests", run_tests)
    (tmp_path / "a.py").write_text("a < b")
    assert tried(MUTANT, tmp_path).outcome == outcome
    assert shown == [("a <= b", ("test_a.py",))]
    assert (tmp_path / "a.py").read_text() == "a < b"


@pytest.mark.parametrize(("outcome", "status"), [("killed", 0), ("survived", 1), ("error", 1)])
def test_exit_status_1_if_a_mutant_is_not_killed(
    outcome: mutations.Outcome,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        mutations, "all_tried", lambda chosen, workers: [Trial(m, outcome, "") for m in chosen]
    )
    assert main(["--only", "view_of"]) == status
    last = capsys.readouterr().out.splitlines()[-2].split()
    assert last == ["all", "3", *("3" if name == outcome else "0" for name in mutations.OUTCOMES)]


def test_mutants_are_listed_without_the_equivalent_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--only", "patterns/segmentation/dwell.py"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert "threshold: patterns/segmentation/dwell.py stays: len(t_s) < 2 -> <=" in listed
    assert not any("course(middle)" in line for line in listed)


def test_the_table_counts_by_kind() -> None:
    trials = [Trial(MUTANT, "killed", ""), Trial(MUTANT, "killed", ""), Trial(MUTANT, "survived", "")]
    assert table(trials, 61.2).splitlines()[4].split() == ["threshold", "3", "2", "1", "0"]
    assert table(trials, 61.2).endswith("61 s")
