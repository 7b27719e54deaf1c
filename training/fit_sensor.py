"""python -m training.fit_sensor CLIPS: fits training/sensor.npz to rendered clips (see `clips`)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import nn

from base.atomic_file import whole_file
from training.cameras import Seen
from training.clips import Clip, read_clips
from training.sensor import KEPT_COUNT, LARGEST_LOGIT, OUTPUTS, SENSOR_FILE, WORLD_UNIT_M, describe
from vision.correction.inputs import KEPT, MIRROR
from vision.pose import FloatArray

WIDTH: Final = 320
LEFTOVER_RECORDINGS: Final = 192
LEFTOVER_UNIT: Final = 1 / 24
_HELD_OUT: Final = 8
_HIPS: Final = [KEPT.index("left_hip"), KEPT.index("right_hip")]
Pairs = tuple[FloatArray, FloatArray]


def wanted_of(clip: Clip) -> tuple[FloatArray, FloatArray]:
    """(features (T, F), outputs (T, OUTPUTS)) of one clip."""
    seen = Seen(clip.camera[None], clip.camera[None], clip.true_xy[None], clip.inside[None])
    features, _, size = describe(seen)
    offset = (clip.xy - clip.true_xy) / size[0][:, None, None]
    middle = clip.world_m[:, _HIPS].mean(axis=1, keepdims=True)
    told = (clip.world_m - middle) / WORLD_UNIT_M - clip.camera
    odds = np.maximum(clip.visibility, 1e-4) / np.maximum(1 - clip.visibility, 1e-4)
    doubt = np.clip(np.log(odds), -LARGEST_LOGIT, LARGEST_LOGIT)
    outputs = np.concatenate([p.reshape(len(clip.t_s), -1) for p in (offset, told, doubt)], axis=1)
    return features[0], outputs


def _mirror(width: tuple[int, ...], signs: tuple[tuple[float, ...], ...]) -> tuple[FloatArray, FloatArray]:
    order, sign, start = [], [], 0
    for wide, flip in zip(width, signs, strict=True):
        order.append(start + (wide * MIRROR[:, None] + np.arange(wide)).ravel())
        sign.append(np.tile(flip, KEPT_COUNT))
        start += wide * KEPT_COUNT
    return np.concatenate(order), np.concatenate(sign)


OUT_ORDER, OUT_SIGN = _mirror((2, 3, 1), ((-1.0, 1.0), (-1.0, 1.0, 1.0), (1.0,)))
_IN_ORDER, _IN_SIGN = _mirror((2, 3, 1), ((-1.0, 1.0), (-1.0, 1.0, 1.0), (1.0,)))
IN_ORDER = np.concatenate([_IN_ORDER, len(_IN_ORDER) + np.arange(3)])
IN_SIGN = np.concatenate([_IN_SIGN, [-1.0, 1.0, 1.0]])


def fit(clips: list[Pairs], steps: int, seed: int) -> nn.Sequential:
    """The network from features to means and log spreads, fitted by likelihood on all but every eighth clip."""
    torch.manual_seed(seed)
    kept = [c for i, c in enumerate(clips) if i % _HELD_OUT]
    aside = [c for i, c in enumerate(clips) if i % _HELD_OUT == 0]
    given, wanted = (torch.tensor(np.concatenate([c[k] for c in kept]), dtype=torch.float32) for k in (0, 1))
    layers: list[nn.Module] = []
    for wide in (given.shape[1], WIDTH, WIDTH):
        layers += [nn.Linear(wide, WIDTH), nn.ReLU()]
    network = nn.Sequential(*layers, nn.Linear(WIDTH, 2 * OUTPUTS))
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    orders = [torch.tensor(v) for v in (IN_ORDER, OUT_ORDER)]
    signs = [torch.tensor(v, dtype=torch.float32) for v in (IN_SIGN, OUT_SIGN)]
    for step in range(steps):
        chosen = torch.randint(len(given), (512,))
        x, y = given[chosen], wanted[chosen]
        if step % 2:
            x, y = x[:, orders[0]] * signs[0], y[:, orders[1]] * signs[1]
        x = x + 0.01 * torch.randn_like(x)
        loss = _unlikely(network(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 1000 == 999:
            aside_loss = _aside(network, aside)
            sys.stdout.write(
                f"step {step + 1}: loss {loss.item():.3f}, on clips kept aside {aside_loss:.3f}\n"
            )
            sys.stdout.flush()
    return network.eval()


def _unlikely(told: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    mean, log_spread = told[:, :OUTPUTS], told[:, OUTPUTS:].clamp(-6, 1)
    return (log_spread + (wanted - mean).abs() / log_spread.exp()).mean()


def _aside(network: nn.Sequential, clips: list[Pairs]) -> float:
    with torch.no_grad():
        losses = [
            _unlikely(
                network(torch.tensor(x, dtype=torch.float32)), torch.tensor(y, dtype=torch.float32)
            ).item()
            for x, y in clips
        ]
    return float(np.mean(losses))


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("clips", type=Path)
    asked.add_argument("--steps", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    found = read_clips(given.clips)
    clips = [wanted_of(clip) for clip in found]
    sys.stdout.write(f"{len(clips)} clips, {sum(len(c[0]) for c in clips)} frames\n")
    network = fit(clips, given.steps, given.seed)
    rates = [round(float(1 / np.median(np.diff(clip.t_s)))) for clip in found]
    rate_hz = max(set(rates), key=rates.count)
    _write(network, [one for one, rate in zip(clips, rates, strict=True) if rate == rate_hz], rate_hz)


def _write(network: nn.Sequential, clips: list[Pairs], rate_hz: float) -> None:
    """Write the network and the leftovers of clips that all have this rate."""
    left = []
    for features, outputs in clips:
        with torch.no_grad():
            told = network(torch.tensor(features, dtype=torch.float32)).numpy()
        left.append((outputs - told[:, :OUTPUTS]) / np.exp(np.clip(told[:, OUTPUTS:], -6, 1)))
    moments = min(len(one) for one in left)
    every = max(len(left) // LEFTOVER_RECORDINGS, 1)
    bank = np.stack([one[:moments] for one in left[::every][:LEFTOVER_RECORDINGS]])
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    arrays = {
        f"weight{k}": layer.weight.detach().numpy().astype(np.float16) for k, layer in enumerate(linear)
    }
    arrays |= {f"bias{k}": layer.bias.detach().numpy().astype(np.float16) for k, layer in enumerate(linear)}
    rounded = np.clip(np.round(bank / LEFTOVER_UNIT), -127, 127).astype(np.int8)
    with whole_file(SENSOR_FILE) as part, part.open("wb") as file:
        np.savez_compressed(file, leftovers=rounded, unit=LEFTOVER_UNIT, rate_hz=rate_hz, **arrays)
    size = SENSOR_FILE.stat().st_size
    sys.stdout.write(f"{SENSOR_FILE.name}: {size / 1e6:.1f} MB, leftovers {rounded.shape}\n")


if __name__ == "__main__":
    main()
