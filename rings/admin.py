"""Django's admin over what is kept, to read and never to write: a ring changes through `rings.actions` alone.

What people wrote and are called is not shown here, nor who made a private offer, nor any key or secret
link; and none of it can be found out by filtering, for only the lookups declared here are allowed.
Replies and earlier wordings of an ask are words and nothing else, so they are not here at all.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from rings import access, actions, limits, mails
from rings.actions import By
from rings.models import Access, Circle, Event, Offer, Participant, Reminder, Request, Ring, Tally
from rings.past import deeds
from rings.phases import PUT_OUT, Keeping, NotNow
from rings.views.pages import by

admin.site.site_header = admin.site.site_title = "Ringsite"
admin.site.index_title = "What is kept"
# One way in for everybody: the account's own page, with its second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's own way


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A list and a page to look at. `filters` are the fields one may filter by in the address."""

    filters: ClassVar[tuple[str, ...]] = ("ring",)
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what is declared: by default any field may be asked for, an ask's text among them."""
        shown = {*self.filters, *self.list_filter, self.date_hierarchy}
        return lookup.split("__")[0] in shown and super().lookup_allowed(lookup, value, request)


@admin.register(Ring)
class RingAdmin(ReadOnly):
    """Its two acts go through the door, and are for who may change rings."""

    list_display = (
        "title",
        "host",
        "facilitator",
        "phase",
        "practice",
        "people",
        "asks",
        "offers",
        "created_at",
    )
    list_select_related = ("facilitator",)
    list_filter = ("phase", "practice", "scope", "keep_days")
    search_fields = ("title", "host", "facilitator__email", "=code")
    search_help_text = "A title, a host, a facilitator’s address, or a whole code without its dash."
    date_hierarchy = "created_at"
    filters = ("facilitator", "circle")
    fields = (
        *("title", "host", "facilitator", "circle", "scope", "language", "phase"),
        *("starts_at", "began_at", "ended_at", "keep_days", "erased_at"),
        *("practice", "people", "people_expected", "asks", "offers", "version", "created_at"),
    )
    actions = ("close_forgotten", "keep_for_a_year")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ring]:
        rings = super().get_queryset(request)
        return rings.with_counts()  # type: ignore[attr-defined, no-any-return]  # stubs know no manager of ours

    @admin.display(ordering="people")
    def people(self, ring: Any) -> int:
        return int(ring.people)

    @admin.display(description="asks with an offer", ordering="helped")
    def asks(self, ring: Any) -> str:
        return f"{ring.helped} of {ring.asked}"

    @admin.display(ordering="offered")
    def offers(self, ring: Any) -> int:
        return int(ring.offered)

    def has_support_permission(self, request: HttpRequest) -> bool:
        """Who may act on rings here: the form is for looking, whoever it is."""
        return request.user.has_perm("rings.change_ring")

    @admin.action(description=_("Close a forgotten ring"), permissions=["support"])
    def close_forgotten(self, request: HttpRequest, rings: QuerySet[Ring]) -> HttpResponse | None:
        explained = _("These rings end as of when something last happened in them.")
        return self._act(request, rings, explained, actions.close_forgotten)

    @admin.action(description=_("Keep words for a year"), permissions=["support"])
    def keep_for_a_year(self, request: HttpRequest, rings: QuerySet[Ring]) -> HttpResponse | None:
        explained = _("Names and words of these rings are kept until a year after their end.")
        keep = partial(actions.keep_for, days=int(Keeping.YEAR))
        return self._act(request, rings, explained, keep)

    def _act(
        self,
        request: HttpRequest,
        rings: QuerySet[Ring],
        explained: Promise,
        do: Callable[[Ring, By], Event],
    ) -> HttpResponse | None:
        """Ask once, on a page of its own; then each ring by itself, and who refused says why."""
        if "sure" not in request.POST:
            name = request.POST.get("action", "")
            action = self.get_actions(request)[name]
            asked = {
                **self.admin_site.each_context(request),
                "title": action.description if action else name,
                "explained": explained,
                "rings": rings,
                "name": name,
                "op": uuid4().hex,
                "checkbox": ACTION_CHECKBOX_NAME,
            }
            return render(request, "admin/rings/sure.html", asked)
        me, done = request.user, 0
        assert isinstance(me, User)  # noqa: S101  (for the types: nobody else comes in here)
        for ring in rings:
            try:
                do(ring, by(request, me))
                done += 1
            except NotNow as refused:
                self.message_user(request, f"{ring.title}: {refused}", messages.WARNING)
        if done:
            said = ngettext("Done for {n} ring.", "Done for {n} rings.", done)
            self.message_user(request, said.format(n=done), messages.SUCCESS)
        return None


def numbered(seat: str) -> Coalesce:
    """The number under which somebody stands here: their place by id in their ring.

    It is the same as in the review (`rings.past.reading`); `seat` is where the id is.
    """
    before = Participant.objects.filter(ring=OuterRef("ring"), pk__lte=OuterRef(seat))
    counted = before.order_by().values("ring").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


@admin.register(Participant)
class ParticipantAdmin(ReadOnly):
    """People are numbers here: what somebody is called is theirs, as what they wrote is."""

    list_display = (
        *("pk", "number", "ring", "seat", "proxy", "erased"),
        *("joined_at", "seen_at", "mail_verified_at"),
    )
    list_select_related = ("ring",)
    list_filter = ("seat", "proxy", "erased")
    search_fields = ("ring__title",)
    date_hierarchy = "joined_at"
    fields = list_display
    actions = ("resend_link",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        people: QuerySet[Participant] = super().get_queryset(request)
        return people.annotate(place=numbered("pk"))

    @admin.display
    def number(self, person: Any) -> str:
        return f"#{person.place}"

    def has_support_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("rings.change_participant")

    @admin.action(description=_("Resend a return link"), permissions=["support"])
    def resend_link(self, request: HttpRequest, people: QuerySet[Participant]) -> None:
        """To each address that is known to be theirs, in the ring's language; nobody reads it here."""
        me, done = request.user, 0
        assert isinstance(me, User)  # noqa: S101  (for the types: nobody else comes in here)
        for person in people:
            key = access.key_again(person)
            try:
                if not key or person.seat in PUT_OUT:
                    raise NotNow(_("This seat’s link is known to its holder alone."))
                limits.count_mail(f"seat {person.pk}", person.mail.casefold())
                actions.send_link(person.ring, By(me), participant=person)
                with translation.override(person.ring.language):
                    mails.return_link(person, key)
                done += 1
            except (NotNow, OSError) as refused:
                self.message_user(request, f"{person.ring.title}: {refused}", messages.WARNING)
        if done:
            said = ngettext("Sent to {n} person.", "Sent to {n} people.", done)
            self.message_user(request, said.format(n=done), messages.SUCCESS)


@admin.register(Request)
class RequestAdmin(ReadOnly):
    list_display = ("pk", "ring", "asker", "status", "turn", "kind", "privacy", "began_at")
    list_select_related = ("ring",)
    list_filter = ("status", "turn", "kind", "privacy", "erased")
    search_fields = ("ring__title",)
    date_hierarchy = "began_at"
    fields = (*list_display, "erased", "round", "place", "ended_at", "paused_seconds")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Request]:
        asks: QuerySet[Request] = super().get_queryset(request)
        return asks.annotate(number=numbered("participant"))

    @admin.display
    def asker(self, ask: Any) -> str:
        return f"#{ask.number}"


@admin.register(Offer)
class OfferAdmin(ReadOnly):
    """A private offer's helper is known to the asker alone, and here not even as a number."""

    list_display = (
        "pk",
        "ring",
        "ask",
        "from_whom",
        "to_whom",
        "kind",
        "strength",
        "status",
        "created_at",
    )
    list_select_related = ("ring", "ask")
    list_filter = ("status", "kind", "strength", "private", "scribed")
    search_fields = ("ring__title",)
    date_hierarchy = "created_at"
    fields = (*list_display, "private", "scribed", "settled_at", "thanked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offer]:
        offers: QuerySet[Offer] = super().get_queryset(request)
        return offers.annotate(giver=numbered("helper"), taker=numbered("asker"))

    @admin.display(description="helper")
    def from_whom(self, offer: Any) -> str:
        return "private" if offer.private else f"#{offer.giver}"

    @admin.display(description="asker")
    def to_whom(self, offer: Any) -> str:
        return f"#{offer.taker}"


@admin.register(Event)
class EventAdmin(ReadOnly):
    """Of people in a ring only their role: a name or number here would give away a private offer."""

    list_display = ("pk", "ring", "version", "kind", "what", "by_whom", "undone", "at")
    list_select_related = ("ring", "by_user")
    list_filter = ("kind", "undone")
    search_fields = ("ring__title", "by_user__email")
    date_hierarchy = "at"
    fields = list_display

    @admin.display
    def what(self, event: Event) -> str:
        return deeds.told(event)

    @admin.display(description="by")
    def by_whom(self, event: Event) -> str:
        if event.by_user:
            return event.by_user.email or event.by_user.username
        return "participant" if event.by_participant_id else "nobody signed in"


@admin.register(Circle)
class CircleAdmin(ReadOnly):
    list_display = fields = ("name", "owner", "held")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email")
    filters = ("owner",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Circle]:
        circles: QuerySet[Circle] = super().get_queryset(request)
        return circles.annotate(held=Count("rings"))

    @admin.display(description="rings", ordering="held")
    def held(self, circle: Any) -> int:
        return int(circle.held)


@admin.register(Tally)
class TallyAdmin(ReadOnly):
    """The numbers of rings that are over; they outlive names and words."""

    list_display = ("ring", "people", "asks", "helped", "offers", "firm", "answered", "kept")
    list_select_related = ("ring",)
    search_fields = ("ring__title",)
    fields = (
        *(*list_display, "gave", "gave_and_got", "onward", "all_round", "offers_an_ask"),
        *("first_offer", "kept_14", "kept_30", "moved", "outcomes"),
        *("planned_minutes", "actual_minutes"),
    )


@admin.register(Reminder)
class ReminderAdmin(ReadOnly):
    """Which reminders of a ring were due, and when the mail server took them; never whose they are."""

    list_display = fields = ("pk", "ring", "kind", "made_at", "handed_at", "tried_at", "sent_at")
    list_select_related = ("participant__ring",)
    date_hierarchy = "made_at"
    filters = ()

    def ring(self, made: Reminder) -> str:
        return str(made.participant.ring)

    def kind(self, made: Reminder) -> str:
        """Which sort of day it was for; the day itself was named by the helper of a promise."""
        return made.occasion.partition(" ")[0] if made.occasion[:3] == "due" else made.occasion


@admin.register(Access)
class AccessAdmin(ReadOnly):
    """Who of the staff opened a ring's words, and why."""

    list_display = fields = ("pk", "ring", "user", "reason", "at")
    list_select_related = ("ring", "user")
    search_fields = ("ring__title", "user__email", "reason")
    date_hierarchy = "at"
    filters = ("ring", "user")


admin.site.unregister(DBTaskResult)  # what the worker did is told by its log, and by the reminders

# allauth's page for a second step shows its secret; this one can only take a lost one away.
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = fields = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
