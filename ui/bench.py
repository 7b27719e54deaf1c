"""The figures of the README, measured on this machine: `cli.py bench speed` and `cli.py bench accuracy`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from models.whole_file import whole_file
from patterns.library import load_template
from scoring.coach import Coach
from scoring.judge import judge
from ui.bench_accuracy import accuracy
from vision.backend import BACKENDS
from vision.timing import BackendTiming, RecordingTiming, read_frames, time_backends, time_recording

DEMO: Final = Path(__file__).parent / "demo" / "arm-diagonal.mp4"
PATTERN: Final = "ue-d2-flexion"
_WANTED: Final = (("onnx", "lite"), ("onnx", "full"), ("onnx", "heavy"), ("mediapipe", "full"))

bench_app = typer.Typer(help="Measure: speed, accuracy.", no_args_is_help=True)


bench_app.command()(accuracy)


@bench_app.callback()
def measure() -> None:
    """Measure this machine."""


@bench_app.command()
def speed(
    seconds: Annotated[
        int, typer.Option(help="How long to measure the live page; 0 leaves it out.", min=0)
    ] = 30,
    rounds: Annotated[int, typer.Option(help="Turns of each measurement; medians are shown.", min=1)] = 5,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the figures as JSON.")] = None,
) -> None:
    """Backends and models side by side, a whole recording against the bare network, and the live page."""
    out, err = Console(), Console(stderr=True)
    with err.status("Reading the demo clip") as status:
        backends = list(
            time_backends(
                read_frames(DEMO, 60), _WANTED, rounds, lambda told: status.update(f"Timing {told}")
            )
        )
        status.update("Timing a whole recording")
        recording = _recording(rounds)
    out.print(_backend_table(backends))
    out.print(
        f"A recording of {recording.frames} frames: network alone {recording.network_s:.2f} s, file to scores "
        f"{recording.whole_s:.2f} s (+{100 * recording.cost:.0f} %); judgement {recording.judgement_ms:.2f} ms a frame"
    )
    figures: dict[str, Any] = {
        "backends": [vars(timing) for timing in backends],
        "recording": vars(recording),
    }
    if seconds:
        figures["live"] = _live(seconds, out, err)
    if json_out is not None:
        with whole_file(json_out) as part:
            part.write_text(json.dumps(figures, indent=1) + "\n")


def _recording(rounds: int) -> RecordingTiming:
    template = load_template(PATTERN)
    coach = Coach(template, "right", hold_s=0.0)
    backend = BACKENDS["onnx"]("full")
    try:
        return time_recording(
            DEMO,
            backend,
            lambda poses: _discard(judge(poses, template, "right")),
            lambda pose: _discard(coach.step(pose)),
            rounds,
        )
    finally:
        backend.close()


def _discard(_result: object) -> None:
    return None


def _live(seconds: int, out: Console, err: Console) -> dict[str, Any]:
    from ui.speed import measure_live

    with err.status(f"Measuring the live page for {seconds} s in a headless browser"):
        live = measure_live(seconds, "full")
    out.print(
        f"Live at 480x360, browser on the same machine: {live.results_per_s:.1f} results a second, camera to overlay "
        f"{live.median_ms:.0f} ms median, {live.p95_ms:.0f} ms p95; server memory {live.memory_start_mb:.0f} -> "
        f"{live.memory_end_mb:.0f} MB"
    )
    for step, share_ms in live.share_ms.items():
        out.print(f"  {step}: {share_ms:.1f} ms")
    return dict(vars(live))


def _backend_table(timings: list[BackendTiming]) -> Table:
    table = Table(title="Pose estimation, 640x480, tracking, milliseconds a frame", title_justify="left")
    for head in ("backend", "model", "median", "p95", "onnx full is faster by"):
        table.add_column(head, justify="right" if head not in ("backend", "model") else "left")
    base = next((t.median_ms for t in timings if (t.backend, t.model) == ("onnx", "full")), None)
    for timing in timings:
        if timing.median_ms is None or timing.p95_ms is None:
            table.add_row(timing.backend, timing.model, "-", "-", timing.reason)
            continue
        ratio = f"{timing.median_ms / base:.2f} x" if base else ""
        table.add_row(timing.backend, timing.model, f"{timing.median_ms:.1f}", f"{timing.p95_ms:.1f}", ratio)
    return table
