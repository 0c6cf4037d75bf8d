"""Charts as SVG, with no library: stacked bars month by month, and a line over them.

Text is text, so the picture is searchable and scales; the font stack names fonts with Chinese and Japanese
letters of every common system.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

FONTS: Final = (
    "system-ui, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', "
    "'PingFang SC', 'Hiragino Sans', 'Microsoft YaHei', 'Yu Gothic', 'WenQuanYi Micro Hei', sans-serif"
)
_WIDTH: Final = 960
_LEAST: Final = 0.62  # of its width, below which nobody could read it
_HEIGHT: Final = 420
_LEFT: Final = 76
_RIGHT: Final = 16
_TOP: Final = 72
_BOTTOM: Final = 44
_STEPS: Final = (1, 2, 5)
_LINES: Final = 6  # of the grid, about


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars, or the line. values: one for each label, not negative."""

    name: str
    colour: str
    values: Sequence[float]


def bars(
    title: str,
    labels: Sequence[str],
    stacks: Sequence[Series],
    line: Series | None = None,
    unit: str = "",
    *,
    width: int = _WIDTH,
) -> str:
    """An SVG document. Every series has as many values as there are labels (ValueError otherwise).

    width: as it is drawn; a page shows it at most so wide, and scrolls it below _LEAST of that [px]."""
    for series in (*stacks, *([line] if line else [])):
        if len(series.values) != len(labels):
            raise ValueError(f"{series.name} has {len(series.values)} values for {len(labels)} labels")
    tops = [sum(series.values[at] for series in stacks) for at in range(len(labels))]
    most = max([*tops, *(line.values if line else ()), 1.0])
    step = _step(most)
    scale = (_HEIGHT - _TOP - _BOTTOM) / (step * -(-most // step))
    step_x = (width - _LEFT - _RIGHT) / max(1, len(labels))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" role="img" '
        f'style="max-width: {width}px; min-width: {int(width * _LEAST)}px" '
        f'aria-label="{escape(title)}" font-family="{escape(FONTS)}" font-size="13">',
        f'<rect width="{width}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="26" font-size="17" font-weight="600" fill="#1b1b1b">{escape(title)}</text>',
        *_legend([*stacks, *([line] if line else [])]),
        *_grid(step, most, scale, unit, width),
    ]
    for at, label in enumerate(labels):
        left = _LEFT + step_x * at
        parts += _stack(label, at, left + step_x * 0.16, step_x * 0.68, stacks, scale)
        parts.append(
            f'<text x="{left + step_x / 2:.1f}" y="{_HEIGHT - 18}" text-anchor="middle" fill="#444">'
            f"{escape(label)}</text>"
        )
    if line is not None:
        parts += _line(line, labels, step_x, scale)
    return "\n".join([*parts, "</svg>", ""])


def _step(most: float) -> float:
    """A round distance of grid lines: 1, 2 or 5 times a power of ten."""
    size = 1.0
    while True:
        for one in _STEPS:
            if most <= one * size * _LINES:
                return one * size
        size *= 10


def _y(value: float, scale: float) -> float:
    return _HEIGHT - _BOTTOM - value * scale


def _legend(found: Sequence[Series]) -> list[str]:
    parts, left = [], float(_LEFT)
    for series in found:
        parts.append(
            f'<rect x="{left:.0f}" y="40" width="12" height="12" rx="2" fill="{escape(series.colour)}"/>'
            f'<text x="{left + 17:.0f}" y="51" fill="#333">{escape(series.name)}</text>'
        )
        left += 40 + sum(13 if ord(letter) > 0x2E80 else 7.2 for letter in series.name)
    return parts


def _grid(step: float, most: float, scale: float, unit: str, width: int) -> list[str]:
    parts, value = [], 0.0
    while value <= step * -(-most // step):
        y = _y(value, scale)
        parts.append(
            f'<line x1="{_LEFT}" x2="{width - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e3e3"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#666">{value:,.0f}</text>'
        )
        value += step
    if unit:
        parts.append(
            f'<text x="{_LEFT - 8}" y="{_TOP - 14}" text-anchor="end" fill="#666">{escape(unit)}</text>'
        )
    return parts


def _stack(
    label: str, at: int, left: float, width: float, stacks: Sequence[Series], scale: float
) -> list[str]:
    parts, base = [], 0.0
    for series in stacks:
        value = series.values[at]
        if value <= 0:
            continue
        base += value
        told = escape(f"{label} {series.name}: {value:,.2f}")
        place = f'x="{left:.1f}" y="{_y(base, scale):.1f}" width="{width:.1f}" height="{value * scale:.1f}"'
        parts.append(f'<rect {place} fill="{escape(series.colour)}"><title>{told}</title></rect>')
    return parts


def _line(line: Series, labels: Sequence[str], width: float, scale: float) -> list[str]:
    points = [(_LEFT + width * (at + 0.5), _y(value, scale)) for at, value in enumerate(line.values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{escape(line.colour)}">'
        f"<title>{escape(f'{label} {line.name}: {value:,.2f}')}</title></circle>"
        for (x, y), label, value in zip(points, labels, line.values, strict=True)
    ]
    colour = escape(line.colour)
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots]
