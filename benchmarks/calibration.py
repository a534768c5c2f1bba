"""Measure whether the confidence of an attribution is the share of such ones that is right.

    python benchmarks/calibration.py --gold FILE.jsonl [--plot docs/reliability.svg]

Right is an attribution that an annotator marked as well (``attr@0.3``, one to one). In a bin of the
plot, the bar is as high as the share that is right, the dot is at the mean confidence, and the
number says how many there are: the nearer the dots to the dashed line, the better.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import annotated

from pipeline.training.evaluation import Bin, Evaluation, bins, calibration_error

SIDE = 400
"""Of the square from 0 to 1 on both axes, in pixels."""
LEFT, TOP, RIGHT, BOTTOM = 70, 70, 30, 64
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# dark in a reader's dark theme, also where the file is shown as an image
STYLE = """
  .ground { fill: #ffffff }
  text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-size: 16px; font-weight: 600 }
  .small { font-size: 11px }
  .bar { fill: #6ea8fe }
  .dot { fill: #b3261e }
  .axis { stroke: #1f2328 }
  .grid { stroke: #d0d7de }
  .ideal { stroke: #57606a; stroke-dasharray: 6 4 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    text { fill: #e6edf3 }
    .bar { fill: #2f5fa8 }
    .dot { fill: #ffb4a9 }
    .axis { stroke: #e6edf3 }
    .grid { stroke: #30363d }
    .ideal { stroke: #9198a1 }
  }
"""


def x(share: float) -> str:
    return f"{LEFT + SIDE * share:.1f}"


def y(share: float) -> str:
    return f"{TOP + SIDE * (1 - share):.1f}"


def plot(rows: Sequence[Bin], error: float) -> str:
    """Return the reliability diagram as SVG."""
    width, height = LEFT + SIDE + RIGHT, TOP + SIDE + BOTTOM
    count = sum(row.size for row in rows)
    about = f"{count:,} attributions, expected calibration error {100 * error:.1f} %"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-labelledby="title about">',
            '<title id="title">Reliability of the confidence of attributions</title>',
            f'<desc id="about">{about}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{width}" height="{height}"/>',
            f'<text class="title" x="{LEFT}" y="26">How often attributions are right</text>',
            f'<text x="{LEFT}" y="46">{about}</text>',
            *_grid(),
            *(line for row in rows if row.size for line in _bar(row)),
            f'<line class="ideal" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>',
            *(_dot(row) for row in rows if row.size),
            *_axes(),
            "</svg>\n",
        )
    )


def _grid() -> Iterator[str]:
    for share in FIFTHS:
        yield f'<line class="grid" x1="{x(0)}" y1="{y(share)}" x2="{x(1)}" y2="{y(share)}"/>'


def _bar(row: Bin) -> Iterator[str]:
    middle = (row.low + row.high) / 2
    width, height = SIDE * (row.high - row.low) - 4, SIDE * row.precision
    yield (
        f'<rect class="bar" x="{LEFT + SIDE * row.low + 2:.1f}" y="{y(row.precision)}"'
        f' width="{width:.1f}" height="{height:.1f}"/>'
    )
    # at the foot of the bar, where neither the dot nor the dashed line of a good model runs
    at = TOP + SIDE - 6
    yield f'<text class="small" x="{x(middle)}" y="{at}" text-anchor="middle">{row.size:,}</text>'


def _dot(row: Bin) -> str:
    return f'<circle class="dot" cx="{x(row.confidence)}" cy="{y(row.precision)}" r="4"/>'


def _axes() -> Iterator[str]:
    yield f'<line class="axis" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(0)}"/>'
    yield f'<line class="axis" x1="{x(0)}" y1="{y(0)}" x2="{x(0)}" y2="{y(1)}"/>'
    foot, edge = TOP + SIDE, LEFT
    for share in FIFTHS:
        yield f'<line class="axis" x1="{x(share)}" y1="{foot}" x2="{x(share)}" y2="{foot + 5}"/>'
        yield f'<text x="{x(share)}" y="{foot + 20}" text-anchor="middle">{share:.1f}</text>'
        yield f'<line class="axis" x1="{edge - 5}" y1="{y(share)}" x2="{edge}" y2="{y(share)}"/>'
        at = f"{TOP + SIDE * (1 - share) + 4:.1f}"
        yield f'<text x="{edge - 9}" y="{at}" text-anchor="end">{share:.1f}</text>'
    middle = LEFT + SIDE / 2
    yield (
        f'<text x="{middle}" y="{foot + 46}" text-anchor="middle">confidence'
        " (number: attributions in the bin; dot: their mean)</text>"
    )
    side = TOP + SIDE / 2
    yield (
        f'<text transform="translate(22 {side}) rotate(-90)" text-anchor="middle">'
        "share that is right</text>"
    )


def lines(rows: Sequence[Bin], error: float) -> Iterator[str]:
    """Yield a line for each bin, and the error."""
    for row in rows:
        mean, right = (f"{v:.3f}" if row.size else "  n/a" for v in (row.confidence, row.precision))
        yield f"{row.low:.1f} to {row.high:.1f}  n {row.size:5}  confidence {mean}  right {right}"
    yield f"expected calibration error {100 * error:.1f} ({sum(row.size for row in rows)})"


def main() -> None:
    parser = annotated.parser(__doc__.splitlines()[0])
    parser.add_argument("--plot", type=Path, help="write the reliability diagram to this SVG file")
    args = parser.parse_args()
    sums = Evaluation()
    for article, record in annotated.records(
        annotated.read(args.gold), annotated.settings_of(args)
    ):
        sums.add(article, record)
    error = calibration_error(sums.verdicts)
    if error is None:
        sys.exit("no attribution has a confidence: choose a profile that judges them")
    rows = bins(sums.verdicts)
    for line in lines(rows, error):
        print(line)
    if args.plot:
        args.plot.write_text(plot(rows, error), "utf-8")


if __name__ == "__main__":
    main()
