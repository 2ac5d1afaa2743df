"""Every address of the product. Each view declares its audience (rings/access.py)."""

from django.urls import path, re_path, register_converter
from django.urls.converters import IntConverter

from rings.views import (
    across,
    archive,
    asking,
    audit,
    comings,
    desk,
    forgetting,
    health,
    home,
    installing,
    participant,
    planning,
    queue,
    receiving,
    rehearsal,
    replay,
    replying,
    room,
    script,
    seats,
    stage,
    taking,
    team,
    time,
)


class Id(IntConverter):
    """An id that a database can hold: whatever is longer is nobody's."""

    regex = "[0-9]{1,18}"


register_converter(Id, "id")

urlpatterns = [
    path("", home.home, name="home"),
    path("j/<slug:invite>/", participant.invited, name="invited"),
    path("keeping/", home.keeping, name="keeping"),
    path("erased/", home.erased, name="erased"),
    path("language/", home.language, name="language"),
    path("demo/<str:token>/", home.demo_desk, name="demo_desk"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("offline/", installing.offline, name="offline"),
    path("sw.js", installing.worker, name="worker"),
    # the phone
    path("r/<str:code>/", participant.ring, name="ring"),
    path("r/<str:code>/join/", participant.join, name="join"),
    path("r/<str:code>/claim/<id:pk>/", participant.claim, name="claim"),
    path("r/<str:code>/screen/", participant.screen, name="ring_screen"),
    path("r/<str:code>/ask/", asking.ask, name="ask"),
    path("r/<str:code>/ask/studio/", asking.look, name="studio"),
    path("r/<str:code>/offer/<id:pk>/", participant.offer, name="offer"),
    path("r/<str:code>/reply/<id:pk>/", replying.reply, name="reply"),
    path("r/<str:code>/reply/<id:pk>/back/", replying.unreply, name="unreply"),
    path("r/<str:code>/ask/<id:pk>/again/", replying.ask_again, name="ask_again"),
    path("r/<str:code>/help/<id:pk>/", receiving.help_page, name="help"),
    re_path(
        r"^r/(?P<code>[^/]+)/help/(?P<pk>[0-9]{1,18})/(?P<command>accept|not-needed|thank|most-useful)/$",
        receiving.answer,
        name="answer",
    ),
    path("r/<str:code>/withdraw/<id:pk>/", participant.withdraw, name="withdraw"),
    path("r/<str:code>/here/", queue.here, name="here"),
    path("r/<str:code>/return/", participant.return_link, name="return_link"),
    path("r/<str:code>/erase/", forgetting.erase_me, name="erase_me"),
    path("r/<str:code>/leave/", comings.leave, name="leave"),
    path("r/<str:code>/again/", comings.come_again, name="come_again"),
    path("pin/", comings.pin_in, name="pin_in"),
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
    path("desk/<id:pk>/ring.ics", planning.ics, name="ics"),
    path("desk/<id:pk>/pause/", desk.pause, name="pause"),
    path("desk/<id:pk>/undo/", queue.undo, name="undo"),
    path("desk/<id:pk>/queue/shuffle/", queue.shuffle, name="shuffle"),
    path("desk/<id:pk>/queue/<id:ask_pk>/", queue.queue, name="queue"),
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
    path("desk/<id:pk>/lock/", seats.lock, name="lock"),
    path("desk/<id:pk>/door/", seats.admit_all, name="admit_all"),
    path("desk/<id:pk>/seats/<id:seat_pk>/name/", seats.rename, name="rename"),
    path("desk/<id:pk>/seats/<id:seat_pk>/pin/", seats.pin, name="pin"),
    path("desk/<id:pk>/seats/<id:seat_pk>/merge/", seats.merge, name="merge"),
    re_path(
        r"^desk/(?P<pk>[0-9]{1,18})/seats/(?P<seat_pk>[0-9]{1,18})/(?P<command>remove|block|let-in)/$",
        seats.put_out,
        name="put_out",
    ),
    re_path(
        r"^desk/(?P<pk>[0-9]{1,18})/turn/(?P<command>next|back|defer|skip)/$",
        desk.turn,
        name="turn",
    ),
    re_path(
        r"^desk/(?P<pk>[0-9]{1,18})/time/(?P<command>more|start|trim|agree|break)/$",
        time.time,
        name="time",
    ),
    # the room: quiet, a tender moment, a card on the stage, the facilitator's own ask, the words to say
    path("desk/<id:pk>/spoke/", room.spoke, name="spoke"),
    path("desk/<id:pk>/asks/<id:ask_pk>/tender/", room.tender, name="tender"),
    path("desk/<id:pk>/card/", room.card, name="card"),
    re_path(r"^desk/(?P<pk>[0-9]{1,18})/own/(?P<command>seat|done)/$", room.own, name="own"),
    path("script/", script.my_script, name="my_script"),
    # a rehearsal
    path("rings/rehearse/", rehearsal.rehearse, name="rehearse"),
    path("desk/<id:pk>/rehearsal/step/", rehearsal.step, name="rehearsal_step"),
    path("desk/<id:pk>/rehearsal/pace/", rehearsal.pace, name="rehearsal_pace"),
    path("desk/<id:pk>/rehearsal/end/", rehearsal.end, name="rehearsal_end"),
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
    path("past/numbers/", across.numbers, name="across"),
    path("past/export.csv", taking.rings_csv, name="rings_csv"),
    path("past/export.json", taking.rings_json, name="rings_json"),
    path("past/import/", taking.bring_in, name="bring_in"),
    path("past/<id:pk>/", archive.review, name="review"),
    path("past/<id:pk>/export.csv", taking.ring_csv, name="ring_csv"),
    path("past/<id:pk>/export.json", taking.ring_json, name="ring_json"),
    path("past/<id:pk>/replay/", replay.replay, name="replay"),
    path("past/<id:pk>/replay/scene/", replay.scene, name="replay_scene"),
    path("past/<id:pk>/open/", archive.open_words, name="open_words"),
    path("past/<id:pk>/keep/", archive.keep_for, name="keep_for"),
    path("past/<id:pk>/erase/", archive.erase_ring, name="erase_ring"),
    path("past/<id:pk>/erase/<id:seat_pk>/", forgetting.erase_them, name="erase_them"),
    path("past/audit/", audit.all_events, name="audit"),
    path("past/<id:pk>/audit/", audit.ring_events, name="ring_audit"),
    # for machines
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
