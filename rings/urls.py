"""Every address of the product. Each view declares its audience (rings/access.py)."""

from django.urls import path, re_path

from rings.views import archive, facilitator, health, home, participant, stage

urlpatterns = [
    path("", home.home, name="home"),
    path("j/<str:invite>/", participant.invited, name="invited"),
    path("keeping/", home.keeping, name="keeping"),
    path("demo/<str:token>/", home.demo_desk, name="demo_desk"),
    # the phone
    path("r/<str:code>/", participant.ring, name="ring"),
    path("r/<str:code>/join/", participant.join, name="join"),
    path("r/<str:code>/claim/<int:pk>/", participant.claim, name="claim"),
    path("r/<str:code>/screen/", participant.screen, name="ring_screen"),
    path("r/<str:code>/ask/", participant.ask, name="ask"),
    path("r/<str:code>/offer/<int:pk>/", participant.offer, name="offer"),
    path("r/<str:code>/withdraw/<int:pk>/", participant.withdraw, name="withdraw"),
    path("r/<str:code>/return/", participant.return_link, name="return_link"),
    path("back/<int:pk>/<str:key>/", participant.come_back, name="come_back"),
    # the stage
    path("stage/<str:token>/", stage.stage, name="stage"),
    path("stage/<str:token>/screen/", stage.screen, name="stage_screen"),
    # the desk
    path("rings/", facilitator.my_rings, name="my_rings"),
    path("rings/new/", facilitator.new_ring, name="new_ring"),
    path("rings/new/plan/", facilitator.plan, name="plan"),
    path("desk/<int:pk>/", facilitator.desk, name="desk"),
    path("desk/<int:pk>/screen/", facilitator.screen, name="desk_screen"),
    path("desk/<int:pk>/move/", facilitator.move, name="move"),
    path("desk/<int:pk>/pause/", facilitator.pause, name="pause"),
    path("desk/<int:pk>/seats/", facilitator.add_seat, name="add_seat"),
    path("desk/<int:pk>/asks/<int:ask_pk>/offers/", facilitator.scribe, name="scribe"),
    path("desk/<int:pk>/seats/<int:seat_pk>/ask/", facilitator.write_for, name="write_for"),
    path(
        "desk/<int:pk>/offers/<int:offer_pk>/withdraw/",
        facilitator.withdraw_for,
        name="withdraw_for",
    ),
    re_path(
        r"^desk/(?P<pk>\d+)/seats/(?P<seat_pk>\d+)/(?P<command>admit|turn-away)/$",
        facilitator.admit,
        name="admit",
    ),
    re_path(
        r"^desk/(?P<pk>\d+)/turn/(?P<command>next|back|defer|skip)/$", facilitator.turn, name="turn"
    ),
    # past rings
    path("past/", archive.past_rings, name="past_rings"),
    # for machines
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
