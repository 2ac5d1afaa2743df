"""Where the pages' sockets connect."""

from django.urls import path, re_path

from rings.consumers import NoSuchPage, Page
from rings.live import Audience

websocket_urlpatterns = [
    path("r/<str:code>/live/", Page.as_asgi(), {"audience": Audience.PHONE}),
    path("stage/<str:token>/live/", Page.as_asgi(), {"audience": Audience.STAGE}),
    path("desk/<int:pk>/live/", Page.as_asgi(), {"audience": Audience.DESK}),
    re_path("", NoSuchPage.as_asgi()),
]
