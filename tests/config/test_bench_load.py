"""The load generator of the benchmark: what it counts, and that it loads this machine alone."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from config.bench.load import measure, measure_paced


@pytest.fixture
def server():
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        asked = []

        def do_GET(self):
            type(self).asked.append(self.path)
            if self.path == "/slow":
                time.sleep(0.3)
            self.send_response(404 if self.path == "/none" else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        Thread(target=made.serve_forever, daemon=True).start()
        yield made.server_port, Answers.asked
        made.shutdown()


def test_a_paced_load_asks_so_many_a_second(server):
    port, asked = server

    load = measure_paced(host="127.0.0.1", port=port, paths=["/a", "/none"], seconds=1, rate=40)

    assert len(asked) == 40 and load.statuses == {200: 20, 404: 20}
    assert 20 < load.rate < 60
    assert load.p50_ms <= load.p95_ms <= load.p99_ms


def test_what_waits_behind_a_slow_answer_is_counted_from_when_it_was_due(server):
    port, _asked = server

    load = measure_paced(host="127.0.0.1", port=port, paths=["/slow", "/a"], seconds=0.5, rate=20, connections=1)

    assert load.p50_ms > 300  # each waits for those before it


def test_a_load_as_fast_as_it_goes_counts_every_answer(server):
    port, asked = server

    load = measure(host="127.0.0.1", port=port, paths=["/a", "/none"], seconds=0.3, connections=2)

    assert sum(load.statuses.values()) == len(asked) and set(load.statuses) == {200, 404}


@pytest.mark.parametrize("load", [measure, lambda **fields: measure_paced(**fields, rate=5)])
def test_no_other_machine_is_loaded(load):
    with pytest.raises(ValueError, match="this machine"):
        load(host="badges.example.edu", port=80, paths=["/"], seconds=1)
