"""What leads a movement on the live page: the way, its band, the angles, and the figure before the set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import CHROMIUM, part
from tests.support.live_page import begin, live_page, update

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

# In pixels of a picture of 480 x 360: a way straight up from (100, 300) to (100, 60).
WAY: Final[dict[str, Any]] = {
    "line": [100, 300, 100, 180, 100, 60],
    "width": 20,
    "at": [100, 250],
    "next": [100, 215],
    "target": [100, 60],
    "inside": True,
}
BLUE, ORANGE = (86, 180, 233), (213, 94, 0)
_INK = """([x, y, size]) => {
  const canvas = coach.view.part.canvas;
  const scale = canvas.width / 480;
  const [left, top, wide] = [x - size, y - size, 2 * size].map((pixels) => pixels * scale);
  const seen = canvas.getContext('2d').getImageData(left, top, wide, wide);
  const found = {};
  for (let i = 0; i < seen.data.length; i += 4) {
    if (seen.data[i + 3] > 30) found[[0, 1, 2].map((k) => seen.data[i + k]).join()] = 1;
  }
  return Object.keys(found).map((key) => key.split(',').map(Number));
}"""

_COVERED = """() => {
  const { canvas } = coach.view.part;
  const seen = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return seen.filter((value, i) => i % 4 === 3 && value > 200).length;
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with live_page(browser) as mounted:
        yield mounted


def guided(page: Page, number: int, **guide: Any) -> None:
    update(page, t_s=number / 10, guide={"ways": [], "arcs": [], **guide})


def inks(page: Page, x: int, y: int, size: int = 6) -> list[list[int]]:
    """The colours that are drawn around a place of the picture."""
    return [list(map(int, ink)) for ink in page.evaluate(_INK, [x, y, size])]


def has(colours: list[list[int]], wanted: tuple[int, int, int]) -> bool:
    return any(max(abs(a - b) for a, b in zip(ink, wanted, strict=True)) < 14 for ink in colours)


def test_the_way_its_band_and_its_end_are_drawn_where_they_are(page: Page) -> None:
    begin(page)
    guided(page, 1, ways=[WAY])
    assert has(inks(page, 112, 150, 4), BLUE), "the band, 20 to each side"
    assert inks(page, 130, 150, 4) == [], "nothing beside it"
    assert inks(page, 100, 45, 3), "the ring around the end"
    guided(page, 2, ways=[WAY | {"inside": False}])
    assert has(inks(page, 112, 150, 4), ORANGE)
    assert has(inks(page, 107, 257, 3), ORANGE), "a cross where the hand has left the band, not colour alone"
    guided(page, 3)
    assert inks(page, 100, 150) == []


def test_a_band_that_was_left_is_striped(page: Page) -> None:
    """Told apart without colours too: one ink beside the middle line where it is good, two where it is not."""
    begin(page)
    guided(page, 1, ways=[WAY])
    assert len(strengths(page)) == 1
    guided(page, 2, ways=[WAY | {"inside": False}])
    assert len(strengths(page)) == 2


def strengths(page: Page) -> set[int]:
    """How strongly the band covers the picture between its middle line and its edge, over 60 pixels of it."""
    seen = page.evaluate("""() => {
      const canvas = coach.view.part.canvas, scale = canvas.width / 480;
      const column = canvas.getContext('2d').getImageData(112 * scale, 90 * scale, 1, 60 * scale).data;
      return [...column].filter((_, i) => i % 4 === 3);
    }""")
    return {alpha for alpha in seen if seen.count(alpha) > 8}


def test_high_contrast_and_large_type_reach_the_guide(browser: Browser) -> None:
    with live_page(browser) as plain, live_page(browser, looks=["contrast", "large"]) as dressed:
        drawn = []
        for page in (plain, dressed):
            begin(page)
            elbow(page, inside=True)
            drawn.append(page.evaluate(_COVERED))
        assert drawn[1] > 1.5 * drawn[0], "digits one and a half times as high"
        assert has(inks(dressed, 240, 160, 20), (127, 208, 255))


def test_the_trail_follows_the_hand_and_fades_away(page: Page) -> None:
    begin(page)
    for k in range(10):
        guided(page, k, ways=[WAY | {"at": [300 + 10 * k, 200]}])
    assert inks(page, 350, 200, 4)
    for k in range(30, 33):
        guided(page, k, ways=[WAY | {"at": [400, 200]}])
    assert inks(page, 350, 200, 4) == []


@pytest.mark.parametrize(("inside", "colour"), [(True, BLUE), (False, ORANGE)])
def test_an_angle_is_written_at_its_joint(page: Page, inside: bool, colour: tuple[int, int, int]) -> None:
    begin(page)
    elbow(page, inside)
    assert has(inks(page, 240, 160, 16), colour), "between the two limbs"


def elbow(page: Page, inside: bool) -> None:
    """A left elbow bent by a right angle, its bones along the two sides of it."""
    landmarks: list[int | None] = [None] * 66
    for row, (x, y) in {11: (200, 100), 13: (200, 200), 15: (300, 200)}.items():
        landmarks[2 * row], landmarks[2 * row + 1] = x, y
    arcs = [{"rows": [11, 13, 15], "deg": 90, "inside": inside}]
    update(page, t_s=0.1, landmarks=landmarks, guide={"ways": [], "arcs": arcs})


def test_the_figure_of_the_exercise_moves_until_it_is_paused_and_rests_in_a_set(page: Page) -> None:
    figure = part(page, "demonstration")
    expect(figure).to_be_visible()
    assert "Sit down." in (figure.get_attribute("aria-label") or ""), "the exercise in words"
    assert moves(page)
    part(page, "figure").click()
    expect(part(page, "figure")).to_have_attribute("aria-pressed", "true")
    assert not moves(page)
    page.keyboard.press("p")
    assert moves(page)
    begin(page)
    page.keyboard.press("p")
    assert not moves(page)
    page.evaluate("coach.movedAway()")
    assert moves(page)


def test_who_wants_no_motion_sees_start_and_end_side_by_side(browser: Browser) -> None:
    with live_page(browser, still=True) as page:
        expect(part(page, "demonstration")).to_be_visible()
        expect(part(page, "figure")).to_be_hidden()
        assert not moves(page)


def moves(page: Page) -> bool:
    shot = "coach.view.part.demonstration.toDataURL()"
    before = page.evaluate(shot)
    page.wait_for_timeout(700)
    return bool(page.evaluate(shot) != before)
