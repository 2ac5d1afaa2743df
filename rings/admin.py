"""Django's admin over what is kept, to read and never to write: a ring changes through `rings.actions` alone.

What people wrote is not shown here, nor who made a private offer, nor any key or secret link; and none
of it can be found out by filtering, for only the lookups declared here are allowed.
"""

from typing import Any, ClassVar

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from rings.models import Event, Offer, Participant, Request, Ring

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
    list_filter = ("phase", "practice", "scope")
    search_fields = ("title", "host", "facilitator__email", "=code")
    search_help_text = "A title, a host, a facilitator’s address, or a whole code without its dash."
    date_hierarchy = "created_at"
    filters = ("facilitator",)
    fields = (
        *("title", "host", "facilitator", "scope", "phase", "starts_at", "began_at", "ended_at"),
        *("practice", "people", "people_expected", "asks", "offers", "version", "created_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ring]:
        # the stubs know the base queryset here, not our own with its method
        return super().get_queryset(request).with_counts()  # type: ignore[attr-defined, no-any-return]

    @admin.display(ordering="people")
    def people(self, ring: Any) -> int:
        return int(ring.people)

    @admin.display(description="asks with an offer", ordering="helped")
    def asks(self, ring: Any) -> str:
        return f"{ring.helped} of {ring.asked}"

    @admin.display(ordering="offered")
    def offers(self, ring: Any) -> int:
        return int(ring.offered)


@admin.register(Participant)
class ParticipantAdmin(ReadOnly):
    list_display = ("name", "ring", "seat", "proxy", "joined_at", "seen_at")
    list_select_related = ("ring",)
    list_filter = ("seat", "proxy")
    search_fields = ("name", "ring__title")
    date_hierarchy = "joined_at"
    fields = list_display


@admin.register(Request)
class RequestAdmin(ReadOnly):
    list_display = ("pk", "ring", "participant", "status", "turn", "kind", "privacy", "began_at")
    list_select_related = ("ring", "participant")
    list_filter = ("status", "turn", "kind", "privacy")
    search_fields = ("ring__title", "participant__name")
    date_hierarchy = "began_at"
    fields = (*list_display, "round", "place", "ended_at", "paused_seconds")


@admin.register(Offer)
class OfferAdmin(ReadOnly):
    """A private offer's helper is known to the asker alone, so helpers are not searched for either."""

    list_display = (
        "pk",
        "ring",
        "ask",
        "from_whom",
        "asker",
        "kind",
        "strength",
        "status",
        "created_at",
    )
    list_select_related = ("ring", "ask", "helper", "asker")
    list_filter = ("status", "kind", "strength", "private", "scribed")
    search_fields = ("ring__title", "asker__name")
    date_hierarchy = "created_at"
    fields = (*list_display, "private", "scribed")

    @admin.display(description="helper")
    def from_whom(self, offer: Offer) -> str:
        return "private" if offer.private else offer.helper.name


@admin.register(Event)
class EventAdmin(ReadOnly):
    """Who acted is said by role: a name here would give away a private offer."""

    list_display = ("pk", "ring", "version", "kind", "by_whom", "at")
    list_select_related = ("ring",)
    list_filter = ("kind",)
    search_fields = ("ring__title",)
    date_hierarchy = "at"
    fields = list_display

    @admin.display(description="by")
    def by_whom(self, event: Event) -> str:
        if event.by_user_id:
            return "facilitator"
        return "participant" if event.by_participant_id else "nobody signed in"


# allauth's page for a second step shows its secret; this one can only take a lost one away.
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    list_display = fields = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
