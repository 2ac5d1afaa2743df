"""What a drawing is made of, in one thread: draw_limit RING. Prints milliseconds.

Reading the ring's rows into models, the phone's shared fragments, and the personal ones of its asker.
"""

import json
import sys
import time
from collections.abc import Callable
from statistics import median

import django

django.setup()

from rings import live
from rings.live import Audience
from rings.picture import Picture

TIMES = 15


def milliseconds(work: Callable[[], object]) -> float:
    spans = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        spans.append((time.perf_counter() - began) * 1000)
    return median(spans)


def main(pk: int) -> None:
    picture = Picture.of(pk)
    assert picture.current
    asker = picture.seat_of[picture.current.participant_id]
    said = {
        "read": milliseconds(lambda: Picture.of(pk)),
        "phone": milliseconds(lambda: live.draw(Picture.of(pk), Audience.PHONE)),
        "asker": milliseconds(lambda: live.draw_personal(Picture.of(pk), asker)),
    }
    said |= {name: said[name] - said["read"] for name in ("phone", "asker")}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
