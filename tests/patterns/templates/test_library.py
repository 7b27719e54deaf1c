"""Every template of the library, followed along its own path: what counts and what does not, slow and fast."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from patterns.features.table import FEATURES
from patterns.segmentation.edges import EdgeFinder
from patterns.segmentation.phase import PathFollower
from patterns.segmentation.segmenter import Movement, Segmenter
from patterns.templates.library import load_template, sided, template_ids
from patterns.templates.template import Template
from tests.support.stick_figure import minimum_jerk

RATE_HZ = 30.0


def followed(template: Template, progress: Callable[[float], float], until_s: float) -> list[Movement]:
    """The movements of somebody who is exactly on the template's path at every time."""
    follower = PathFollower(template.path)
    scale = np.array([template.path.scale[name] for name in follower.names])
    segmenter = Segmenter(template.rep, template.path.off_path, 0.0, EdgeFinder(template.path))
    found = []
    for t_s in np.arange(0.0, until_s, 1 / RATE_HZ):
        at = np.array([progress(float(t_s))])
        row = np.array([float(template.path.at(name, at)[0]) for name in follower.names])
        phase, distance = follower.nearest(row, float(t_s))
        closed = segmenter.step(float(t_s), phase, distance, row / scale)
        found += [] if closed is None else [closed]
    last = segmenter.finish()
    return found if last is None else [*found, last]


def there_and_back(
    times: int, way_s: float, amount: float = 1.0, rest_s: float = 1.5
) -> Callable[[float], float]:
    whole_s = 2 * way_s + 0.1 + rest_s

    def progress(t_s: float) -> float:
        number, since_s = divmod(t_s - rest_s, whole_s)
        if t_s < rest_s or number >= times:
            return 0.0
        back_s = since_s - way_s - 0.1
        return amount * (
            minimum_jerk(since_s / way_s) - (minimum_jerk(back_s / way_s) if back_s > 0 else 0.0)
        )

    return progress


def counted(found: list[Movement]) -> int:
    return sum(movement.reason is None for movement in found)


@pytest.mark.parametrize("way_s", [0.3, 1.5, 10.0])
@pytest.mark.parametrize("template_id", template_ids())
def test_whole_repetitions_count_slow_and_fast(template_id: str, way_s: float) -> None:
    """0.6 s a repetition and 10 s a phase are both repetitions."""
    template = load_template(template_id)
    judged = sided(template, template.sides[0])
    found = followed(next(iter(judged.values())), there_and_back(3, way_s), 3 * (2 * way_s + 1.6) + 4)
    assert (counted(found), len(found)) == (3, 3)


@pytest.mark.parametrize("template_id", template_ids())
def test_standing_still_and_small_movements_are_nothing(template_id: str) -> None:
    template = load_template(template_id)
    rng = np.random.default_rng(1)
    swaying = np.cumsum(rng.normal(0, 0.004, 2400))
    swaying = 0.03 + 0.05 * (swaying - swaying.min()) / np.ptp(swaying)
    assert followed(template, lambda t_s: float(swaying[int(t_s * RATE_HZ)]), 60.0) == []


@pytest.mark.parametrize("template_id", template_ids())
def test_a_movement_that_turns_back_early_is_an_attempt_with_its_reason(template_id: str) -> None:
    template = load_template(template_id)
    amount = (template.rep.attempt_zone + template.rep.end_zone) / 2
    found = followed(template, there_and_back(2, 1.5, amount), 14.0)
    assert len(found) == 2
    assert all(movement.reason and movement.reason.startswith("turned back at") for movement in found)


FLEXIONS = [i for i in template_ids() if "flexion" in i and i[:2] in ("ue", "le", "bi", "as")]
OTHER = {"elbow-flexing": "elbow-extending", "elbow-extending": "elbow-flexing"}
OTHER |= {k.replace("elbow", "knee"): v.replace("elbow", "knee") for k, v in OTHER.items()}


@pytest.mark.parametrize("template_id", FLEXIONS)
def test_the_antagonist_goes_the_same_way_back(template_id: str) -> None:
    """The start of a pattern is the end of its antagonist (Adler); a joint that bends on one way straightens on the
    other."""
    stem, _, variant = template_id.partition("-flexion")
    other = load_template(f"{stem}-extension" + (f"-{OTHER[variant[1:]]}" if variant else ""))
    if template_id.startswith("asymmetrical"):
        other = sided(other, "left")["left"]
    for name, knots in load_template(template_id).path.features.items():
        assert other.path.features[name] == pytest.approx(knots[::-1], abs=0.011)


HAND_ENDS = {
    "d1-flexion": ((-0.9, -0.4), (0.2, 0.75)),
    "d1-extension": ((0.1, 0.5), (-0.95, -0.7)),
    "d2-flexion": ((0.2, 0.7), (0.6, 1.0)),
    "d2-extension": ((-0.8, -0.4), (-0.95, -0.5)),
}
"""Where the hand ends, arm lengths from its shoulder: the landmark table of the clinical sheet, section 3.1."""


def hands_at_the_end() -> list[tuple[str, str, str]]:
    rows = [(f"ue-{way}{end}", "right", way) for way in HAND_ENDS for end in ("", "-elbow-extending")]
    rows += [(f"bilateral-{way}", side, way) for way in HAND_ENDS for side in ("left", "right")]
    rows += [("asymmetrical-flexion", "right", "d2-flexion"), ("asymmetrical-flexion", "left", "d1-flexion")]
    rows += [("reciprocal-d1", "left", "d1-extension"), ("reciprocal-d2", "right", "d2-flexion")]
    return rows


@pytest.mark.parametrize(("template_id", "side", "way"), hands_at_the_end())
def test_arm_paths_end_where_the_clinical_sheet_has_them(template_id: str, side: str, way: str) -> None:
    path = load_template(template_id).path
    (x0, x1), (y0, y1) = HAND_ENDS[way]
    assert x0 <= path.features[f"hand_x_{side}"][-1] <= x1
    assert y0 <= path.features[f"hand_y_{side}"][-1] <= y1


@pytest.mark.parametrize("template_id", [i for i in template_ids() if i.endswith(("-flexing", "-extending"))])
def test_a_joint_that_bends_ends_bent_and_one_that_straightens_ends_straight(template_id: str) -> None:
    """Elbow of the flexing variants 90 to 140 degrees bent (40 to 90 between the bones), at most 30 when straight."""
    joint = "elbow" if template_id.startswith("ue") else "knee"
    end = load_template(template_id).path.features[f"{joint}_flexion_right"][-1]
    lowest = 90 if joint == "elbow" else 60
    assert (lowest <= end <= 140) if template_id.endswith("flexing") else end <= 30


@pytest.mark.parametrize("template_id", [i for i in template_ids() if i.startswith("le-")])
def test_leg_diagonals_end_on_the_side_that_the_textbook_has(template_id: str) -> None:
    """D1 flexion goes across the midline, D2 flexion out; the extensions go the other way (Adler)."""
    foot_x = load_template(template_id).path.features["foot_x_right"]
    inward = ("d1-flexion" in template_id) or ("d2-extension" in template_id)
    assert (foot_x[-1] < 0 < foot_x[0]) if inward else (foot_x[0] < 0 < foot_x[-1])


@pytest.mark.parametrize("template_id", template_ids())
def test_a_template_can_be_told_from_the_view_it_asks_for(template_id: str) -> None:
    template = load_template(template_id)
    views = {"front": ("front",), "side": ("side",), "any": ("front", "side")}[template.view]
    for view in views:
        assert all(view in FEATURES[name].views for name in template.path.features)


WANTED = (
    "chop lift squat overhead-squat sit-to-stand hurdle-step inline-lunge forward-lunge side-lunge step-up",
    "lateral-step-down standing-leg-raise hip-abduction march single-leg-stance shoulder-flexion shoulder-abduction",
    "shoulder-scaption shoulder-extension elbow-flexion forward-reach hand-to-mouth hand-to-head overhead-press",
)


def test_the_library_is_whole() -> None:
    """The ids of the design, and three variants of every limb diagonal."""
    ways = [f"{d}-{w}" for d in ("d1", "d2") for w in ("flexion", "extension")]
    limbs = [f"{limb}-{way}" for limb in ("ue", "le") for way in ways]
    joints = {"ue": "elbow", "le": "knee"}
    bent = [f"{i}-{joints[i[:2]]}-{end}" for i in limbs for end in ("flexing", "extending")]
    bilateral = [f"bilateral-{way}" for way in ways]
    assert {*limbs, *bent, *bilateral, *" ".join(WANTED).split()} <= set(template_ids())


def test_who_stands_up_last_and_stays_standing_has_stood_up() -> None:
    """The way back that never came is not judged; where a template does not say so, it is no repetition."""
    template = load_template("sit-to-stand")

    def up_and_stay(t_s: float) -> float:
        return minimum_jerk((t_s - 1.5) / 1.4)

    (stood,) = followed(template, up_and_stay, 5.0)
    assert stood.reason is None and not stood.came_back
    assert stood.start_s == pytest.approx(1.5, abs=0.25) and stood.peak_s == pytest.approx(2.9, abs=0.25)
    assert followed(load_template("squat"), up_and_stay, 5.0) == []
