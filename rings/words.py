"""What the pages' scripts say, in the language of the page; `{at}` and the like are filled in there."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    # the line (ring.js)
    "live": _("Live"),
    "waiting": _("Waiting"),
    "finding": _("Finding the ring again"),
    "stale": _("This is {at}, not now"),
    "known": _("Showing what we knew at {at}. Your text is safe."),
    "4401": _("You are signed out. Sign in again to go on."),
    "4403": _("This seat is no longer in the ring."),
    "4404": _("This ring cannot be found any more."),
    "4408": _("The ring is open in another tab."),
    "4410": _("This ring is over."),
    "4429": _("This page sent too much. Reload it to go on."),
    "lost": _("The ring cannot be followed here."),
    # sending
    "failed": _("That did not work. Your text is safe; reload the page and try once more."),
    "unsent": _(
        "Not sent yet: the line is down. Your text is safe; send it once more in a moment."
    ),
    "saving": _("Saving… The line is slow just now."),
    # the clock
    "behind": _("{n} min behind"),
    "ahead": _("{n} min ahead"),
    "on_time": _("on time"),
    "half_minute": _("30 seconds to go."),
    "time": _("Time."),
    # the outbox, and what was missed (phone.js)
    "queued": _("{what}: waiting for the line. It sends by itself, once."),
    "late": _("{what}: the moment has passed. {why}"),
    "look_again": _("Copy your words and look at them once more."),
    "put_away": _("Put it away"),
    "missed_one": _("You missed an ask."),
    "missed": _("You missed {n} asks."),
    # text to copy (desk.js)
    "copied": _("Copied"),
    "copy_yourself": _("Select the text to copy it"),
}
