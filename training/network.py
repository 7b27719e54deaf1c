"""The correction network: a residual one that starts from the picture's x and y and the pose network's own depth."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import nn

from vision.correction.inputs import BACK_S, KEPT, SIZE

COUNT: Final = len(KEPT)
DROPPED: Final = 0.1
"""Share of what a block is told that is left out in training: clips are few and easily learned by heart."""

_AT: Final = {name: i for i, name in enumerate(KEPT)}
WORLD_START: Final = COUNT * 2 * len(BACK_S) + COUNT


def _near(name: str) -> str:
    """The landmark from which a landmark hangs, "" for mid-hip."""
    side, _, part = name.partition("_")
    near = {"elbow": "shoulder", "wrist": "elbow", "index": "wrist", "knee": "hip", "ankle": "knee"}
    near |= {"heel": "ankle", "foot_index": "ankle"}
    return f"{side}_{near[part]}" if part in near else ""


HANGS_FROM: Final = tuple(_AT.get(_near(name), -1) for name in KEPT)
"""For each kept landmark the row of that from which it hangs, -1 for mid-hip."""


def hanging(points: torch.Tensor) -> torch.Tensor:
    """Points (..., 21, 3) as seen from those they hang from."""
    held = torch.tensor([max(row, 0) for row in HANGS_FROM])
    free = torch.tensor([row < 0 for row in HANGS_FROM])[:, None]
    return points - torch.where(free, torch.zeros_like(points), points[..., held, :])


class CorrectionNetwork(nn.Module):
    """Input rows (B, SIZE) to landmarks (B, 21, 3), in trunks from mid-hip, and log errors (B, 21) of what hangs."""

    def __init__(self, width: int = 512, blocks: int = 4) -> None:
        super().__init__()
        self.first = nn.Linear(SIZE, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width)) for _ in range(blocks)
        )
        self.drop = nn.Dropout(DROPPED)
        self.last = nn.Linear(width, COUNT * 4)
        nn.init.normal_(self.last.weight, std=1e-3)
        nn.init.zeros_(self.last.bias)

    def forward(self, told: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """See the class."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            inner = torch.relu(self.first(told))
            for block in self.blocks:
                inner = torch.relu(inner + block(self.drop(inner)))
        answer = self.last(inner.float())
        picture = told[:, : COUNT * 2].reshape(-1, COUNT, 2)
        depth = told[:, WORLD_START : WORLD_START + COUNT * 3].reshape(-1, COUNT, 3)[:, :, 2:]
        points = torch.cat([picture, depth], dim=-1) + answer[:, : COUNT * 3].reshape(-1, COUNT, 3)
        hips = points[:, [_AT["left_hip"], _AT["right_hip"]]].mean(dim=1, keepdim=True)
        return points - hips, answer[:, COUNT * 3 :].clamp(-6, 1)


LENGTHS: Final = np.array(
    [
        {
            "elbow": 0.55,
            "wrist": 0.5,
            "index": 0.25,
            "knee": 0.8,
            "ankle": 0.87,
            "heel": 0.3,
            "foot_index": 0.45,
        }.get(name.partition("_")[2], 1.0)
        for name in KEPT
    ],
    dtype=np.float32,
)
"""About how long each bone is, in trunks: its error counts in this measure, since angles come from directions."""


def loss(points: torch.Tensor, log_error: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Mean distance of the bones' far ends in bone lengths and of the landmarks in trunks, and how well errors fit."""
    bones = (hanging(points) - hanging(truth)).norm(dim=-1)
    places = (points - truth).norm(dim=-1)
    fit = bones.detach() / log_error.exp() + log_error
    return (bones / torch.tensor(LENGTHS)).mean() + 0.5 * places.mean() + 0.05 * fit.mean()
