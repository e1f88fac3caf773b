"""How colours look: contrast, differences, and how people with a colour vision deficiency see them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui_app.theme.tokens import rgb

Floats = NDArray[np.float64]

VISIONS: dict[str, Floats] = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""What to multiply linear red, green and blue by: Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113."""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> Floats:
    """Linear red, green and blue [3] from 0 to 1 (IEC 61966-2-1)."""
    share = rgb(colour).astype(np.float64) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((float(_TO_XYZ[1] @ linear(one)) for one in (first, second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, vision: str) -> Floats:
    """Lightness, a and b (CIELAB, D65) [3] of a colour as people with this vision see it."""
    xyz = _TO_XYZ @ np.clip(VISIONS[vision] @ linear(colour), 0, 1) / _WHITE
    roots = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * roots[1] - 16, 500 * (roots[0] - roots[1]), 200 * (roots[1] - roots[2])])


def difference(one: Floats, other: Floats) -> float:
    """The colour difference CIEDE2000 of two CIELAB colours: Sharma, Wu & Dalal 2005, doi:10.1002/col.20070."""
    lightness, a, b = np.stack([one, other]).T
    chroma = np.hypot(a, b).mean()
    stretch = 1 + 0.5 * (1 - np.sqrt(chroma**7 / (chroma**7 + 25**7)))
    chromas, hues = np.hypot(a * stretch, b), np.degrees(np.arctan2(b, a * stretch)) % 360
    mean_l, mean_c = lightness.mean(), chromas.mean()
    turn = (hues[1] - hues[0] + 180) % 360 - 180 if chromas.all() else 0.0
    mean_h = hues[0] + turn / 2 if chromas.all() else hues.sum()
    angle = np.radians(mean_h)
    weight = 1 - 0.17 * np.cos(angle - np.radians(30)) + 0.24 * np.cos(2 * angle)
    weight += 0.32 * np.cos(3 * angle + np.radians(6)) - 0.20 * np.cos(4 * angle - np.radians(63))
    of_l = np.diff(lightness)[0] / (1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2))
    of_c = np.diff(chromas)[0] / (1 + 0.045 * mean_c)
    of_h = 2 * np.sqrt(chromas.prod()) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * mean_c * weight)
    bend = 30 * np.exp(-((((mean_h - 275 + 180) % 360 - 180) / 25) ** 2))
    rotation = -np.sin(2 * np.radians(bend)) * 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25**7))
    return float(np.sqrt(of_l**2 + of_c**2 + of_h**2 + rotation * of_c * of_h))
