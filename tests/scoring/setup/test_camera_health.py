"""A camera that is covered, stands still, comes back or is slow, by pictures made for it."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.setup.camera_health import (
    AGAIN,
    AWAY_AFTER_S,
    COVERED,
    COVERED_AFTER_S,
    FROZEN,
    FROZEN_AFTER_S,
    SLOW,
    SLOW_AFTER_S,
    TOLD_FOR_S,
    TOO_SLOW,
    CameraHealth,
)
from vision.picture_facts import PictureFacts, picture_facts


def room(seed: int) -> PictureFacts:
    """A lit room under a sensor's noise, another one for each seed."""
    picture = np.tile(np.linspace(40, 220, 64, dtype=np.uint8)[None, :, None], (48, 1, 3))
    noise = np.random.default_rng(seed).integers(0, 3, picture.shape, dtype=np.uint8)
    return picture_facts(picture + noise)


def leaking_cap(seed: int) -> PictureFacts:
    """A covered lens: black with noise and a little light at one edge."""
    picture = np.random.default_rng(seed).integers(0, 8, (48, 64, 3), dtype=np.uint8)
    picture[:, :5] += 16
    return picture_facts(picture)


def grey_cap(seed: int) -> PictureFacts:
    """A cap before a camera that brightens what is dark: grey with noise."""
    return picture_facts(np.random.default_rng(seed).integers(90, 98, (48, 64, 3), dtype=np.uint8))


def told(
    health: CameraHealth, times_s: np.ndarray, facts: list[PictureFacts]
) -> list[tuple[float, str, bool]]:
    """When what is told changes, what it is then, and whether the picture may not be judged."""
    rows: list[tuple[float, str, bool]] = []
    for t_s, each in zip(times_s, facts, strict=True):
        sentence = health.step(float(t_s), each)
        if not rows or rows[-1][1:] != (sentence, health.blind):
            rows.append((round(float(t_s), 3), sentence, health.blind))
    return rows


def test_nothing_is_told_of_a_good_camera() -> None:
    times_s = np.arange(0, 20, 1 / 30)
    assert told(CameraHealth(), times_s, [room(k) for k in range(len(times_s))]) == [(0.0, "", False)]


@pytest.mark.parametrize("cap", [leaking_cap, grey_cap])
def test_a_covered_camera_is_told_until_it_is_uncovered(cap: object) -> None:
    assert callable(cap)
    times_s = np.arange(0, 10, 0.1)
    facts = [cap(k) if 30 <= k < 60 else room(k) for k in range(100)]
    assert told(CameraHealth(), times_s, facts) == [
        (0.0, "", False),
        (pytest.approx(3.0 + COVERED_AFTER_S), COVERED, True),
        (pytest.approx(6.0), "", False),
    ]


def test_a_hand_before_the_lens_for_a_moment_is_nothing() -> None:
    facts = [grey_cap(k) if k % 30 < 5 else room(k) for k in range(200)]
    assert told(CameraHealth(), np.arange(0, 20, 0.1), facts) == [(0.0, "", False)]


def test_a_picture_that_stands_still_is_told_until_it_moves() -> None:
    facts = [room(min(k, 30) if k < 80 else k) for k in range(120)]
    assert told(CameraHealth(), np.arange(0, 12, 0.1), facts) == [
        (0.0, "", False),
        (pytest.approx(3.0 + FROZEN_AFTER_S), FROZEN, True),
        (pytest.approx(8.0), "", False),
    ]


def test_after_a_long_gap_the_start_is_asked_for_and_the_same_picture_as_before_is_not_called_still() -> None:
    away_s = AWAY_AFTER_S + 60
    times_s = np.concatenate([np.arange(0, 2, 0.1), np.arange(2, 10, 0.1) + away_s])
    facts = [room(19 if k == 20 else k) for k in range(len(times_s))]
    assert told(CameraHealth(), times_s, facts) == [
        (0.0, "", False),
        (pytest.approx(2 + away_s), AGAIN, False),
        (pytest.approx(2 + away_s + TOLD_FOR_S), "", False),
    ]


@pytest.mark.parametrize(("rate_hz", "is_told"), [(5.0, True), (7.0, True), (9.0, False), (12.5, False)])
def test_slow_pictures_are_told_once(rate_hz: float, is_told: bool) -> None:
    times_s = np.arange(0, 60, 1 / rate_hz)
    rows = told(CameraHealth(), times_s, [room(k) for k in range(len(times_s))])
    assert [row[1] for row in rows] == (["", SLOW, ""] if is_told else [""])
    assert not is_told or rows[1][0] == pytest.approx(SLOW_AFTER_S, abs=2 / rate_hz)


def test_nobody_is_called_away_by_a_gap_between_pictures() -> None:
    """A gap has many causes: sleep, another window, a computer that was too slow. None of them is known here."""
    assert not any(
        word in sentence for sentence in (AGAIN, TOO_SLOW, SLOW) for word in ("elcome", "you left")
    )


@pytest.mark.parametrize(("gap_s", "lost"), [(0.69, False), (0.7, True), (2.9, True)])
def test_a_gap_in_which_movements_are_lost_is_never_said_to_be_counted(gap_s: float, lost: bool) -> None:
    """As the segmenter has it, tests/patterns/segmentation/test_limits.py: who is not seen for 0.7 s is lost."""
    times_s = np.concatenate([np.arange(0, 6, 0.25), 5.75 + gap_s + np.arange(0, 10, 0.25)])
    rows = told(CameraHealth(), times_s, [room(k) for k in range(len(times_s))])
    after = [row[1] for row in rows if row[0] >= 5.75 + gap_s - 1e-3]
    assert (TOO_SLOW in after) is lost
    assert not lost or SLOW not in after
    assert ("still counting" in SLOW, "still counting" in TOO_SLOW) == (True, False)


def test_a_computer_that_stays_too_slow_is_reported_as_such_all_the_time() -> None:
    times_s = np.arange(0, 30, 0.8)
    rows = told(CameraHealth(), times_s, [room(k) for k in range(len(times_s))])
    assert [row[1] for row in rows] == ["", TOO_SLOW]
