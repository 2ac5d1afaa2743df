"""Whether this container's server is ready for people: exit status 0 or 1, for compose's healthcheck.

It asks by the name people type, as Django answers to no other.
"""

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

site = urlsplit(os.environ["SITE_URL"]).netloc
server = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8)
server.request("GET", "/readyz", headers={"Host": site})
answer = server.getresponse()
print(answer.status, answer.read().decode())
sys.exit(answer.status != 200)
