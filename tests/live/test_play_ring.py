"""The classic ring of 24, played whole against a running server: 24 asks, 60 offers, every screen."""

from contextlib import ExitStack

from django.conf import settings
from django.core.management import call_command

from tests.server import Server, running

CLASSIC = settings.BASE_DIR / "data" / "classic_ring.json"


def test_the_classic_ring_ends_with_every_check_true(server: Server, capsys: object) -> None:
    """On the in-memory layer against one process; on Redis against two."""
    with ExitStack() as stack:
        servers = [server.url]
        if settings.REDIS_URL:
            servers.append(stack.enter_context(running()).url)
        at = [word for url in servers for word in ("--server", url)]
        call_command("play_ring", str(CLASSIC), *at, "--speed", "1000", "--quiet")
    said = capsys.readouterr().out
    assert "generalised share 52/60" in said
    assert "24 of 24 gave and got" in said
    assert "FAIL" not in said
