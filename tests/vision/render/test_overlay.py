"""The annotated video: the source's own times, landmarks where they are, nothing half-written."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.support.clips import write_clip
from vision.pose import INDEX, LANDMARKS, PoseFrame, PoseSequence
from vision.render.caption import Caption
from vision.render.drawing import OUTLINE, WORKING, draw_skeleton, text_width_px, wrapped
from vision.render.overlay import OverlayError, write_overlay
from vision.video.sources import open_video

UNEVEN = [0, 2, 3, 7, 8, 9, 15, 20]
GREY = 90


def grey_clip(path: Path, width: int = 320, height: int = 240) -> Path:
    images = [np.full((height, width, 3), GREY, np.uint8)] * len(UNEVEN)
    return write_clip(path, images, UNEVEN, time_base=Fraction(1, 30))


def elbow_poses(path: Path, visible: bool = True) -> PoseSequence:
    """Only the right elbow and wrist are seen, at a place that moves to the right."""
    video = open_video(path)
    times = [frame.t_s for frame in video]
    poses = []
    for k, t_s in enumerate(times):
        xy_px = np.full((len(LANDMARKS), 2), np.nan)
        xy_px[INDEX["right_elbow"]] = (100 + 10 * k, 120)
        xy_px[INDEX["right_wrist"]] = (100 + 10 * k, 150)
        visibility = np.full(len(LANDMARKS), 1.0 if visible else 0.1)
        poses.append(PoseFrame(t_s, video.size_wh, xy_px, None, visibility))
    return PoseSequence.from_frames(poses)


def plain(count: int = 0) -> Callable[[float], Caption]:
    return lambda t_s: Caption("Arm", "Ready", count)


def pictures(path: Path) -> list[tuple[float, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]]:
    return [(frame.t_s, frame.image) for frame in open_video(path)]


def near(
    pixel: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], colour: tuple[int, int, int], by: int = 60
) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= by)


def test_times_are_the_sources_own_and_the_limb_is_where_the_landmarks_are(tmp_path: Path) -> None:
    source, out = grey_clip(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    told: list[int] = []
    write_overlay(source, out, elbow_poses(source), plain(), "right", lambda done, _: told.append(done))
    made = pictures(out)
    assert [t for t, _ in made] == pytest.approx([k / 30 for k in UNEVEN], abs=1e-3)
    assert told == list(range(1, len(UNEVEN) + 1))
    for k, (_, image) in enumerate(made):
        assert near(image[135, 100 + 10 * k], WORKING)
        assert near(image[135, 40], (GREY, GREY, GREY), by=12)


def test_the_other_side_is_drawn_in_another_colour_and_the_unseen_not_at_all(tmp_path: Path) -> None:
    source = grey_clip(tmp_path / "in.mp4")
    write_overlay(source, tmp_path / "left.mp4", elbow_poses(source), plain(), "left")
    assert not near(pictures(tmp_path / "left.mp4")[0][1][135, 100], WORKING)
    write_overlay(source, tmp_path / "unseen.mp4", elbow_poses(source, visible=False), plain(), "right")
    assert near(pictures(tmp_path / "unseen.mp4")[0][1][135, 100], (GREY, GREY, GREY), by=12)


def odd_clip(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = 161, 121, "yuv444p"
        for stamp in range(4):
            picture = av.VideoFrame.from_ndarray(np.full((121, 161, 3), GREY, np.uint8))
            picture.pts, picture.time_base = stamp, Fraction(1, 30)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def test_odd_sizes_become_even_h264_that_browsers_play(tmp_path: Path) -> None:
    source = odd_clip(tmp_path / "in.mkv")
    video = open_video(source)
    assert video.size_wh == (161, 121)
    out = tmp_path / "out.mp4"
    nobody = PoseSequence.from_frames(PoseFrame.missing(frame.t_s, video.size_wh) for frame in video)
    write_overlay(source, out, nobody, plain(), "both")
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264" and stream.codec_context.pix_fmt == "yuv420p"
        assert stream.width % 2 == 0 and stream.height % 2 == 0
    head = out.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_the_counter_changes_the_picture(tmp_path: Path) -> None:
    source = grey_clip(tmp_path / "in.mp4")
    for count in (1, 2):
        write_overlay(source, tmp_path / f"{count}.mp4", elbow_poses(source), plain(count), "right")
    one, two = (pictures(tmp_path / f"{count}.mp4")[0][1].astype(int) for count in (1, 2))
    assert np.abs(one - two)[:60, 240:].max() > 80
    assert np.abs(one - two)[100:200].max() < 30


def test_nothing_is_left_behind_when_it_breaks_off_and_the_older_file_stays(tmp_path: Path) -> None:
    source, out = grey_clip(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    out.write_bytes(b"older")

    def broken(t_s: float) -> Caption:
        if t_s > 0.2:
            raise KeyboardInterrupt
        return Caption("Arm", "Ready", 0)

    with pytest.raises(KeyboardInterrupt):
        write_overlay(source, out, elbow_poses(source), broken, "right")
    assert out.read_bytes() == b"older"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]


def test_what_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    source = grey_clip(tmp_path / "in.mp4")
    poses = elbow_poses(source)
    for out, word in (
        (tmp_path / "out.avi", "ends in .mp4"),
        (tmp_path / "none" / "out.mp4", "no folder"),
        (source, "replace the video"),
    ):
        with pytest.raises(OverlayError, match=word):
            write_overlay(source, out, poses, plain(), "right")
    with pytest.raises(ValueError, match="expected pictures of"):
        write_overlay(source, tmp_path / "out.mp4", replace(poses, size_wh=(64, 48)), plain(), "right")


def test_words_are_wrapped_into_their_room_and_cut_where_that_does_not_help() -> None:
    room_px = 200
    lines = wrapped("Keep your breastbone over your belt buckle and let only the arm travel.", 20, room_px, 2)
    assert len(lines) == 2 and lines[1].endswith("…")
    assert all(text_width_px(line, 20) <= room_px for line in lines)
    assert wrapped("", 20, room_px, 2) == []


def test_a_limb_that_leaves_the_picture_is_cut_at_its_border() -> None:
    image = np.full((120, 160, 3), GREY, np.uint8)
    xy_px = np.full((len(LANDMARKS), 2), np.nan)
    xy_px[INDEX["right_elbow"]], xy_px[INDEX["right_wrist"]] = (80, 60), (5000, 60)
    draw_skeleton(image, PoseFrame(0.0, (160, 120), xy_px, None, np.ones(len(LANDMARKS))), "right")
    assert near(image[60, 150], WORKING, by=5) and near(image[10, 10], (GREY, GREY, GREY), by=0)
    assert np.abs(image.astype(int) - OUTLINE).max(axis=-1).min() <= 20
