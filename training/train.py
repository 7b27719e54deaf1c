"""python -m training.train: makes the samples, trains the correction and writes models/correction.onnx."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from training.clips import clip_samples, read_clips
from training.export import export
from training.measured import MeasuredMovements
from training.network import CorrectionNetwork, loss
from training.samples import Samples, make_samples
from training.sensor import Sensor
from vision.correction.inputs import KEPT, MIRROR, MIRROR_ORDER, MIRROR_SIGN, SIZE

HalfArray = npt.NDArray[np.float16]
BATCH: Final = 1024
REAL: Final = 512
CHUNK: Final = 250_000
NOISE: Final = 0.01


def train(network: CorrectionNetwork, made: Samples, real: Samples | None, steps: int, seed: int) -> None:
    """Fit the network to made samples, half of each batch mirrored; REAL of it are real where there are any."""
    generator = torch.Generator().manual_seed(seed)
    sources = [(made, BATCH if real is None else BATCH - REAL)]
    if real is not None:
        sources.append((real, REAL))
    drawn = [(torch.from_numpy(s.told), torch.from_numpy(s.truth), count) for s, count in sources]
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=2e-3, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.5e-3, total_steps=steps, pct_start=0.1)
    began_s, total = time.monotonic(), 0.0
    for step in range(steps):
        parts = [_drawn(told, truth, count, generator) for told, truth, count in drawn]
        points, log_error = network(torch.cat([x for x, _ in parts]))
        off = loss(points, log_error, torch.cat([y for _, y in parts]))
        optimiser.zero_grad()
        off.backward()
        optimiser.step()
        schedule.step()
        total += off.item()
        if step % 500 == 499:
            passed_s = time.monotonic() - began_s
            sys.stdout.write(f"step {step + 1} of {steps}: loss {total / 500:.4f}, {passed_s:.0f} s\n")
            sys.stdout.flush()
            total = 0.0


def _many(seed: int, count: int, left_out: list[str], measured: Path | None) -> Samples:
    """Samples made by two processes in chunks, each by its own seed: the same for the same seed and count."""
    chunks = -(-count // CHUNK)
    told: HalfArray = np.empty((chunks * CHUNK, SIZE), dtype=np.float16)
    truth: HalfArray = np.empty((chunks * CHUNK, len(KEPT), 3), dtype=np.float16)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        seeds = [1000 * seed + k for k in range(chunks)]
        made = workers.map(_chunk, seeds, [left_out] * chunks, [measured] * chunks)
        for k, some in enumerate(made):
            told[k * CHUNK : (k + 1) * CHUNK], truth[k * CHUNK : (k + 1) * CHUNK] = some.told, some.truth
            sys.stdout.write(f"made {(k + 1) * CHUNK} of {chunks * CHUNK} samples\n")
            sys.stdout.flush()
    return Samples(told[:count], truth[:count])


def _chunk(seed: int, left_out: list[str], measured: Path | None) -> Samples:
    movements = None if measured is None else MeasuredMovements.read(measured)
    return make_samples(seed, Sensor.read(), CHUNK, left_out, movements)


def _drawn(
    told: torch.Tensor, truth: torch.Tensor, count: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Some samples, every second one mirrored, told with a little noise so that none is learned by heart."""
    chosen = torch.randint(len(told), (count,), generator=generator)
    x, y = told[chosen].float(), truth[chosen].float()
    order, sign = torch.from_numpy(MIRROR_ORDER), torch.tensor(MIRROR_SIGN, dtype=torch.float32)
    twin, flip = torch.from_numpy(MIRROR), torch.tensor([-1.0, 1.0, 1.0])
    half = count // 2
    x = torch.cat([x[:half], x[half:, order] * sign])
    y = torch.cat([y[:half], y[half:, twin] * flip])
    return x + NOISE * torch.randn(x.shape, generator=generator), y


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--samples", type=int, default=6_000_000)
    asked.add_argument("--steps", type=int, default=20_000)
    asked.add_argument("--width", type=int, default=512)
    asked.add_argument("--blocks", type=int, default=4)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--clips", type=Path, help="folder of rendered clips (see clips.py)")
    asked.add_argument(
        "--measured", type=Path, help="folder of measured landmark recordings (see measured.py)"
    )
    asked.add_argument("--without", nargs="*", default=[], help="exercises to leave out")
    asked.add_argument("--without-clips", nargs="*", default=[], help="kinds of clips to leave out")
    asked.add_argument("--out", type=Path, default=Path("models/correction.onnx"))
    given = asked.parse_args()
    torch.manual_seed(given.seed)
    began_s = time.monotonic()
    made = _many(given.seed, given.samples, given.without, given.measured)
    real = None if given.clips is None else clip_samples(read_clips(given.clips, given.without_clips))
    passed_s, seen = time.monotonic() - began_s, 0 if real is None else len(real.told)
    sys.stdout.write(f"{len(made.told)} samples made, {seen} of rendered clips, in {passed_s:.0f} s\n")
    network = CorrectionNetwork(given.width, given.blocks)
    train(network, made, real, given.steps, given.seed)
    export(network.eval(), given.out)


if __name__ == "__main__":
    main()
