"""What is counted so that nobody can guess codes or flood a ring; people who type well never notice.

Only failed codes count, since a room shares one address: 30 at once and then 10 a minute for each
address (IPv6 by its /64), and 120 a minute for everybody together. With 100 open rings and 28**8 codes
that is one hit in about 60 years: 28**8 / (100 * 120) minutes.

One seat or desk may change its ring 60 times at once and then 5 times a second: no thumb is that fast,
and a script that is does no harm yet.

Counted in this process's memory, so that no limit waits for another service; with several processes
each takes its share of what everybody may fail together.
"""

import ipaddress
import time
from collections import OrderedDict
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rings.phases import NotNow


class TooMuch(NotNow):
    """More than any person does: refused for the moment, and nothing is changed."""

    status = 429


class Buckets:
    """Token buckets by key; the least used are forgotten first, which only ever lets somebody in."""

    keep = 20_000

    def __init__(self, burst: float, a_minute: float) -> None:
        self.burst, self.a_minute = burst, a_minute
        self.kept: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.lock = Lock()

    def left(self, key: str) -> float:
        tokens, then = self.kept.get(key, (self.burst, 0.0))
        return min(self.burst, tokens + (time.monotonic() - then) * self.a_minute / 60)

    def take(self, key: str) -> bool:
        """Take one token; False if there was none."""
        with self.lock:
            left = self.left(key)
            self.kept[key] = (max(0.0, left - 1), time.monotonic())
            self.kept.move_to_end(key)
            while len(self.kept) > self.keep:
                self.kept.popitem(last=False)
            return left >= 1


BURST, A_MINUTE = 30, 10  # failed codes of one address
EVERYBODY = 120 / settings.PROCESSES  # failed codes a minute of all together
CHANGES, CHANGES_A_MINUTE = 60, 300  # of one seat or user
MAILS, MAILS_A_MINUTE = 4, 0.1  # to one seat, and to one address

_failures = Buckets(BURST, A_MINUTE)
_all_failures = Buckets(EVERYBODY, EVERYBODY)
_changes = Buckets(CHANGES, CHANGES_A_MINUTE)
_mails = Buckets(MAILS, MAILS_A_MINUTE)


def address(request: HttpRequest) -> str:
    """Where a request comes from: the socket's peer, or what our own proxies say of it; IPv6 by /64."""
    peer = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        peer = hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else peer
    try:
        ip = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def too_many_failures(request: HttpRequest) -> bool:
    """Whether codes from this address (or from everybody) are refused for the moment."""
    return _failures.left(address(request)) < 1 or _all_failures.left("") < 1


def count_failure(request: HttpRequest) -> None:
    _failures.take(address(request))
    _all_failures.take("")


def count_change(who: str) -> None:
    """One more change wanted by this seat or user; `TooMuch` when no person is that fast."""
    if not _changes.take(who):
        raise TooMuch(_("That was very fast. Wait a moment, then try once more."))


def count_mail(*whom: str) -> None:
    """One more mail to this seat and to this address; `TooMuch` where somebody would be flooded."""
    taken = [_mails.take(each) for each in whom]  # of each, whatever the others say
    if not all(taken):
        raise TooMuch(
            _("Several mails are on their way already. Look there, or try in half an hour.")
        )


def forget() -> None:
    """Begin counting afresh (for tests)."""
    for buckets in (_failures, _all_failures, _changes, _mails):
        buckets.kept.clear()
