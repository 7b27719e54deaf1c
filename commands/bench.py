"""Measure the figures of the documentation on this machine: `cli.py bench speed`, `accuracy` and `records`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from base.atomic_file import whole_file
from base.console import PlainConsole
from benchmarks.accuracy import accuracy
from benchmarks.live_speed import STEPS, LiveSpeed, measure_live
from benchmarks.page_blocks import check_blocks, markdown_of, write_blocks
from benchmarks.pose_speed import BackendTiming, RecordingTiming, read_frames, time_backends, time_recording
from benchmarks.records import records
from patterns.templates.library import load_template
from scoring.coach.coach import Coach
from scoring.coach.recording import judge
from ui.live.waiting_line import MOST_SETS
from vision.backends.backend import BACKENDS

DEMO: Final = Path(__file__).parents[1] / "ui" / "demo" / "arm-diagonal.mp4"
PATTERN: Final = "ue-d2-flexion"
_WANTED: Final = (("onnx", "lite"), ("onnx", "full"), ("onnx", "heavy"), ("mediapipe", "full"))

bench_app = typer.Typer(help="Measure: speed, accuracy, records.", no_args_is_help=True)


bench_app.command()(accuracy)
bench_app.command()(records)


@bench_app.callback()
def measure() -> None:
    """Measure this machine."""


@bench_app.command()
def speed(
    seconds: Annotated[
        int, typer.Option(help="How long to measure the live page; 0 leaves it out.", min=0)
    ] = 30,
    rounds: Annotated[int, typer.Option(help="Turns of each measurement; medians are shown.", min=1)] = 5,
    people: Annotated[int, typer.Option(help="How many practise at once.", min=1, max=MOST_SETS)] = 1,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the figures as JSON.")] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the tables into this page of the documentation.")
    ] = None,
) -> None:
    """Backends and models side by side, a whole recording against the bare network, and the live page."""
    check_blocks(page, ("backends", "recording", *(("live", "steps") if seconds else ())))
    out, err = PlainConsole(), PlainConsole(stderr=True)
    with err.status("Reading the demo clip") as status:
        backends = list(
            time_backends(
                read_frames(DEMO, 60), _WANTED, rounds, lambda told: status.update(f"Timing {told}")
            )
        )
        status.update("Timing a whole recording")
        recording = _recording(rounds)
    tables = {"backends": _backend_table(backends), "recording": _recording_table(recording)}
    figures: dict[str, Any] = {
        "backends": [vars(timing) for timing in backends],
        "recording": vars(recording),
    }
    if seconds:
        live = _live(seconds, people, err)
        figures["live"] = asdict(live)
        tables |= {"live": _live_table(live), "steps": _steps_table(live)}
    for table in tables.values():
        out.print(table)
    if json_out is not None:
        with whole_file(json_out) as part:
            part.write_text(json.dumps(figures, indent=1) + "\n")
    if page is not None:
        write_blocks(page, {name: markdown_of(table) for name, table in tables.items()})


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


def _live(seconds: int, people: int, err: Console) -> LiveSpeed:
    with Progress(console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task("Measuring the live page in a headless browser", total=seconds)
        return measure_live(seconds, "full", people, lambda so_far_s: bar.update(task, completed=so_far_s))


def _recording_table(recording: RecordingTiming) -> Table:
    table = Table(title=f"A recording of {recording.frames} frames", title_justify="left")
    for head in ("network alone, s", "file to scores, s", "more", "judgement, ms a frame"):
        table.add_column(head, justify="right")
    more = f"+{100 * recording.cost:.0f} %"
    table.add_row(
        f"{recording.network_s:.2f}", f"{recording.whole_s:.2f}", more, f"{recording.judgement_ms:.2f}"
    )
    return table


def _live_table(live: LiveSpeed) -> Table:
    who = "" if live.people == 1 else f", {live.people} people at once"
    table = Table(
        title=f"Live at 480x360 for {live.seconds:.0f} s, browser on the same machine{who}",
        title_justify="left",
    )
    for head in ("figure", "value"):
        table.add_column(head, justify="left" if head == "figure" else "right")
    table.add_row("results a second", f"{live.results_per_s:.1f}")
    table.add_row("camera to overlay, median", f"{live.median_ms:.0f} ms")
    table.add_row("camera to overlay, p95", f"{live.p95_ms:.0f} ms")
    table.add_row("latency, first to last minute", f"{live.first_ms:.0f} -> {live.last_ms:.0f} ms")
    memory = f"{live.start.memory_mb:.0f} -> {live.end.memory_mb:.0f} MB"
    table.add_row("memory of all processes, start to end", memory)
    table.add_row("open files, start to end", f"{live.start.open_files} -> {live.end.open_files}")
    return table


def _steps_table(live: LiveSpeed) -> Table:
    table = Table(title="From the camera to the overlay, milliseconds", title_justify="left")
    for head in ("step", "median", "p95", "share"):
        table.add_column(head, justify="left" if head == "step" else "right")
    whole_ms = sum(median for median, _ in live.steps_ms.values())
    for name, (median, p95) in live.steps_ms.items():
        table.add_row(STEPS[name], f"{median:.1f}", f"{p95:.1f}", f"{100 * median / whole_ms:.0f} %")
    table.add_section()
    table.add_row("all", f"{live.median_ms:.1f}", f"{live.p95_ms:.1f}", "")
    return table


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
