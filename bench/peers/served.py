"""Serve one application with the very options of `manage.py serve`: served NAME PORT.

`serve` loads `ringsite.asgi:application`; here another application stands in its place, so the site
and its peers differ in nothing else. NAME+uvicorn serves it with uvicorn instead.
"""

import importlib
import sys

import django
from django.core.management import call_command


def main(name: str, port: int) -> None:
    name, _, other = name.partition("+")
    django.setup()
    asgi = importlib.import_module("ringsite.asgi")
    asgi.application = importlib.import_module(f"bench.peers.{name}").application
    if other:
        import uvicorn

        uvicorn.run(
            asgi.application,
            port=port,
            backlog=4096,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    else:
        call_command("serve", port=port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
