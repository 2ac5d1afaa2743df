"""Where the pages' sockets connect."""

from typing import Any

from django.urls import path, re_path

from rings.consumers import NoSuchPage, Page
from rings.live import Audience

page: Any = Page.as_asgi()  # an ASGI application, where the stubs know views alone
no_such_page: Any = NoSuchPage.as_asgi()

websocket_urlpatterns = [
    path("r/<str:code>/live/", page, {"audience": Audience.PHONE}),
    path("stage/<slug:token>/live/", page, {"audience": Audience.STAGE}),
    path("desk/<int:pk>/live/", page, {"audience": Audience.DESK}),
    re_path("", no_such_page),
]
