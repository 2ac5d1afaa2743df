"""What must be so before the server starts, each with a sentence for whoever starts it.

Every view has an audience; several processes have Redis; no library is of a version known to fail us.
"""

import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, get_resolver

OTHERS = {"accounts/", "admin/"}


@register()
def every_view_has_an_audience(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Default deny: a view of ours without one of the decorators of `rings.access` stops the start."""
    return [
        Error(f"{view.__module__}.{view.__name__} declares no audience.", id="rings.E001")
        for view in our_views()
        if not hasattr(view, "audience")
    ]


def our_views() -> list[Any]:
    """All views but those of the accounts and of Django's admin, which keep their own doors."""
    found: list[Any] = []
    stack: list[Any] = list(get_resolver().url_patterns)
    while stack:
        entry = stack.pop()
        if isinstance(entry, URLPattern):
            found.append(entry.callback)
        elif str(entry.pattern) not in OTHERS:
            stack.extend(entry.url_patterns)
    return found


@register()
def several_processes_have_redis(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The in-memory layer is right only with exactly one process."""
    if settings.PROCESSES > 1 and layer() == "channels.layers.InMemoryChannelLayer":
        return [Error("PROCESSES is more than 1 but REDIS_URL is not set.", id="rings.E002")]
    return []


@register()
def known_bad_versions(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Versions that were seen to lose words, sockets or typing."""
    said = []
    if older("django", (6, 1)):
        said.append(
            "Ringsite needs Django 6.1 or newer, for its content security policy and mailers."
        )
    if older("daphne", (4, 2, 2)):
        said.append("Daphne before 4.2.2 takes frames of any size (CVE-2026-44545): upgrade it.")
    if layer().startswith("channels_redis.core.") and not older("redis", (8,)):
        said.append(
            "The core layer of channels-redis goes deaf after an idle minute with redis-py 8: "
            "use channels_redis.pubsub.RedisPubSubChannelLayer."
        )
    scripts = [path.name for path in htmx_scripts()]
    if len(scripts) != 1 or not re.match(r"htmx-4\.", scripts[0]):
        said.append(
            "static/vendor must hold one htmx script, of version 4 (2 loses what is being typed, "
            f"two let sockets stay shut): found {', '.join(scripts) or 'none'}."
        )
    return [Error(sentence, id="rings.E003") for sentence in said]


def layer() -> str:
    """The class of the channel layer."""
    return str(settings.CHANNEL_LAYERS["default"]["BACKEND"])


def older(package: str, than: tuple[int, ...]) -> bool:
    """Whether the installed package is older, by its first numbers; one that is absent counts as older."""
    try:
        numbers = re.findall(r"\d+", version(package))
    except PackageNotFoundError:
        return True
    return tuple(int(number) for number in numbers[: len(than)]) < than


def htmx_scripts() -> list[Path]:
    folders = [Path(folder) for folder in settings.STATICFILES_DIRS]
    return sorted(script for folder in folders for script in folder.rglob("*htmx*.js"))
