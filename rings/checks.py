"""What must be so before the server starts: every view has an audience, several processes have Redis."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, get_resolver


@register()
def every_view_has_an_audience(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Default deny: a view of ours without one of the decorators of `rings.access` stops the start."""
    return [
        Error(f"{view.__module__}.{view.__name__} declares no audience.", id="rings.E001")
        for view in our_views()
        if not hasattr(view, "audience")
    ]


def our_views() -> list[Any]:
    """All views of this app, found by walking the URLconf."""
    found: list[Any] = []
    stack: list[Any] = list(get_resolver().url_patterns)
    while stack:
        entry = stack.pop()
        if not isinstance(entry, URLPattern):
            stack.extend(entry.url_patterns)
        elif entry.callback.__module__.startswith("rings."):
            found.append(entry.callback)
    return found


@register(deploy=True)
def several_processes_have_redis(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The in-memory layer and cache are right only with exactly one process."""
    if settings.PROCESSES > 1 and not settings.REDIS_URL:
        return [Error("PROCESSES is more than 1 but REDIS_URL is not set.", id="rings.E002")]
    return []
