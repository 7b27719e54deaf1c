"""An analytic person: joint angles in, 33 landmarks out, through a camera. The oracle of the movement tests.

Built from rotations of rigid segments alone, with nothing of the product in it. Body axes: x to the person's left,
y up, z forward (out of the chest). The camera stands in front, at hip height, and sees x to its right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vision.pose import INDEX, LANDMARKS, PoseFrame

Vector = npt.NDArray[np.float64]
TRUNK, UPPER_ARM, FOREARM, THIGH, SHANK = 0.48, 0.26, 0.235, 0.394, 0.37
SHOULDERS, HIPS = 0.31, 0.20
WIDTH, HEIGHT, FOCAL = 640, 480, 550.0


@dataclass
class Posture:
    """Angles in degrees. Arms: (elevation, plane, elbow flexion); legs: (hip flexion, knee flexion).

    Plane of elevation: 0 straight sideways, 90 forward, above 90 across the body. lean_left and lean_forward tilt the
    trunk about the hips; turn_right turns the shoulders on the hips. abduction swings a whole leg about its hip, away
    from the other leg; valgus turns a shank outward on its thigh. hike_left and pelvis_left raise the left end of the
    shoulder line and of the hip line about its middle. The feet stay level and point forward.
    """

    arms: dict[str, tuple[float, float, float]] = field(
        default_factory=lambda: {"left": (8.0, 20.0, 5.0), "right": (8.0, 20.0, 5.0)}
    )
    legs: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"left": (0.0, 5.0), "right": (0.0, 5.0)}
    )
    lean_left: float = 0.0
    lean_forward: float = 0.0
    turn_right: float = 0.0
    abduction: dict[str, float] = field(default_factory=lambda: {"left": 0.0, "right": 0.0})
    valgus: dict[str, float] = field(default_factory=lambda: {"left": 0.0, "right": 0.0})
    hike_left: float = 0.0
    pelvis_left: float = 0.0


def rotation(axis: int, degrees: float) -> Vector:
    """Right-handed turn about body axis 0, 1 or 2."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def body(posture: Posture) -> Vector:
    """Landmarks (33, 3) in body axes, metres, origin between the hips."""
    points = np.zeros((len(LANDMARKS), 3))
    trunk = rotation(2, -posture.lean_left) @ rotation(0, posture.lean_forward)
    chest = trunk @ rotation(1, -posture.turn_right)
    neck = trunk @ np.array([0.0, TRUNK, 0.0])
    for name in LANDMARKS[:11]:
        aside = 0.04 if "left" in name else -0.04 if "right" in name else 0.0
        points[INDEX[name]] = neck + trunk @ np.array([aside, 0.2, 0.08])
    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder = neck + chest @ rotation(2, posture.hike_left) @ np.array([sign * SHOULDERS / 2, 0.0, 0.0])
        elevation, plane, elbow_flexion = posture.arms[side]
        e, p = np.radians(elevation), np.radians(plane)
        down, outward = np.array([0.0, -1.0, 0.0]), np.array([sign * np.cos(p), 0.0, np.sin(p)])
        arm = np.cos(e) * down + np.sin(e) * outward
        bent = np.sin(e) * -down + np.cos(e) * outward
        f = np.radians(elbow_flexion)
        forearm = np.cos(f) * arm + np.sin(f) * bent
        elbow = shoulder + chest @ (UPPER_ARM * arm)
        wrist = elbow + chest @ (FOREARM * forearm)
        points[INDEX[f"{side}_shoulder"]], points[INDEX[f"{side}_elbow"]] = shoulder, elbow
        for hand in ("wrist", "pinky", "index", "thumb"):
            reach = 0.0 if hand == "wrist" else 0.09
            points[INDEX[f"{side}_{hand}"]] = wrist + chest @ (reach * forearm)
        hip = rotation(2, posture.pelvis_left) @ np.array([sign * HIPS / 2, 0.0, 0.0])
        hip_flexion, knee_flexion = np.radians(posture.legs[side])
        thigh = np.array([0.0, -np.cos(hip_flexion), np.sin(hip_flexion)])
        shank_angle = hip_flexion - knee_flexion
        shank = np.array([0.0, -np.cos(shank_angle), np.sin(shank_angle)])
        out = posture.abduction[side]
        knee = hip + THIGH * rotation(2, sign * out) @ thigh
        ankle = knee + SHANK * rotation(2, sign * (out + posture.valgus[side])) @ shank
        points[INDEX[f"{side}_hip"]], points[INDEX[f"{side}_knee"]] = hip, knee
        points[INDEX[f"{side}_ankle"]] = ankle
        points[INDEX[f"{side}_heel"]] = ankle + np.array([0.0, -0.06, -0.05])
        points[INDEX[f"{side}_foot_index"]] = ankle + np.array([0.0, -0.06, 0.16])
    return points


def seen(posture: Posture, t_s: float, turned_right: float = 0.0, distance: float = 2.8) -> PoseFrame:
    """The person before the camera; turned_right: how far they face away from it to their own right, degrees.

    The ankles stay where they are on the floor, so a squat lowers the hips and takes them back; the camera is at the
    height of the standing hips.
    """
    points = body(posture)
    ankles = (points[INDEX["left_ankle"]] + points[INDEX["right_ankle"]]) / 2
    hips = np.array([0.0, -(THIGH + SHANK) - ankles[1], -ankles[2]])
    turn = rotation(1, -turned_right).T
    world = points @ turn * np.array([1.0, -1.0, -1.0])
    placed = (points + hips) @ turn
    x, y, z = placed[:, 0], placed[:, 1], distance - placed[:, 2]
    xy_px = np.stack([WIDTH / 2 + FOCAL * x / z, HEIGHT / 2 - FOCAL * y / z], axis=-1)
    return PoseFrame(t_s, (WIDTH, HEIGHT), xy_px, world, np.ones(len(LANDMARKS)))


def minimum_jerk(share: float) -> float:
    """Progress 0..1 of a reaching movement after a share 0..1 of its time (Flash and Hogan 1985)."""
    s = min(max(share, 0.0), 1.0)
    return s**3 * (10 - 15 * s + 6 * s * s)
