"""Turns a rule's refusal into an answer a person can read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rings.phases import NotNow


class Sentences:
    """`NotNow` becomes 409 with its sentence: in the page's word line, or as a page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, NotNow):
            return None
        if not getattr(request, "htmx", False):
            back = request.META.get("HTTP_REFERER", "/")
            return render(
                request, "rings/not_now.html", {"sentence": str(error), "back": back}, status=409
            )
        response = render(request, "rings/parts/word.html", {"sentence": str(error)}, status=409)
        response["HX-Retarget"], response["HX-Reswap"] = "#word", "innerHTML"
        return response
