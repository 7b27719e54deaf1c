"""The pacer against hand-worked timelines: who follows finishes, who does not is waited for, nothing runs away."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.programs.technique import load_technique, pacing_sentences, technique_ids
from patterns.templates.library import load_template, template_ids
from scoring.pacing.pacer import Pacer, PaceUpdate
from scoring.records.records import MetricValue, RepScore, State
from tests.support.paced_person import Follower, Person, heard
from tests.support.stick_figure import minimum_jerk

ARM = load_template("ue-d2-flexion")
SAID = pacing_sentences()
TIMELINES: dict[str, tuple[float, int, dict[str, float]]] = {
    "own-pace": (3 * 6.4, 3, {}),
    "metronome": (6 * 5.0, 6, {"Out": 1.0, "Back": 3.0}),
    "rhythmic-initiation": (2 * 6.0 + 3 * 8.0 + 3 * 6.4, 6, {"Out": 14.0, "Back": 17.0, "Once more": 36.0}),
    "replication": (
        1 + 2 + 3 + (1.5 + 1.5 + 2) * 2 + 6 + 2,
        3,
        {"Hold": 3.0, "A little back": 6.0, "Back": 22.0},
    ),
    "combination-of-isotonics": (2 + 5 * 8.0, 5, {"Out": 2.0, "Hold": 4.0, "Slowly back": 7.0}),
    "dynamic-reversals": (2 + 6 * 4.0, 6, {"Out": 2.0, "And back": 4.0}),
    "hold-relax": (
        3 * 24.0,
        3,
        {"Push": 5.0, "Let go": 11.0, "A little farther": 15.0, "Stay": 18.0, "Back": 21.0},
    ),
    "contract-relax": (3 * 24.0, 3, {"Push": 5.0, "Let go": 11.0, "Back": 21.0}),
}
"""Technique: seconds until it is over, counted rounds, when its steps first begin; added up by hand from the files."""


def test_every_technique_has_a_timeline_here() -> None:
    assert set(TIMELINES) == set(technique_ids())


@pytest.mark.parametrize("name", TIMELINES)
def test_who_follows_the_target_is_through_in_the_time_that_the_file_adds_up_to(name: str) -> None:
    over_s, rounds, begins = TIMELINES[name]
    dose = 3 if name == "own-pace" else None
    said = list(heard(load_technique(name), ARM, Follower(), over_s + 5, dose))
    last = said[-1]
    assert last.finished and (last.done, last.of) == (rounds, rounds)
    assert last.t_s == pytest.approx(over_s, abs=1.5 if "repeat" in {u.do for u in said} else 0.35)
    for title, at_s in begins.items():
        first = next(u for u in said if u.title == title)
        assert first.t_s == pytest.approx(at_s, abs=0.3), title
    assert last.sentence == SAID.finished
    assert not any(u.waiting for u in said)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [(n, p) for n in technique_ids() for p in template_ids() if load_technique(n).fits(load_template(p))],
)
def test_every_technique_can_be_finished_with_every_exercise_that_it_suits(name: str, pattern: str) -> None:
    technique, template = load_technique(name), load_template(pattern)
    last = list(heard(technique, template, Follower(), 200.0, 2))[-1]
    assert last.finished and last.done == last.of


@pytest.mark.parametrize("name", sorted(set(TIMELINES) - {"own-pace"}))
@pytest.mark.parametrize("reach", [0.62, 0.75])
def test_who_cannot_go_the_whole_way_is_let_through_where_it_would_count(name: str, reach: float) -> None:
    last = list(heard(load_technique(name), ARM, Follower(reach), 250.0))[-1]
    assert last.finished and last.done == last.of


def test_who_does_not_go_far_enough_is_waited_for() -> None:
    said = list(heard(load_technique("metronome"), ARM, Follower(reach=0.4), 20.0))
    assert said[-1].done == 0 and said[-1].waiting and said[-1].title == "Out"
    assert [u.sentence for u in said if u.sentence][-1] == SAID.out


def test_who_is_slow_is_waited_for_and_told_so_once() -> None:
    def slow(t_s: float, _: PaceUpdate | None) -> float:
        return minimum_jerk((t_s - 2.0) / 10.0)  # ten seconds for a way of two

    said = list(heard(load_technique("dynamic-reversals"), ARM, slow, 11.9))
    waits = [u.t_s for u in said if u.waiting]
    assert waits and {u.title for u in said if u.t_s > 2.1 and u.t_s < 7.5} == {"Out"}
    assert sum(u.sentence == SAID.out for u in said) == 1
    arrived = next(u for u in said if u.title == "And back")
    assert 0.8 <= slow(arrived.t_s, None) < 0.9, "as soon as they are in the zone of the whole range"
    assert all(u.target == 1.0 for u in said if u.waiting)


def test_a_hold_counts_only_while_the_person_is_there() -> None:
    """Isotonics: hold from 4 s on for 3 s; away from 5 to 8 s at a third of the way, so it ends at 10 s."""

    def leaves(t_s: float, said: PaceUpdate | None) -> float | None:
        if 5.0 <= t_s < 8.0:
            return 0.33
        return 1.0 if t_s >= 4.0 else Follower(at=0.0)(t_s, said)

    said = list(heard(load_technique("combination-of-isotonics"), ARM, leaves, 14.0))
    hold = [u for u in said if u.title == "Hold"]
    assert hold[0].t_s == pytest.approx(4.0, abs=0.25)
    away = [u for u in hold if 5.1 < u.t_s < 7.9]
    assert len({u.seconds_left for u in away}) == 1 and away[-1].waiting
    assert sum(u.sentence == SAID.hold for u in hold) == 1
    back_s = next(u.t_s for u in said if u.title == "Slowly back")
    assert back_s == pytest.approx(hold[0].t_s + 3.0 + 3.0, abs=0.1)


@pytest.mark.parametrize("gone", ["no progress", "lost", "no frames"])
def test_out_of_sight_nothing_counts(gone: str) -> None:
    """A hold from 4 to 7 s, interrupted for 4 s; who was lost has to be at the end again first."""
    follower = Follower()

    def person(t_s: float, said: PaceUpdate | None) -> float | None:
        if gone == "no progress" and 5.0 <= t_s < 9.0:
            return None
        return follower(t_s, said)

    def state(t_s: float) -> State:
        return "lost" if gone == "lost" and 5.0 <= t_s < 9.0 else "moving"

    technique = load_technique("combination-of-isotonics")
    if gone == "no frames":
        pacer, said, last = Pacer(technique, ARM), [], None
        for k in range(500):
            t_s = k / 30 + (4.0 if k >= 150 else 0.0)
            last = pacer.step(t_s, follower(t_s, last), "moving")
            said.append(last)
    else:
        said = list(heard(technique, ARM, person, 16.0, states=state))
    first_back = next(u for u in said if u.title == "Slowly back")
    assert first_back.t_s == pytest.approx(11.0, abs=0.15)
    paused = [u for u in said if u.paused and u.t_s > 3]
    assert bool(paused) is (gone != "no frames")
    assert len({(u.target, u.seconds_left, u.beat, u.done) for u in paused}) <= 1


def test_who_was_lost_on_the_way_back_begins_it_from_the_end_again() -> None:
    """Replication: lost in the part of the way back, armed anew at the start: standing there is not a part return."""
    technique = load_technique("replication")
    follower = Follower()

    def person(t_s: float, said: PaceUpdate | None) -> float | None:
        if 6.3 <= t_s < 12.0:
            follower.at = 0.0
            return 0.0
        return follower(t_s, said)

    said = list(heard(technique, ARM, person, 40.0, states=lambda t: "lost" if 6.3 <= t < 9 else "ready"))
    standing = [u for u in said if 9.0 <= u.t_s < 12.0]
    assert {u.title for u in standing} == {"A little back"} and standing[-1].waiting
    assert all(u.target == 1.0 for u in standing), "the end position is where it goes on"
    assert SAID.turn_first in [u.sentence for u in standing]
    assert said[-1].finished and said[-1].done == 3


def test_a_part_of_the_way_is_counted_from_progress_alone() -> None:
    """Nobody follows here: own timing, parts of 40 %, 70 % and the whole way."""
    knots = [
        (0, 0),
        (2, 0),
        (4, 1),
        (8, 1),
        (9, 0.6),
        (10, 1),
        (13, 1),
        (14.2, 0.3),
        (15.4, 1),
        (18.4, 1),
        (20, 0),
    ]
    knots += [(22, 1), (25, 1), (27, 0), (30, 0)]

    def person(t_s: float, _: PaceUpdate | None) -> float:
        (a_s, a), (b_s, b) = next(pair for pair in pairwise(knots) if pair[0][0] <= t_s < pair[1][0])
        return a + (b - a) * minimum_jerk((t_s - a_s) / (b_s - a_s))

    said = list(heard(load_technique("replication"), ARM, person, 29.0))
    assert said[-1].finished and said[-1].done == said[-1].of == 3
    counted = [b.t_s for a, b in pairwise(said) if b.done > a.done]
    assert counted == [pytest.approx(at_s, abs=0.7) for at_s in (12.0, 17.4, 24.0)], "at the end of each hold"


def test_who_sets_off_early_is_met_where_they_are() -> None:
    """Out at 0.5 s instead of 2 s, in two seconds: back begins at 2.5 s."""

    def early(t_s: float, _: PaceUpdate | None) -> float:
        return minimum_jerk((t_s - 0.5) / 2.0) if t_s < 2.5 else 1 - minimum_jerk((t_s - 2.5) / 2.0)

    said = list(heard(load_technique("dynamic-reversals"), ARM, early, 6.0))
    assert next(u.t_s for u in said if u.title == "And back") == pytest.approx(2.5, abs=0.2)


def test_the_beat_is_even_and_the_first_of_a_step_is_strong() -> None:
    said = list(heard(load_technique("metronome"), ARM, Follower(), 35.0))
    beats = [b for a, b in pairwise([replace(said[0], beat=0), *said]) if b.beat > a.beat]
    assert len(beats) == 6 * 5
    assert [b.strength for b in beats[:5]] == [1.0, 1.0, 0.5, 1.0, 0.5], "ready, out and out, back and back"
    assert all(b.t_s - a.t_s == pytest.approx(1.0, abs=0.08) for a, b in pairwise(beats))


def test_the_next_beat_is_foretold() -> None:
    said = list(heard(load_technique("metronome"), ARM, Follower(), 35.0))
    beat_s = {b.beat: b.t_s for a, b in pairwise(said) if b.beat > a.beat}
    told = [u for u in said if u.beat_in_s is not None and u.beat + 1 in beat_s]
    assert len(told) > 0.6 * len(said)
    assert all(beat_s[u.beat + 1] == pytest.approx(u.t_s + (u.beat_in_s or 0), abs=0.07) for u in told)


def test_while_it_waits_there_is_no_beat() -> None:
    said = list(heard(load_technique("metronome"), ARM, lambda t_s, _: 0.0 if t_s < 1 else 0.3, 12.0))
    waiting = [u for u in said if u.waiting]
    assert waiting and len({u.beat for u in waiting}) == 1
    assert all(u.beat_in_s is None for u in waiting)


def test_the_demonstration_goes_out_and_back_while_the_person_watches() -> None:
    said = list(heard(load_technique("rhythmic-initiation"), ARM, lambda t_s, _: 0.0, 12.1))
    watch = [u for u in said if u.do == "watch"]
    assert watch[-1].t_s == pytest.approx(12.0, abs=0.1)
    at_3s = next(u for u in watch if u.t_s >= 3.0)
    assert at_3s.target == pytest.approx(1.0, abs=0.01) and watch[0].target == pytest.approx(0.0, abs=0.01)
    assert all(u.done == 0 and u.zone is None for u in watch)


def test_a_sentence_is_said_once_in_full_and_then_by_its_title() -> None:
    said = [
        u.sentence for u in heard(load_technique("dynamic-reversals"), ARM, Follower(), 30.0) if u.sentence
    ]
    assert said[:5] == [
        "Get ready at the start position.",
        "Go out, and at the end turn round at once.",
        "And back, and at the start turn round at once.",
        "Out",
        "And back",
    ]


def test_the_dose_takes_the_place_of_the_rounds_of_its_stage() -> None:
    said = list(heard(load_technique("rhythmic-initiation"), ARM, Follower(), 90.0, repetitions=2))
    assert said[-1].of == 3 + 2 and said[-1].done == 5 and said[-1].finished
    endless = list(heard(load_technique("own-pace"), ARM, Follower(), 30.0))
    assert endless[-1].of is None and endless[-1].done == 4 and not endless[-1].finished


def rep(**scores: tuple[float, float]) -> RepScore:
    metrics = tuple(MetricValue(name, value, "s", 0.2, score, 1.0) for name, (value, score) in scores.items())
    return RepScore(1, "repetition", None, "right", 0.0, 2.0, 6.0, 90.0, 90.0, 90.0, 1.0, metrics)


@pytest.mark.parametrize(
    ("technique", "closed", "told"),
    [
        ("combination-of-isotonics", rep(hold=(1.4, 45.0)), "That hold lasted 1.4 of 3 seconds."),
        ("combination-of-isotonics", rep(hold=(2.9, 98.0)), ""),
        ("dynamic-reversals", rep(reversal=(1.2, 58.0)), "You paused 1.2 seconds at the turn."),
        (
            "dynamic-reversals",
            rep(reversal=(1.2, 58.0), reversal_at_start=(1.8, 18.0)),
            "You paused 1.8 seconds",
        ),
        ("dynamic-reversals", replace(rep(reversal=(1.2, 58.0)), kind="attempt"), ""),
    ],
)
def test_a_short_hold_and_a_long_turn_are_told_after_the_repetition(
    technique: str, closed: RepScore, told: str
) -> None:
    note = Pacer(load_technique(technique), ARM).step(0.0, 0.0, "resting", closed).note
    assert note.startswith(told) and bool(note) is bool(told)


@pytest.mark.parametrize("name", technique_ids())
def test_frames_without_progress_change_nothing(name: str) -> None:
    """The same frames with and without unseen ones between them (none so long that a pause would be cut)."""
    technique = load_technique(name)
    plain, gappy = Pacer(technique, ARM, 3), Pacer(technique, ARM, 3)
    follower, said = Follower(), None
    for k in range(900):
        t_s = k / 30
        progress = follower(t_s, said)
        said = plain.step(t_s, progress, "moving")
        other = gappy.step(t_s, progress, "moving")
        unseen = gappy.step(t_s, float("nan") if k % 2 else None, "moving")
        assert other == said
        assert (unseen.done, unseen.title, unseen.target, unseen.beat) == (
            other.done,
            other.title,
            other.target,
            other.beat,
        )


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(technique_ids()))
def test_whatever_somebody_does_counts_and_times_hold(data: st.DataObject, name: str) -> None:
    progress = st.one_of(st.none(), st.just(float("nan")), st.floats(-0.3, 1.3))
    states: list[State] = ["framing", "ready", "moving", "resting", "lost"]
    frames = st.tuples(st.floats(-0.2, 1.5), progress, st.sampled_from(states), st.booleans())
    pacer, t_s, before = Pacer(load_technique(name), ARM, data.draw(st.sampled_from([None, 1, 3]))), 0.0, None
    for step_s, share, state, closes in data.draw(st.lists(frames, max_size=120)):
        t_s += step_s
        said = pacer.step(t_s, share, state, rep() if closes else None)
        json.dumps(asdict(said), allow_nan=False)
        assert said.of is None or said.done <= said.of
        assert said.target is None or 0 <= said.target <= 1
        assert said.seconds_left is None or said.seconds_left >= 0
        if before is not None:
            assert said.t_s >= before.t_s and said.beat >= before.beat and said.done >= before.done
            assert (said.stage, said.finished) >= (before.stage, before.finished)
        before = said


@pytest.mark.parametrize("name", technique_ids())
def test_the_same_frames_are_paced_alike(name: str) -> None:
    said = list(heard(load_technique(name), ARM, Follower(), 60.0, 2))
    again: Person = Follower()
    assert said == list(heard(load_technique(name), ARM, again, 60.0, 2))
