import signal
import time

import pytest
import redis as client

from config.runtime import paths, redis
from config.runtime.process import RuntimeProblem


def connect(server):
    return client.Redis.from_url(server.url, socket_timeout=2)


def test_what_was_written_is_there_after_a_stop_and_a_start(home):
    with redis.running(home) as server, connect(server) as connection:
        connection.set("kept", "yes")

    with redis.running(home) as server, connect(server) as connection:
        assert connection.get("kept") == b"yes"


def test_it_is_private_and_not_on_the_network(home):
    with redis.running(home) as server, connect(server) as connection:
        assert connection.config_get("port") == {"port": "0"}
        assert paths.redis_socket(home).stat().st_mode & 0o777 == 0o700
        assert paths.redis_data_dir(home).stat().st_mode & 0o777 == 0o700


def test_after_kill_9_it_starts_again(home):
    server = redis.start(home)
    server.process.kill()
    server.process.wait()
    server.lock.release()

    with redis.running(home) as again:
        assert redis.answers(paths.redis_socket(home))
        assert again.process.pid != server.process.pid


def test_a_frozen_one_is_stopped(home):
    server = redis.start(home)
    server.process.send_signal(signal.SIGSTOP)
    assert not redis.answers(paths.redis_socket(home), seconds=0.1)
    began = time.monotonic()

    server.stop()

    assert server.process.returncode is not None
    assert time.monotonic() - began < 5


def test_a_frozen_one_left_behind_does_not_keep_the_next_from_starting(home):
    left = redis.start(home)
    left.process.send_signal(signal.SIGSTOP)
    left.lock.release()

    with redis.running(home):
        assert left.process.wait(5) == -signal.SIGKILL
        assert redis.answers(paths.redis_socket(home))


def test_a_second_start_in_one_home_is_refused(home):
    with redis.running(home), pytest.raises(RuntimeProblem, match="already run by process"):
        redis.start(home)
