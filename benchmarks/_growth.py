"""A picture of how time grows with the number of visits, both on a scale of tens, as SVG."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

WIDTH, HEIGHT, EDGE = 560, 380, 60
PROCESSOR: Final = "#0f6cbd"
CLOCK: Final = "#b4530a"
GREY: Final = "#8a8a8a"

Points = Sequence[tuple[float, float]]


def picture(processor: Points, clock: Points) -> str:
    """Return both curves, and a grey line of what would grow exactly as the visits do."""
    frame = Frame([*processor, *clock])
    first, last = processor[0], processor[-1]
    straight = [first, (last[0], first[1] * last[0] / first[0])]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *frame.grid([visits for visits, _ in processor]),
        frame.line(straight, GREY, dashed=True),
        *(
            one
            for points, colour in ((processor, PROCESSOR), (clock, CLOCK))
            for one in frame.curve(points, colour)
        ),
        *legend((("processor seconds", PROCESSOR), ("seconds by the clock", CLOCK), ("linear", GREY))),
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">visits</text></svg>',
    ]
    return "\n".join(parts) + "\n"


class Frame:
    """Where a point lies in the picture."""

    def __init__(self, points: Points) -> None:
        self.left, self.right = (bound(f(x for x, _ in points)) for f in (min, max))
        self.low = math.floor(min(bound(y) for _, y in points))
        self.high = math.ceil(max(bound(y) for _, y in points))

    def spot(self, point: tuple[float, float]) -> tuple[float, float]:
        across = (bound(point[0]) - self.left) / (self.right - self.left)
        up = (bound(point[1]) - self.low) / (self.high - self.low)
        return EDGE + across * (WIDTH - 2 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)

    def grid(self, visits: Sequence[float]) -> Iterator[str]:
        for number in visits:
            x, _ = self.spot((number, 10.0**self.low))
            yield f'<path d="M{x:.1f} {EDGE}V{HEIGHT - EDGE}" stroke="#eee"/>'
            yield f'<text x="{x:.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{number:,.0f}</text>'
        for power in range(self.low, self.high + 1):
            _, y = self.spot((10.0**self.left, 10.0**power))
            yield f'<path d="M{EDGE} {y:.1f}H{WIDTH - EDGE}" stroke="#ddd"/>'
            yield f'<text x="{EDGE - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:,} s</text>'

    def line(self, points: Points, colour: str, *, dashed: bool = False) -> str:
        along = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self.spot, points))
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        return f'<polyline points="{along}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'

    def curve(self, points: Points, colour: str) -> Iterator[str]:
        yield self.line(points, colour)
        for x, y in map(self.spot, points):
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'


def bound(value: float) -> float:
    return math.log10(max(value, 1e-3))


def legend(words: Sequence[tuple[str, str]]) -> Iterator[str]:
    for number, (word, colour) in enumerate(words):
        y = 14 + 15 * number
        yield f'<path d="M{EDGE + 10} {y}h24" stroke="{colour}" stroke-width="2"/>'
        yield f'<text x="{EDGE + 42}" y="{y + 4}">{word}</text>'
