"""Visit a page for the first time on an emulated phone: visit URL TIMES. Prints sizes and seconds.

The network is Lighthouse's "slow 4G": 150 ms there and back, 1.6 Mbit/s down, 0.75 up; the CPU runs
at a quarter.
"""

import json
import os
import shutil
import sys
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, sync_playwright

SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
FIELD = "input[name=name]"
# The page's own clock: a plain form can be typed into as soon as it is painted, whatever scripts do.
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def visit(browser: Browser, url: str) -> tuple[dict[str, int], int, float]:
    """Bytes of each file, the number of requests, and seconds until the form is painted."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": False})
    line.send("Network.emulateNetworkConditions", SLOW_4G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    requests: list[str] = []

    def sent(event: dict[str, Any]) -> None:
        path = urlsplit(event["request"]["url"]).path
        requests.append(path)
        names[event["requestId"]] = PurePosixPath(path).suffix.lstrip(".") or "page"
        if before := event.get("redirectResponse"):
            sizes["redirect"] = sizes.get("redirect", 0) + int(before["encodedDataLength"])

    def loaded(event: dict[str, Any]) -> None:
        name = names[event["requestId"]]
        sizes[name] = sizes.get(name, 0) + int(event["encodedDataLength"])

    line.on("Network.requestWillBeSent", sent)
    line.on("Network.loadingFinished", loaded)
    page.goto(url, wait_until="networkidle")
    page.focus(FIELD)
    seconds = page.evaluate(PAINTED) / 1000
    context.close()
    return sizes, len(requests), seconds


def main(url: str, times: int) -> None:
    with sync_playwright() as playwright:
        binary = os.environ.get("CHROMIUM") or shutil.which("chromium")
        try:
            browser = playwright.chromium.launch(
                executable_path=binary, args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
        except Error as error:
            json.dump({"why": f"no Chromium: {str(error).splitlines()[0]}"}, sys.stdout)
            return
        seen = [visit(browser, url) for _ in range(times)]
        browser.close()
    sizes, requests, _ = max(seen, key=lambda one: sum(one[0].values()))
    said = {"bytes": sum(sizes.values()), "sizes": sizes, "requests": requests}
    json.dump({**said, "seconds": [one[2] for one in seen]}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
