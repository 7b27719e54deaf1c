"""Single metrics on hand-made movements, worked by hand."""

import numpy as np
import pytest

from patterns.accuracy import feature_error
from patterns.library import load_template
from patterns.segmentation import Movement
from patterns.template import Target
from scoring.metrics import targets
from scoring.recorded import Recorded


def recorded(name: str, value: float, yaw_deg: tuple[float, ...] = (0.0,)) -> Recorded:
    """A second of one feature at one value, the phase rising from 0 to 1."""
    t_s = np.linspace(0.0, 1.0, 30)
    movement = Movement(0.0, 1.0, 1.0, 1.0, (1.0, 0.0), 1.0, 0.0, 0.0, None, True)
    yaws_deg = np.resize(yaw_deg, len(t_s))
    return Recorded(movement, (name,), t_s, t_s, 0 * t_s, np.full((len(t_s), 1), value), yaws_deg)


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
