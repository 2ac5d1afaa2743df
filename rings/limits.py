"""Failed codes are counted, so that codes cannot be guessed; people who type well never notice.

Only failures count, since a room shares one address: 30 at once and then 10 a minute for each address
(IPv6 by its /64), and 120 a minute for everybody together. With 100 open rings and 28**8 codes that
is one hit in about 60 years: 28**8 / (100 * 120) minutes.
"""

import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

BURST, A_MINUTE, EVERYBODY_A_MINUTE = 30, 10, 120


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


def _bucket(name: str, burst: float, a_minute: float, *, take: bool) -> bool:
    """A token bucket in the cache; True while there is a token. A dead cache limits nobody."""
    now = time.time()
    try:
        tokens, then = cache.get(name, (burst, now))
        tokens = min(burst, tokens + (now - then) * a_minute / 60)
        if take:
            cache.set(name, (max(0.0, tokens - 1), now), timeout=600)
    except Exception:  # any cache failure: the ring goes on without the limit
        return True
    return bool(tokens >= 1)


def too_many_failures(request: HttpRequest) -> bool:
    """Whether codes from this address (or from everybody) are refused for the moment."""
    mine = _bucket(f"codes:{address(request)}", BURST, A_MINUTE, take=False)
    ours = _bucket("codes:all", EVERYBODY_A_MINUTE, EVERYBODY_A_MINUTE, take=False)
    return not (mine and ours)


def count_failure(request: HttpRequest) -> None:
    _bucket(f"codes:{address(request)}", BURST, A_MINUTE, take=True)
    _bucket("codes:all", EVERYBODY_A_MINUTE, EVERYBODY_A_MINUTE, take=True)
