"""The other side: a template written for the right side as it is for the left, and names of the other side."""

from __future__ import annotations

from patterns.features.table import FEATURES
from patterns.templates.template import Template


def mirrored(template: Template) -> Template:
    """The template for the left side: left and right swapped, signed sideways features turned round."""
    if template.side == "both":
        return template
    path = template.path
    features = {swapped(n): _turn(n, knots) for n, knots in path.features.items()}
    scale = {swapped(n): width for n, width in path.scale.items()}
    own_start = {swapped(n): limits for n, limits in path.own_start.items()}
    targets = tuple(
        t.model_copy(
            update={
                "feature": swapped(t.feature),
                "value": _turn(t.feature, t.value),
                "direction": _opposite(t.direction) if FEATURES[t.feature].mirror < 0 else t.direction,
            }
        )
        for t in template.target
    )
    return template.model_copy(
        update={
            "required": tuple(swapped(n) for n in template.required),
            "path": path.model_copy(update={"features": features, "scale": scale, "own_start": own_start}),
            "target": targets,
        }
    )


def swapped(name: str) -> str:
    """The name of a feature or landmark on the other side; names without a side stay."""
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


def _turn(name: str, knots: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(FEATURES[name].mirror * v for v in knots)


def _opposite(direction: str) -> str:
    return {"above": "below", "below": "above", "both": "both"}[direction]
