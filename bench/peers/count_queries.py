"""Count the queries of a pledge and of each audience's drawing, in a ring of SEATS: count_queries SEATS."""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.peers.make_rings import make
from rings import actions, live
from rings.actions import By
from rings.live import Audience
from rings.models import Participant, Request, Ring
from rings.picture import Picture


def main(seats: int) -> None:
    user, _ = User.objects.get_or_create(username="fay", email="fay@example.org")
    made = make(user, seats, "turns")
    ring, ask = Ring.objects.get(pk=made["pk"]), Request.objects.get(pk=made["ask"])
    helpers = list(Participant.objects.filter(ring=ring).exclude(pk=ask.participant_id))
    for helper in helpers[1:]:
        actions.offer(ring, By(helper), ask=ask, helper=helper)
    counts = {}
    with CaptureQueriesContext(connection) as caught:
        actions.offer(ring, By(helpers[0]), ask=ask, helper=helpers[0])
    counts["pledge"] = len(caught)
    for audience in Audience:
        with CaptureQueriesContext(connection) as caught:
            picture = Picture.of(ring.pk)
            live.draw(picture, audience)
            if audience == Audience.PHONE:
                live.draw_personal(picture, picture.seat_of[helpers[0].pk])
        counts[str(audience)] = len(caught)
    json.dump(counts, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
