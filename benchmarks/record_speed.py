"""How fast records are read: made-up sets of one person, and what the pages and reports ask of them, timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from i18n.report_sentences import report_in
from i18n.translation import ENGLISH
from patterns.templates.library import load_template
from scoring.coach.recording import judge
from scoring.results.session_json import BackendFacts
from scoring.safety.stop_rules import CheckIn
from scoring.trials.synthetic import performed
from sessions.history.progress import courses
from sessions.history.queries import dossier_of, history_of
from sessions.store.records import SessionStart, repetition_row
from sessions.store.save_recording import keep_recording
from sessions.store.store import Store
from vision.pose import PoseSequence

PATTERN: Final = "ue-d2-flexion"
_SIDE: Final = "right"
_NOISE_PX: Final = 0.7
_NOISE_M: Final = 0.004
_SHOWN: Final = 5
"""Repetitions that are made; a set repeats them."""
_BACKEND: Final = BackendFacts("onnx", "full", "0" * 64)
_TIMES: Final = 3


@dataclass(frozen=True)
class Took:
    """what: in words. seconds: by the clock, median of three; cpu_s: of the process."""

    what: str
    seconds: float
    cpu_s: float


def fill(store: Store, sessions: int, repetitions: int) -> None:
    """A set a day, each with its answers, up to today; landmarks are kept of the last alone, to save the disk."""
    template = load_template(PATTERN)
    poses = _moved(repetitions)
    judged = judge((poses.frame(i) for i in range(len(poses))), template, "right")
    reps = judged.reps[:repetitions]
    random, now = np.random.default_rng(20261126), datetime.now(UTC)
    for day in range(sessions - 1, -1, -1):
        at = now - timedelta(days=day)
        store.add_check_in(CheckIn(at - timedelta(minutes=5), "before", 2, 1))
        store.add_check_in(CheckIn(at + timedelta(minutes=9), "after", 2, 3))
        if day == 0:
            keep_recording(store, template, _SIDE, judged.poses, reps, _BACKEND)
            continue
        start = SessionStart(
            *(template.id, template.version, template.sha256, _SIDE, template.view, "live"),
            *(_BACKEND.name, _BACKEND.model, _BACKEND.weights_sha256, 2.0),
            started_at=at,
        )
        number = store.begin(start, (template,))
        with store.database.writing() as session:
            for rep in reps:
                total = (
                    None if rep.total is None else float(np.clip(rep.total - random.uniform(0, 9), 0, 100))
                )
                session.add(repetition_row(number, replace(rep, total=total)))
        store.finish(number)


def _moved(repetitions: int) -> PoseSequence:
    """The figure of the exercise with the noise of a network; a few repetitions over and over."""
    shown = performed(load_template(PATTERN), _SIDE, min(_SHOWN, repetitions))
    random, step = np.random.default_rng(1), float(shown.t_s[-1] - shown.t_s[0]) + 1 / 30
    rounds = -(-repetitions // _SHOWN)
    every = [
        replace(shown.frame(i), t_s=float(shown.t_s[i]) + k * step)
        for k in range(rounds)
        for i in range(len(shown))
    ]
    whole = PoseSequence.from_frames(every)
    world = whole.world_m
    return replace(
        whole,
        xy_px=whole.xy_px + random.normal(scale=_NOISE_PX, size=whole.xy_px.shape),
        world_m=None if world is None else world + random.normal(scale=_NOISE_M, size=world.shape),
    )


def below_the_pages(store: Store) -> Iterator[Took]:
    """What the pages ask of the store and of judgement, one after the other."""
    number = store.sessions()[0].id
    asked: dict[str, Callable[[], object]] = {
        "list of all sessions": store.all_sessions,
        "a person's history": lambda: history_of(store),
        "history and what changed": lambda: courses(history_of(store)),
        "the latest set with its curves": lambda: dossier_of(store, number).traces,
        "report for the chart": lambda: report_in(ENGLISH, store, "chart"),
        "sheet for the person": lambda: report_in(ENGLISH, store, "sheet"),
    }
    for what, ask in asked.items():
        yield _timed(what, ask)


def _timed(what: str, ask: Callable[[], object]) -> Took:
    took, worked = [], []
    for _ in range(_TIMES):
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        ask()
        took.append(time.perf_counter() - began_s)
        worked.append(time.process_time() - began_cpu_s)
    return Took(what, sorted(took)[_TIMES // 2], sorted(worked)[_TIMES // 2])
