"""A small drawing sheet that becomes SVG: shapes, gradients, and groups. Units: 640 by 480."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

WIDTH, HEIGHT = 640, 480
Point = tuple[float, float]


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0")


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


class Sheet:
    """Shapes in the order drawn; only presentation attributes, so any content policy allows it."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._defs: dict[str, str] = {}
        self._shapes: list[str] = []
        self._symbols: list[str] = []

    def fade(self, *colours: str, across: bool = False) -> str:
        """A paint that runs from the first colour to the last, downwards or `across`.

        A colour may carry its opacity after an "@": "#fff@0.4".
        """
        way = 'x2="1" y2="0"' if across else 'x2="0" y2="1"'
        stops = _stops(colours)
        return self._paint(f'<linearGradient id="?" {way}>{stops}</linearGradient>')

    def glow(self, *colours: str) -> str:
        """A paint that runs from the middle outwards."""
        return self._paint(f'<radialGradient id="?">{_stops(colours)}</radialGradient>')

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *, round: float = 0,
        **more: object,
    ) -> None:  # fmt: skip
        corner = f' rx="{_number(round)}"' if round else ""
        place = f'x="{_number(x)}" y="{_number(y)}"'
        size = f'width="{_number(width)}" height="{_number(height)}"'
        self._add(f'<rect {place} {size}{corner} fill="{fill}"{_attributes(more)}/>')

    def poly(self, fill: str, *points: Point, **more: object) -> None:
        self._add(f'<polygon points="{_points(points)}" fill="{fill}"{_attributes(more)}/>')

    def path(self, fill: str, d: str, **more: object) -> None:
        self._add(f'<path d="{d}" fill="{fill}"{_attributes(more)}/>')

    def stroke(self, colour: str, d: str, width: float = 1, **more: object) -> None:
        more = {"stroke": colour, "stroke-width": _number(width), "stroke-linecap": "round", **more}
        self._add(f'<path d="{d}" fill="none"{_attributes(more)}/>')

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, **more: object) -> None:
        place = f'cx="{_number(x)}" cy="{_number(y)}" rx="{_number(rx)}" ry="{_number(ry)}"'
        self._add(f'<ellipse {place} fill="{fill}"{_attributes(more)}/>')

    @contextmanager
    def window(
        self, x: float, y: float, width: float, height: float, *, round: float = 0
    ) -> Iterator[None]:
        """What is drawn inside shows only within this frame, and is moved and scaled to fill it."""
        corner = f' rx="{_number(round)}"' if round else ""
        box = f'width="{_number(width)}" height="{_number(height)}"{corner}'
        name = self._define(
            f'<clipPath id="?"><rect x="{_number(x)}" y="{_number(y)}" {box}/></clipPath>'
        )
        scale = max(width / WIDTH, height / HEIGHT)
        left, top = x + (width - WIDTH * scale) / 2, y + (height - HEIGHT * scale) / 2
        move = f"translate({_number(left)} {_number(top)}) scale({scale:.3f})"
        self._add(f'<g clip-path="url(#{name})"><g transform="{move}">')
        yield
        self._add("</g></g>")

    @contextmanager
    def moved(
        self, x: float, y: float, scale: float = 1.0, *, flip: bool = False
    ) -> Iterator[None]:
        """Shapes drawn around the origin land at (x, y)."""
        wide = -scale if flip else scale
        self._add(
            f'<g transform="translate({_number(x)} {_number(y)}) scale({wide:.3f} {scale:.3f})">'
        )
        yield
        self._add("</g>")

    @contextmanager
    def symbol(self) -> Iterator[str]:
        """What is drawn inside becomes a symbol of this name, to be stamped later."""
        name, outer = f"s{len(self._symbols)}", self._shapes
        self._symbols.append(name)
        self._shapes = []
        yield name
        inner = "".join(self._shapes)
        self._shapes = outer
        self._defs[f'<g id="{name}">{inner}</g>'] = name

    def stamp(self, name: str, x: float, y: float) -> None:
        """The symbol, its origin at (x, y)."""
        self._add(f'<use href="#{name}" x="{_number(x)}" y="{_number(y)}"/>')

    def svg(self) -> bytes:
        """The finished picture."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            f' width="{WIDTH}" height="{HEIGHT}" role="img"><title>{self._title}</title>'
        )
        defs = "".join(text.replace('"?"', f'"{name}"') for text, name in self._defs.items())
        return f"{head}<defs>{defs}</defs>{''.join(self._shapes)}</svg>".encode()

    def _paint(self, text: str) -> str:
        return f"url(#{self._define(text)})"

    def _define(self, text: str) -> str:
        return self._defs.setdefault(text, f"p{len(self._defs)}")

    def _add(self, text: str) -> None:
        self._shapes.append(text)


def _stops(colours: Sequence[str]) -> str:
    last = max(1, len(colours) - 1)
    return "".join(_stop(colour, n / last) for n, colour in enumerate(colours))


def _stop(colour: str, offset: float) -> str:
    paint, _, opacity = colour.partition("@")
    seen = f' stop-opacity="{opacity}"' if opacity else ""
    return f'<stop offset="{offset:.2g}" stop-color="{paint}"{seen}/>'


def _attributes(more: dict[str, object]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{_number(v) if isinstance(v, float) else v}"'
        for name, v in more.items()
    )
