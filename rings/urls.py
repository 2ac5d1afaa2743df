"""Every address of the product. Each view declares its audience (rings/access.py)."""

from django.urls import path, re_path, register_converter
from django.urls.converters import IntConverter

from rings.views import archive, desk, health, home, participant, planning, seats, stage, team


class Id(IntConverter):
    """An id that a database can hold: whatever is longer is nobody's."""

    regex = "[0-9]{1,18}"


register_converter(Id, "id")

urlpatterns = [
    path("", home.home, name="home"),
    path("j/<slug:invite>/", participant.invited, name="invited"),
    path("keeping/", home.keeping, name="keeping"),
    path("demo/<str:token>/", home.demo_desk, name="demo_desk"),
    # the phone
    path("r/<str:code>/", participant.ring, name="ring"),
    path("r/<str:code>/join/", participant.join, name="join"),
    path("r/<str:code>/claim/<id:pk>/", participant.claim, name="claim"),
    path("r/<str:code>/screen/", participant.screen, name="ring_screen"),
    path("r/<str:code>/ask/", participant.ask, name="ask"),
    path("r/<str:code>/offer/<id:pk>/", participant.offer, name="offer"),
    path("r/<str:code>/withdraw/<id:pk>/", participant.withdraw, name="withdraw"),
    path("r/<str:code>/return/", participant.return_link, name="return_link"),
    path("back/<id:pk>/<slug:key>/", participant.come_back, name="come_back"),
    # the stage
    path("stage/<slug:token>/", stage.stage, name="stage"),
    path("stage/<slug:token>/screen/", stage.screen, name="stage_screen"),
    # the desk
    path("rings/", planning.my_rings, name="my_rings"),
    path("rings/new/", planning.new_ring, name="new_ring"),
    path("rings/new/plan/", planning.plan, name="plan"),
    path("desk/<id:pk>/", desk.desk, name="desk"),
    path("desk/<id:pk>/screen/", desk.screen, name="desk_screen"),
    path("desk/<id:pk>/move/", desk.move, name="move"),
    path("desk/<id:pk>/pause/", desk.pause, name="pause"),
    path("desk/<id:pk>/seats/", seats.add_seat, name="add_seat"),
    path("desk/<id:pk>/asks/<id:ask_pk>/offers/", desk.scribe, name="scribe"),
    path("desk/<id:pk>/seats/<id:seat_pk>/ask/", seats.write_for, name="write_for"),
    path(
        "desk/<id:pk>/offers/<id:offer_pk>/withdraw/",
        desk.withdraw_for,
        name="withdraw_for",
    ),
    re_path(
        r"^desk/(?P<pk>[0-9]{1,18})/seats/(?P<seat_pk>[0-9]{1,18})/(?P<command>admit|turn-away)/$",
        seats.admit,
        name="admit",
    ),
    re_path(
        r"^desk/(?P<pk>[0-9]{1,18})/turn/(?P<command>next|back|defer|skip)/$",
        desk.turn,
        name="turn",
    ),
    # leading together
    path("lead/<str:invitation>/", team.lead, name="lead"),
    path("desk/<id:pk>/team/", team.team_page, name="team"),
    path("desk/<id:pk>/team/invite/", team.invite, name="invite"),
    path("desk/<id:pk>/team/stop/", team.stop_invitations, name="stop_invitations"),
    path("desk/<id:pk>/team/<id:user_pk>/off/", team.take_off, name="take_off"),
    path("desk/<id:pk>/hand-over/", team.hand_over, name="hand_over"),
    path("desk/<id:pk>/take-over/", team.take_over, name="take_over"),
    path("desk/<id:pk>/see/", team.see, name="see"),
    path("desk/<id:pk>/see/stage/", team.see_stage, name="see_stage"),
    path("desk/<id:pk>/see/<id:seat_pk>/", team.see_phone, name="see_phone"),
    # past rings
    path("past/", archive.past_rings, name="past_rings"),
    # for machines
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
