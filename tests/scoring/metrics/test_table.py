"""Single metrics on hand-made movements, worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.features import uncertainty
from patterns.features.view_errors import feature_error
from patterns.segmentation.segmenter import Movement
from patterns.templates.library import load_template
from patterns.templates.template import Target
from scoring.metrics.targets import targets
from scoring.records.finding import graded
from scoring.records.movement_data import Recorded


def recorded(name: str, value: float, yaw_deg: tuple[float, ...] = (0.0,), error: float = np.nan) -> Recorded:
    """A second of one feature at one value, the phase rising from 0 to 1; error: as propagated, NaN uncorrected."""
    t_s = np.linspace(0.0, 1.0, 30)
    movement = Movement(0.0, 1.0, 1.0, 1.0, (1.0, 0.0), 1.0, 0.0, 0.0, None, True)
    yaws_deg = np.resize(yaw_deg, len(t_s))
    values, errors = (np.full((len(t_s), 1), number) for number in (value, error))
    places = np.zeros((1, len(t_s), 2))
    return Recorded(movement, (name,), t_s, t_s, 0 * t_s, values, errors, yaws_deg, places)


@pytest.mark.parametrize("role", ["control", "range"])
@pytest.mark.parametrize(("value", "sign"), [(30.0, -1), (90.0, 1)])
@pytest.mark.parametrize("direction", ["both", "one"])
def test_the_limit_of_a_band_lies_on_the_side_of_the_deviation(
    role: str, value: float, sign: int, direction: str
) -> None:
    one = "above" if sign > 0 else "below"
    asked = {"feature": "trunk_lean", "role": role, "phase": (0.0, 1.0), "value": (60.0, 60.0)}
    band = {"tolerance": 10.0, "span": 20.0, "direction": "both" if direction == "both" else one}
    target = Target.model_validate(asked | band | {"fault": "trunk_lean"})
    template = load_template("squat").model_copy(update={"target": (target,)})
    fault = targets(recorded("trunk_lean", value), template)[0].fault
    error = feature_error("trunk_lean", "front")
    assert error is not None and fault is not None
    assert fault.value == value
    assert fault.limit == pytest.approx(60.0 + sign * (10.0 + error))


@pytest.mark.parametrize(
    ("yaw_deg", "view"),
    [((-175.0, 175.0), "back"), ((-90.0, 90.0), "side"), ((-5.0, 5.0), "front"), ((np.nan,), "front")],
)
def test_a_view_is_the_same_turned_to_either_side(yaw_deg: tuple[float, ...], view: str) -> None:
    assert recorded("trunk_lean", 0.0, yaw_deg).view == view


def test_a_corrected_angle_brings_its_own_error_and_too_large_a_one_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factors = {"factor": {"knee_flexion": {"front": 1.5}}, "change": {"knee_flexion": {"front": 0.5}}}
    monkeypatch.setattr(uncertainty, "_factors", lambda: factors)
    asked = {"feature": "knee_flexion_left", "role": "range", "phase": (0.0, 1.0), "value": (90.0, 90.0)}
    band = {"tolerance": 10.0, "span": 20.0, "direction": "below", "fault": "reduced_range"}
    template = load_template("squat").model_copy(update={"target": (Target.model_validate(asked | band),)})
    found = targets(recorded("knee_flexion_left", 60.0, error=4.0), template)
    assert found[0].metric.error == pytest.approx(1.5 * 4.0)
    assert found[0].fault is not None and found[0].fault.limit == pytest.approx(90 - 10 - 1.5 * 4.0)
    of_change = template.target[0].model_copy(update={"from_start": True})
    changed = targets(
        recorded("knee_flexion_left", 60.0, error=4.0), template.model_copy(update={"target": (of_change,)})
    )
    assert changed[0].metric.error == pytest.approx(0.5 * 4.0), "a steady error does not count"
    beyond = 1.01 * uncertainty.LARGEST_ERROR_DEG / 1.5
    assert targets(recorded("knee_flexion_left", 60.0, error=beyond), template) == []


@given(
    deviation=st.floats(-50, 200),
    more=st.floats(0, 100),
    tolerance=st.floats(0.1, 40),
    span=st.floats(0.1, 90),
)
def test_a_larger_deviation_never_scores_higher(
    deviation: float, more: float, tolerance: float, span: float
) -> None:
    one, other = graded(deviation, tolerance, span), graded(deviation + more, tolerance, span)
    assert 0 <= other <= one <= 100


def test_scores_by_hand() -> None:
    """Tolerance 6, span 20: none 100, half of it 95, all of it 90, half the span beyond it 45, all the span 0."""
    told = [graded(deviation, 6.0, 20.0) for deviation in (-3.0, 0.0, 3.0, 6.0, 16.0, 26.0, 40.0)]
    assert told == pytest.approx([100, 100, 95, 90, 45, 0, 0])
