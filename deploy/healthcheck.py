"""Ask the web server of this container whether it is well, under the name that it is known by outside."""

import http.client
import os
import sys
from urllib.parse import urlsplit

origin = urlsplit(os.environ.get("PUBLIC_ORIGIN", "http://localhost:8000"))
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/healthz", headers={"Host": origin.netloc, "X-Forwarded-Proto": origin.scheme})
sys.exit(connection.getresponse().status != 200)
