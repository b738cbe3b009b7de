"""The three planes of a (z, y, x) = (S, P, L) volume and where their voxels lie on a canvas."""

from __future__ import annotations

from dataclasses import dataclass, replace

Triple = tuple[float, float, float]

# The letter at the low and the high end of each array axis (z, y, x).
AXIS_LETTERS = (("I", "S"), ("A", "P"), ("R", "L"))


@dataclass(frozen=True)
class Plane:
    """One way to cut the volume: along `axis`, with `row` drawn vertically and `column`
    from left to right. `row_up`: a growing row index goes up on the canvas."""

    name: str
    axis: int
    row: int
    column: int
    row_up: bool

    @property
    def title(self) -> str:
        """Return the name as the canvas shows it."""
        return self.name.capitalize()

    @property
    def order(self) -> tuple[int, int, int]:
        """Return the axes as napari's dims order: cut, vertical, horizontal."""
        return (self.axis, self.row, self.column)

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """Return the letters at the top, bottom, left and right edge."""
        low, high = AXIS_LETTERS[self.row]
        top, bottom = (high, low) if self.row_up else (low, high)
        left, right = AXIS_LETTERS[self.column]
        return (top, bottom, left, right)

    @property
    def rail_up(self) -> bool:
        """Return whether the highest index is at the top of the slice rail.

        Superior is at the top of the axial rail; in the others the top is anterior and the
        patient's right, which are the low ends.
        """
        return self.axis == 0


AXIAL = Plane("axial", 0, 1, 2, row_up=False)
CORONAL = Plane("coronal", 1, 0, 2, row_up=True)
SAGITTAL = Plane("sagittal", 2, 0, 1, row_up=True)
PLANES: dict[str, Plane] = {plane.name: plane for plane in (AXIAL, CORONAL, SAGITTAL)}


@dataclass(frozen=True)
class Projection:
    """How grid mm (index × spacing) of one plane lie on a canvas of `width` × `height` px.

    `row_mm` and `column_mm` are at the canvas's centre; `zoom` is px per mm.
    """

    plane: Plane
    width: int
    height: int
    row_mm: float = 0.0
    column_mm: float = 0.0
    zoom: float = 1.0

    def to_canvas(self, row_mm: float, column_mm: float) -> tuple[float, float]:
        """Return the canvas position (x, y) in px of a point of the plane in grid mm."""
        down = (row_mm - self.row_mm) * self.zoom
        across = (column_mm - self.column_mm) * self.zoom
        return (
            self.width / 2 + across,
            self.height / 2 + (-down if self.plane.row_up else down),
        )

    def to_plane(self, x: float, y: float) -> tuple[float, float]:
        """Return the (row, column) in grid mm under a canvas position in px."""
        down = (y - self.height / 2) / self.zoom
        across = (x - self.width / 2) / self.zoom
        return (
            self.row_mm + (-down if self.plane.row_up else down),
            self.column_mm + across,
        )

    def resized(self, width: int, height: int) -> Projection:
        """Return the same centre and zoom on a canvas of another size."""
        return replace(self, width=max(width, 1), height=max(height, 1))

    def panned(self, dx: float, dy: float) -> Projection:
        """Return the projection after the picture was dragged by (dx, dy) px."""
        row, column = self.to_plane(self.width / 2 - dx, self.height / 2 - dy)
        return replace(self, row_mm=row, column_mm=column)

    def zoomed(self, factor: float, x: float, y: float) -> Projection:
        """Return the projection zoomed by `factor` with the point under (x, y) kept there."""
        row, column = self.to_plane(x, y)
        zoom = min(max(self.zoom * factor, MIN_ZOOM), MAX_ZOOM)
        moved = replace(self, zoom=zoom)
        x_now, y_now = moved.to_canvas(row, column)
        return moved.panned(x - x_now, y - y_now)

    def fitted(self, low: Triple, high: Triple, zoom: float, right_px: int) -> Projection:
        """Return the projection with the box low–high (grid mm) centred, `right_px` at the
        right left to the slice rail."""
        row = (low[self.plane.row] + high[self.plane.row]) / 2
        column = (low[self.plane.column] + high[self.plane.column]) / 2
        return replace(self, row_mm=row, column_mm=column + right_px / 2 / zoom, zoom=zoom)

    def zoom_to_fit(self, low: Triple, high: Triple, right_px: int) -> float:
        """Return the zoom at which the box just fits beside the slice rail."""
        rows = max(high[self.plane.row] - low[self.plane.row], 1e-3)
        columns = max(high[self.plane.column] - low[self.plane.column], 1e-3)
        zoom = min((self.width - right_px) / columns, self.height / rows)
        return min(max(zoom, MIN_ZOOM), MAX_ZOOM)


MIN_ZOOM = 0.05
MAX_ZOOM = 80.0
