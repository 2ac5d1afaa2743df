"""What a phone keeps of this site on its home screen: a name, icons, and a page for when there is no line."""

import hashlib

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from rings.access import RingRequest, public

GROUND, INK = "#EDEFE7", "#2A1F33"  # as in ring.css
FILES = (
    "ring.css",
    "icons.svg",
    "icon.svg",
    "fonts/bricolage-latin.woff2",
)  # of the page for no line


@require_GET
@public
def manifest(request: RingRequest) -> HttpResponse:
    """What the home screen shows."""
    icons = [{"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    for size in (192, 512):
        png = {"src": static(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        icons += [png, {**png, "purpose": "maskable"}]
    return JsonResponse(
        {
            "name": "Ringsite",
            "short_name": "Ringsite",
            "start_url": reverse("home"),
            "display": "standalone",
            "background_color": GROUND,
            "theme_color": GROUND,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@require_GET
@public
def offline(request: RingRequest) -> HttpResponse:
    """What is shown instead of any page while there is no line."""
    return render(request, "rings/offline.html")


@require_GET
@public
def worker(request: RingRequest) -> HttpResponse:
    """The script that keeps the page for no line, and nothing else: no page of a ring is ever stored."""
    files = [static(name) for name in FILES]
    kept = " ".join([get_language() or "", *files])  # the page is kept in the language of the phone
    version = hashlib.sha256(kept.encode()).hexdigest()[:12]
    context = {"files": files, "version": version}
    return render(request, "rings/sw.js", context, content_type="text/javascript")
