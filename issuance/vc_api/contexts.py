"""The JSON-LD contexts of the VC API: the core's, and in a conformance run the one that the W3C's examples use."""

from functools import lru_cache

import orjson
from django.conf import settings

from issuance import core
from issuance import openbadges as ob

#: No package carries this context. It says one thing only: whatever has no definition is an example. These are its bytes
#: as the W3C serves them; a test holds them to the digest that is published.
EXAMPLES_URL = "https://www.w3.org/ns/credentials/examples/v2"
EXAMPLES_TEXT = """{
  "@context": {
    "@vocab": "https://www.w3.org/ns/credentials/examples#"
  }
}
"""


def known() -> ob.Contexts:
    """The contexts that are known here. Under the examples' one no term is undefined, so it is for trials only."""
    return _with_examples() if settings.VC_API_CONFORMANCE else core.contexts()


@lru_cache(maxsize=1)
def _with_examples() -> ob.Contexts:
    return core.contexts().including({EXAMPLES_URL: orjson.loads(EXAMPLES_TEXT)})
