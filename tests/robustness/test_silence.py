"""A stranger cannot tell an address that was shared once from one that never was."""

import http.client
import itertools
import time
import uuid
from contextlib import ExitStack, closing

import pytest

from tests import telling

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("running site")]

PAIRS = 1_000
ROUNDS = 3  # of a whole measurement; other work on the machine can spoil one
EACH_REQUEST = {"date", "x-request-id"}

WITHDRAWN = """
WITH award AS (
    SELECT a.id, a.learner_id, a.public_id FROM learners_award a JOIN issuance_signeddocument d ON d.award_id = a.id
    WHERE d.kind = 'credential' AND NOT EXISTS (SELECT FROM issuance_consentaward c WHERE c.award_id = a.id)
    ORDER BY a.id LIMIT 1
), consent AS (
    INSERT INTO issuance_consent (
        public_id, learner_id, purpose, purpose_text, recipients, recipients_text, shows_levels, wording_version, wording,
        sign_in_method, given_at, withdrawn_at
    )
    SELECT gen_random_uuid(), learner_id, 'residency', '', 'anyone-with-link', '', false, 'test', 'Test.', 'password',
        now() - interval '2 days', now() - interval '1 day'
    FROM award RETURNING id
), covered AS (
    INSERT INTO issuance_consentaward (consent_id, award_id) SELECT consent.id, award.id FROM consent, award
)
SELECT public_id::text FROM award
"""


def connect(site, number):
    """A connection from another address of this machine: the limit on requests a minute is not what is measured here."""
    made = http.client.HTTPConnection("127.0.0.1", site.port, source_address=(f"127.0.0.{2 + number}", 0))
    made.connect()
    return made


def ask(connection, address):
    """Status, body and headers of an answer, and the milliseconds it took."""
    began = time.perf_counter()
    connection.request("GET", address, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    body = answer.read()
    spent = (time.perf_counter() - began) * 1000
    headers = sorted((name.lower(), value) for name, value in answer.getheaders() if name.lower() not in EACH_REQUEST)
    return (answer.status, body, tuple(headers)), spent


def test_withdrawn_and_unknown_addresses_are_answered_alike(site, record_property):
    withdrawn = f"/v/{site.count(WITHDRAWN)}"
    answers, asked = set(), itertools.count()

    with ExitStack() as open_ones:
        connections = []

        def spent(is_withdrawn):
            number, turn = divmod(next(asked), 400)
            if turn == 0:
                connections.append(open_ones.enter_context(closing(connect(site, number))))
            answer, took = ask(connections[-1], withdrawn if is_withdrawn else f"/v/{uuid.uuid4()}")
            answers.add(answer)
            return took

        found = telling.measured(spent, rounds=ROUNDS, pairs=PAIRS)

    record_property("ratio_of_medians_and_chance", str(found))
    print(f"ratio of medians, chance of telling apart: {found}")
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert telling.is_quiet(found[-1]), found
