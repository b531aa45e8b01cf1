import json
import os
import signal
import socket
import subprocess
import sys
import textwrap

import psycopg
import pytest

from config.runtime import paths
from config.runtime.process import is_alive, kill_group, wait_until
from config.runtime.supervisor import running

# A supervisor over the real services and three small programs: a web server, one that sleeps, one that will not stop.
SMALL_SET = """
    import os, sys
    from pathlib import Path
    from config.runtime.supervisor import Program, Supervisor

    WEB = '''
    import http.server
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
    http.server.HTTPServer(("127.0.0.1", int(__import__("os").environ["PORT"])), Handler).serve_forever()
    '''
    SLEEP = "import time; print('awake', flush=True); time.sleep(600)"
    STUBBORN = '''
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("grandchild", child.pid, flush=True)
    time.sleep(600)
    '''

    class Small(Supervisor):
        def _programs(self):
            return [
                Program("web", [sys.executable, "-c", WEB], serves_pages=True),
                Program("sleeper", [sys.executable, "-c", SLEEP]),
                Program("stubborn", [sys.executable, "-c", STUBBORN], grace_seconds=0.3),
            ]

    home, port = Path(sys.argv[1]), int(sys.argv[2])
    sys.exit(Small(home, port, dict(os.environ) | {"PORT": str(port), "SIGNET_HOME": str(home)}, lambda say: None).run())
"""


@pytest.fixture
def small_set(used_home, free_port, clean_environment):
    home = used_home
    log = (home / "log").open("w+b")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SMALL_SET), home, str(free_port)],
        cwd=paths.ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    log.close()
    try:
        assert wait_until(lambda: "Signet is at" in text(home) or process.poll() is not None, seconds=30), text(home)
        assert process.poll() is None, text(home)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)
        for pid in pids(home).values() if (home / "run" / "processes.json").exists() else []:
            kill_group(pid)  # what a killed supervisor left, the stubborn program above all


def text(home):
    return (home / "log").read_text()


def pids(home):
    return json.loads((home / "run" / "processes.json").read_text())


def test_a_killed_child_is_started_again_and_the_others_stay(small_set, home):
    before = pids(home)
    os.kill(before["sleeper"], signal.SIGKILL)

    assert wait_until(lambda: pids(home).get("sleeper") not in {None, before["sleeper"]}, seconds=10)
    assert "sleeper was ended by SIGKILL; starting it again in 0.2 s" in text(home)
    assert {**pids(home), "sleeper": 0} == {**before, "sleeper": 0}


def test_a_killed_postgres_is_started_again(small_set, home):
    before = pids(home)["postgres"]
    os.kill(before, signal.SIGKILL)

    assert wait_until(lambda: pids(home).get("postgres") not in {None, before}, seconds=20)
    with psycopg.connect(paths.embedded_database_url(home)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_sigterm_stops_everything_even_what_will_not_stop(small_set, home):
    all_pids = list(pids(home).values())
    assert wait_until(lambda: "grandchild" in text(home), seconds=10)
    grandchild = int(text(home).split("grandchild ")[1].split()[0])

    small_set.terminate()

    assert small_set.wait(20) == 0
    assert "stubborn does not stop; ending it" in text(home)
    assert [pid for pid in [*all_pids, grandchild] if is_alive(pid)] == []
    assert not (home / "run" / "processes.json").exists()


def test_children_end_with_a_supervisor_that_is_killed(small_set, home):
    gentle = [pid for name, pid in pids(home).items() if name != "stubborn"]

    small_set.kill()
    small_set.wait()

    assert wait_until(lambda: not any(is_alive(pid) for pid in gentle), seconds=10)


def test_what_outlived_a_killed_supervisor_is_ended_by_the_next(small_set, home, free_port):
    left = pids(home)["stubborn"]
    assert wait_until(lambda: "grandchild" in text(home), seconds=10)  # by now it does not listen to SIGTERM
    small_set.kill()
    small_set.wait()
    assert is_alive(left)

    again = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SMALL_SET), home, str(free_port)],
        cwd=paths.ROOT,
        stdout=subprocess.DEVNULL,
    )

    assert wait_until(lambda: not is_alive(left), seconds=15)
    again.terminate()
    assert again.wait(30) == 0


def test_two_on_one_home_are_refused(small_set, home, clean_environment):
    environment = clean_environment | {"SIGNET_HOME": str(home), "PORT": "8999"}
    answer = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=paths.ROOT, env=environment, capture_output=True, text=True
    )

    assert answer.returncode == 1
    assert f"already running in {home} (process {small_set.pid})" in answer.stderr


def test_a_port_in_use_is_said_clearly_and_nothing_is_left_running(home, clean_environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = clean_environment | {"SIGNET_HOME": str(home), "PORT": port}
        up = [sys.executable, "manage.py", "up"]
        answer = subprocess.run(up, cwd=paths.ROOT, env=environment, capture_output=True, text=True)
        check = subprocess.run([*up, "--check"], cwd=paths.ROOT, env=environment, capture_output=True, text=True)

    assert answer.returncode == 1
    assert f"Port {port} is in use. Stop what listens there, or set PORT to another." in answer.stderr
    assert check.returncode == 1
    assert f"missing  port {port}" in check.stdout
    assert not paths.postgres_data_dir(home).exists()


def test_an_odd_port_is_named(home, clean_environment):
    environment = clean_environment | {"SIGNET_HOME": str(home), "PORT": "80a", "PUBLIC_ORIGIN": "http://localhost:1"}
    answer = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=paths.ROOT, env=environment, capture_output=True, text=True
    )

    assert answer.returncode == 1
    assert "PORT must be a number from 1 to 65535, not '80a'." in answer.stderr


@pytest.mark.long
def test_the_real_set_serves_pages_with_redis_frozen_and_comes_back_after_kills(home, free_port, clean_environment):
    import requests

    with running(home, free_port) as site:
        before = site.processes()
        assert set(before) == {"up", "postgres", "redis", "web", "worker", "documents", "beat"}

        os.kill(before["redis"], signal.SIGSTOP)
        assert requests.get(f"{site.origin}/healthz", timeout=5).status_code == 200
        os.kill(before["redis"], signal.SIGKILL)
        os.kill(before["postgres"], signal.SIGKILL)
        os.kill(before["worker"], signal.SIGKILL)

        def everything_is_back():
            now = site.processes()
            return all(now.get(name) not in {None, before[name]} for name in ("redis", "postgres", "worker"))

        assert wait_until(everything_is_back, seconds=30)
        assert requests.get(f"{site.origin}/readyz", timeout=5).status_code == 200
        last = site.processes()
    assert [name for name, pid in last.items() if is_alive(pid)] == []
