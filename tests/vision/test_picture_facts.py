"""Brightness, contrast and sameness of pictures, on pictures whose luma is known."""

from __future__ import annotations

import numpy as np
import pytest

from vision.picture_facts import picture_facts


def test_luma_follows_bt601() -> None:
    """Red of 255 has a luma of 0.299 * 255 = 76, green 150, blue 29 (ITU-R BT.601)."""
    for channel, luma in enumerate((76, 150, 29)):
        image = np.zeros((48, 64, 3), np.uint8)
        image[..., channel] = 255
        facts = picture_facts(image)
        assert facts.brightness == pytest.approx(luma, abs=1)
        assert facts.contrast == 0


def test_contrast_is_between_the_percentiles() -> None:
    """A grey ramp from 0 to 250 holds 90 % of its range between the 5th and the 95th percentile."""
    ramp = np.repeat(np.linspace(0, 250, 400).astype(np.uint8)[None, :, None], 300, 0).repeat(3, 2)
    facts = picture_facts(ramp)
    assert facts.contrast == pytest.approx(225, abs=4)
    assert facts.brightness == pytest.approx(125, abs=3)


def test_noise_makes_another_picture_and_nothing_else_does() -> None:
    rng = np.random.default_rng(1)
    image = rng.integers(90, 110, (48, 64, 3), dtype=np.uint8)
    noisy = image.copy()
    noisy[20:28, 20:28] += 1
    assert picture_facts(image).fingerprint == picture_facts(image.copy()).fingerprint
    assert picture_facts(image).fingerprint != picture_facts(noisy).fingerprint
