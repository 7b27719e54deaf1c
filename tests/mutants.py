"""Mutants: small changes to the source, each of which must turn a test red (see tests.mutations).

They come from the syntax tree, so new code in one of the files brings its own mutants. Kinds:

sign: a feature, one branch of it, a difference or a minus turned round.
side: a feature or a landmark of the other side.
nan: 0 in place of NaN.
threshold: a comparison with or without the limit itself.
interval: one frame more or less at the end of a slice, or the other side of equal times.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from patterns.features.table import FEATURES
from patterns.templates.mirroring import swapped

ROOT: Final = Path(__file__).parent.parent
Kind = Literal["sign", "side", "nan", "threshold", "interval"]
KINDS: Final[tuple[Kind, ...]] = ("sign", "side", "nan", "threshold", "interval")

_VALUES: Final = ("patterns/features/test_feature_values.py", "patterns/features/test_table.py")
_SEGMENTS: Final = ("patterns/segmentation/test_limits.py", "patterns/segmentation/test_segmenter.py")
_EDGES: Final = ("patterns/segmentation/test_edge_limits.py",)
_INTERVALS: Final = ("scoring/records/test_interval_limits.py",)
_FAULTS: Final = ("scoring/coach/test_fault_limits.py", "scoring/metrics/test_table.py")

FILES: Final[dict[str, tuple[tuple[Kind, ...], tuple[str, ...]]]] = {
    "patterns/features/table.py": (("sign", "side", "nan"), _VALUES),
    "patterns/features/angles.py": (("sign", "side"), _VALUES),
    "patterns/features/geometry.py": (("sign", "side"), _VALUES),
    "patterns/features/signals.py": (("sign", "side", "nan", "threshold"), (*_VALUES, *_FAULTS)),
    "patterns/features/view_errors.py": (("nan", "threshold"), _FAULTS),
    "patterns/templates/template.py": (("threshold",), ("patterns/templates/test_limits.py",)),
    "patterns/segmentation/segmenter.py": (("nan", "threshold", "interval"), _SEGMENTS),
    "patterns/segmentation/phase.py": (("nan", "threshold", "interval"), _EDGES),
    "patterns/segmentation/edges.py": (("nan", "threshold", "interval"), _EDGES),
    "patterns/segmentation/dwell.py": (("nan", "threshold", "interval"), _EDGES),
    "patterns/features/conditioning.py": (("threshold", "interval"), _INTERVALS),
    "scoring/coach/side_tracker.py": (("nan", "threshold", "interval"), _FAULTS),
    "scoring/records/movement_data.py": (("nan", "threshold", "interval"), (*_INTERVALS, *_FAULTS)),
    "scoring/records/finding.py": (("nan", "threshold", "interval"), _FAULTS),
    "scoring/metrics/table.py": (("nan", "threshold", "interval"), _FAULTS),
    "scoring/metrics/targets.py": (("nan", "threshold", "interval"), _FAULTS),
    "scoring/metrics/tempo.py": (("nan", "threshold", "interval"), _FAULTS),
    "scoring/metrics/smoothness.py": (
        ("nan", "threshold", "interval"),
        ("scoring/metrics/test_smoothness.py",),
    ),
    "scoring/coach/coach.py": (("threshold",), ("scoring/coach/test_fault_limits.py",)),
    "scoring/results/captions.py": (("threshold", "interval"), ("scoring/results/test_captions.py",)),
    "scoring/results/curves.py": (("interval",), _INTERVALS),
    "scoring/coach/judgement.py": (("nan", "threshold", "interval"), _FAULTS),
}
"""The files that are changed: how, and the test files that must notice, the quickest to do so first."""

EQUIVALENT: Final = {
    "patterns/features/angles.py hip_shift: s.m(f'{side}_hip') - s.m(f'{side}_knee') -> "
    '((s.m(f"{side}_knee")) - (s.m(f"{side}_hip")))': "only the length of the thigh is taken",
    "patterns/features/angles.py hip_shift: s.m(f'{side}_knee') - s.m(f'{side}_ankle') -> "
    '((s.m(f"{side}_ankle")) - (s.m(f"{side}_knee")))': "only the length of the shank is taken",
    "patterns/features/angles.py knee_medial_tilt: s.m(f'{side}_foot_index') - s.m(f'{side}_heel') -> "
    '((s.m(f"{side}_heel")) - (s.m(f"{side}_foot_index")))': "the axis across the foot is turned inward afterwards",
    "patterns/segmentation/phase.py _OwnStart.step: self._start > self._end -> >=": "all maps to it there",
    "patterns/segmentation/dwell.py time_share: course(middle) < gone -> <=": "halving ends at the same root",
    "patterns/segmentation/dwell.py _arrival: last + 1 -> last": "the last frame is at the middle level",
    "scoring/records/finding.py graded: deviation <= tolerance -> <": "both lines give 90 at the tolerance",
    "scoring/records/finding.py Grading.error: score >= CLEAN -> >": "both lines give the tolerance at 90",
    "scoring/metrics/targets.py _unsteady: departure <= steady -> <": "both lines give the tolerance there",
    "scoring/metrics/smoothness.py _evenly: seen.sum() < 2 -> <=": "one even sample is too few in any case",
}
"""Mutants by name that make no difference, and why."""


@dataclass(frozen=True)
class Mutant:
    """One change: of bytes [start, end) of a file into text.

    where: the function it is in. change: the changed expression, before and after, or the feature.
    """

    kind: Kind
    file: str
    where: str
    change: str
    start: int
    end: int
    text: str

    @property
    def name(self) -> str:
        """Return file, function and change in one line."""
        return f"{self.file} {self.where}: {self.change}"

    def applied(self, source: bytes) -> bytes:
        """Return the source of the file with the change."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutants() -> list[Mutant]:
    """Return every mutant of every file, in the order of the files and of their lines."""
    return [mutant for file in FILES for mutant in mutants_of(file, (ROOT / file).read_bytes())]


def mutants_of(file: str, source: bytes) -> list[Mutant]:
    """Return the mutants of one file; names that occur more than once are numbered."""
    kinds, _ = FILES[file]
    found = [m for m in _Finder(file, source).found() if m.kind in kinds]
    named: list[Mutant] = []
    for mutant in sorted(found, key=lambda m: (m.start, m.end, m.text)):
        same = sum(
            other.where == mutant.where and other.change.split(" #")[0] == mutant.change for other in named
        )
        change = f"{mutant.change} #{same + 1}" if same else mutant.change
        named.append(Mutant(**{**vars(mutant), "change": change}))
    return named


_LIMITS: Final[dict[type[ast.cmpop], tuple[str, str]]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
}
_BISECTIONS: Final = {"bisect_left": "bisect_right", "bisect_right": "bisect_left"}
_SIDE: Final = re.compile(r"(left|right)_\w+")
_OTHER: Final = "{'left': 'right', 'right': 'left'}"
_COMPUTE: Final = "_computed(FEATURES[name], signals)"
"""Where features.py computes a feature: the place for mutants of single features."""

_OF_THE_OTHER_SIDE: Final = _COMPUTE.replace(
    "name", "name.replace('_left', '*').replace('_right', '_left').replace('*', '_right')"
)
_LANDMARKS: Final = ("self.xy_px[:, INDEX[name]]", "self.world_m[:, INDEX[name]]")
"""Where signals.py looks up a landmark."""


class _Finder:
    """Find the mutants of one file in its syntax tree."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source = file, source
        self.tree = ast.parse(source)
        lines = source.splitlines(keepends=True)
        self._line_starts = [0]
        for line in lines:
            self._line_starts.append(self._line_starts[-1] + len(line))

    def found(self) -> Iterator[Mutant]:
        for where, node in _with_function(self.tree, ""):
            yield from self._thresholds(where, node)
            yield from self._intervals(where, node)
            yield from self._nans(where, node)
            yield from self._signs(where, node)
            yield from self._sides(where, node)
            if ast.unparse(node) == _COMPUTE:
                yield from self._features(where, node)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr) and node.end_lineno is not None and node.end_col_offset is not None
        start, end = self._line_starts[node.lineno - 1], self._line_starts[node.end_lineno - 1]
        return start + node.col_offset, end + node.end_col_offset

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _changed(self, kind: Kind, where: str, node: ast.AST, text: str) -> Mutant:
        """Return the mutant in which an expression is replaced."""
        change = f"{ast.unparse(node)} -> {text}"
        return Mutant(kind, self.file, where, change, *self._span(node), text)

    def _thresholds(self, where: str, node: ast.AST) -> Iterator[Mutant]:
        if not isinstance(node, ast.Compare):
            return
        sides = [node.left, *node.comparators]
        for k, op in enumerate(node.ops):
            if type(op) not in _LIMITS:
                continue
            old, new = _LIMITS[type(op)]
            from_, to = self._span(sides[k])[1], self._span(sides[k + 1])[0]
            start = self.source.index(old.encode(), from_, to)
            part = f"{ast.unparse(sides[k])} {old} {ast.unparse(sides[k + 1])}"
            yield Mutant("threshold", self.file, where, f"{part} -> {new}", start, start + len(old), new)

    def _intervals(self, where: str, node: ast.AST) -> Iterator[Mutant]:
        if isinstance(node, ast.Name) and node.id in _BISECTIONS:
            yield self._changed("interval", where, node, f"__import__('bisect').{_BISECTIONS[node.id]}")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.searchsorted" and not node.keywords:
            both = ", ".join(self._text(part) for part in node.args)
            yield self._changed("interval", where, node, f"np.searchsorted({both}, side='right')")
        bounds: tuple[ast.expr | None, ...] = ()
        if isinstance(node, ast.Slice):
            bounds = (node.lower, node.upper)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "slice":
            bounds = tuple(node.args)
        for bound in bounds:
            if bound is None or isinstance(bound, ast.Constant):
                continue
            one_more = isinstance(bound, ast.BinOp) and ast.unparse(bound).endswith(" + 1")
            text = ast.unparse(bound)
            yield self._changed("interval", where, bound, text[:-4] if one_more else f"{text} + 1")

    def _nans(self, where: str, node: ast.AST) -> Iterator[Mutant]:
        if not isinstance(node, ast.Call):
            if ast.unparse(node) in _LANDMARKS and self.file == "patterns/features/signals.py":
                yield self._changed("nan", where, node, f"np.nan_to_num({ast.unparse(node)})")
            return
        called = ast.unparse(node.func).split(".")[-1]
        if called in ("isfinite", "isnan"):
            yield self._changed("nan", where, node.args[0], f"np.nan_to_num({self._text(node.args[0])})")
        if called == "nan_to_num" and node.keywords:
            yield self._changed("nan", where, node.keywords[0].value, "0.0")

    def _signs(self, where: str, node: ast.AST) -> Iterator[Mutant]:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            if not isinstance(node.operand, ast.Constant):
                yield self._changed("sign", where, node, f"({self._text(node.operand)})")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            left, right = self._text(node.left), self._text(node.right)
            yield self._changed("sign", where, node, f"(({right}) - ({left}))")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "_outward":
            yield self._changed("sign", where, node, f"(-{self._text(node)})")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "_best":
            for branch in node.args[1:]:
                yield self._changed("sign", where, branch, f"(-({self._text(branch)}))")

    def _sides(self, where: str, node: ast.AST) -> Iterator[Mutant]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SIDE.fullmatch(node.value):
            yield self._changed("side", where, node, repr(swapped(node.value)))
        if not isinstance(node, ast.JoinedStr) or len(node.values) < 2:
            return
        first, rest = node.values[0], self._text(node)
        if isinstance(first, ast.FormattedValue) and ast.unparse(first.value) == "side":
            yield self._changed("side", where, node, rest.replace("{side}", f"{{ {_OTHER}[side]}}", 1))
        elif isinstance(first, ast.Constant) and str(first.value).startswith(("left_", "right_")):
            yield self._changed("side", where, node, swapped(rest))

    def _features(self, where: str, node: ast.AST) -> Iterator[Mutant]:
        """Return mutants of every feature, and of its two sides together, which still mirror each other."""
        for name in FEATURES:
            yield self._of(node, "sign", where, name, f"-{_COMPUTE} if name == {name!r}")
        for base in dict.fromkeys(feature.base for feature in FEATURES.values()):
            if_it = f"if FEATURES[name].base == {base!r}"
            yield self._of(node, "nan", where, base, f"np.nan_to_num({_COMPUTE}) {if_it}")
            if base not in FEATURES:
                yield self._of(node, "sign", where, f"{base} of both sides", f"-{_COMPUTE} {if_it}")
                yield self._of(node, "side", where, f"{base} of both sides", f"{_OF_THE_OTHER_SIDE} {if_it}")

    def _of(self, node: ast.AST, kind: Kind, where: str, feature: str, text: str) -> Mutant:
        change = {"sign": "-", "nan": "0 for nan in ", "side": "the other side's "}.get(kind, "") + feature
        return Mutant(kind, self.file, where, change, *self._span(node), f"({text} else {_COMPUTE})")


def _with_function(node: ast.AST, where: str) -> Iterator[tuple[str, ast.AST]]:
    """Return every expression with the function it is in."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        where = f"{where}.{node.name}".lstrip(".")
    if isinstance(node, ast.expr | ast.Slice):
        yield where, node
    if isinstance(node, ast.JoinedStr):
        return
    for child in ast.iter_child_nodes(node):
        yield from _with_function(child, where)
