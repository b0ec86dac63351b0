"""A line chart as a small SVG, which a Markdown page can show and a text editor can read."""

from math import log10
from xml.sax.saxutils import escape

from tests.harness.benchmarks.findings import Chart

_WIDTH, _HEIGHT = 640, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 36, 44
_COLOURS = ("#0b6e99", "#b3541e")


def svg(chart: Chart) -> str:
    """The x axis is logarithmic; the y axis begins at zero."""
    points = [point for series in chart.series for point in series.points]
    ticks = sorted({x for x, _ in points})
    top = _round_up(max(y for _, y in points))
    low, high = log10(ticks[0]), log10(ticks[-1])

    def at(x: float, y: float) -> tuple[float, float]:
        along = (log10(x) - low) / (high - low) if high > low else 0.5
        return _LEFT + along * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - y / top * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 20, chart.title, "start", 14), _text(_WIDTH - _RIGHT, _HEIGHT - 8, chart.x, "end")]
    parts.append(_text(_LEFT - 8, _TOP - 6, chart.y, "end"))
    for n in range(5):
        y = top * n / 4
        left, height = at(ticks[0], y)[0], at(ticks[0], y)[1]
        parts.append(f'<path d="M{_LEFT} {height:.0f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(_text(min(left, _LEFT) - 8, height + 4, _number(y), "end"))
    parts += [_text(at(x, 0)[0], _HEIGHT - _BOTTOM + 18, _number(x)) for x in ticks]
    for series, colour in zip(chart.series, _COLOURS, strict=False):
        drawn = [at(x, y) for x, y in series.points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in drawn]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="11">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>\n{body}\n</svg>\n'
    )


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 11) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _number(value: float) -> str:
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return f"{value:g}"


def _round_up(value: float) -> float:
    """Rounds up to a number that four grid lines divide well."""
    unit = 10.0 ** int(log10(value))
    return next(step * unit for step in (1, 2, 4, 6, 8, 10, 20) if step * unit >= value)
