"""How a thread bows between two points of a ring, in complex numbers. Pure."""

CALM = 0.36  # how far inwards the thread between two neighbours is drawn, as a share of the depth
EAGER = 0.30  # how much further, the nearer the two are to facing each other
HAND = 0.11  # the bow to one side, as a share of the chord


def bow(centre: complex, radius: float, helper: complex, asker: complex) -> complex:
    """The control point of the quadratic curve: inwards, and always a little to the same hand.

    So A to B and B to A never lie on each other, and threads across the whole ring do not all meet
    in its centre.
    """
    chord = asker - helper
    middle = (helper + asker) / 2 - centre
    depth = abs(middle)
    far = min(abs(chord) / (2 * radius), 1)
    inward = min(depth * (CALM + EAGER * far), 1.1 * abs(chord))
    inner = middle * (1 - inward / depth) if depth > 1e-9 else 0
    return centre + inner + HAND * 1j * chord


def towards(p: complex, target: complex, distance: float) -> complex:
    """`p` moved by `distance` towards `target`, but never much more than half way."""
    way = target - p
    return p + way / (abs(way) or 1) * min(distance, abs(way) * 0.6)


def arrow_head(control: complex, end: complex, length: float) -> tuple[complex, complex, complex]:
    """The head of an arrow that comes from `control` and ends at `end`: tip and two barbs."""
    way = end - control
    along = way / (abs(way) or 1) * length
    base, side = end - along, along * 0.5j
    return end, base + side, base - side
