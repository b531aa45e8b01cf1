import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.runtime import paths, postgres
from config.runtime.process import RuntimeProblem, is_alive, wait_until


def rows(server, sql):
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_what_was_written_is_there_after_a_stop_and_a_start(used_home):
    with postgres.running(used_home, durable=False) as server:
        rows(server, "CREATE TABLE kept AS SELECT 7 AS n")

    with postgres.running(used_home) as server:
        assert rows(server, "SHOW fsync") == [("on",)]
        assert rows(server, "SELECT n FROM kept") == [(7,)]


def test_it_is_private_never_root_and_not_on_the_network(home):
    with postgres.running(home, durable=False) as server:
        assert paths.postgres_data_dir(home).stat().st_mode & 0o777 == 0o700
        assert paths.postgres_socket_dir(home).stat().st_mode & 0o777 == 0o700
        assert rows(server, "SHOW listen_addresses") == [("",)]
        assert rows(server, "SELECT datcollate, datlocale FROM pg_database WHERE datname = 'signet'") == [
            ("C", "C.UTF-8")
        ]
        assert rows(server, "SELECT pg_read_file('/proc/self/status') ~ E'\\nUid:\\t0\\t'")[0][0] is False


def test_after_kill_9_it_starts_again_and_keeps_what_was_committed(used_home):
    server = postgres.start(used_home)
    rows(server, "CREATE TABLE kept AS SELECT 7 AS n")
    server.process.kill()  # not waited for: the zombie keeps its pid, as where PID 1 reaps late
    server.lock.release()

    with postgres.running(used_home, durable=False) as again:
        assert rows(again, "SELECT n FROM kept") == [(7,)]
    server.process.wait()


def test_a_pid_file_that_names_a_stranger_is_removed(used_home):
    with postgres.running(used_home, durable=False):
        pass
    pid_file = paths.postgres_data_dir(used_home) / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{paths.postgres_data_dir(used_home)}\n")

    with postgres.running(used_home, durable=False) as server:
        assert rows(server, "SELECT 1") == [(1,)]


def test_a_server_left_behind_is_stopped_before_the_next_starts(used_home):
    first = postgres.start(used_home, durable=False)
    first.lock.release()  # as when its supervisor was killed

    with postgres.running(used_home, durable=False) as second:
        assert second.process.pid != first.process.pid
        assert first.process.wait(5) == 0
        assert rows(second, "SELECT 1") == [(1,)]


def test_a_second_start_in_one_home_is_refused_and_leaves_the_first_alone(used_home):
    with postgres.running(used_home, durable=False) as server:
        with pytest.raises(RuntimeProblem, match=f"already run by process {os.getpid()}"):
            postgres.start(used_home, durable=False)

        assert rows(server, "SELECT 1") == [(1,)]


def test_it_ends_with_the_process_that_started_it(used_home):
    code = (
        "import sys, os, signal; from pathlib import Path; from config.runtime import postgres;"
        "server = postgres.start(Path(sys.argv[1]), durable=False);"
        "print(server.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    answer = subprocess.run([sys.executable, "-c", code, used_home], cwd=paths.ROOT, capture_output=True, text=True)

    assert answer.returncode == -signal.SIGKILL
    assert wait_until(lambda: not is_alive(int(answer.stdout)), seconds=5)


def test_an_interrupted_first_start_is_made_good(home):
    draft = paths.postgres_data_dir(home).with_name("postgres.new")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")

    with postgres.running(home, durable=False) as server:
        assert rows(server, "SELECT 1") == [(1,)]


def test_a_home_that_anybody_may_write_to_is_refused_and_left_as_it_is(home):
    home.chmod(0o1777)

    with pytest.raises(RuntimeProblem, match="Anybody may write to"):
        postgres.start(home)

    assert home.stat().st_mode & 0o7777 == 0o1777
    assert list(home.iterdir()) == []


def test_a_deep_home_works(home, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    deep = home / ("deep" * 30)
    deep.mkdir()

    with postgres.running(deep, durable=False) as server:
        assert rows(server, "SELECT 1") == [(1,)]
    for file in paths.socket_dir(deep).iterdir():
        file.unlink()
    paths.socket_dir(deep).rmdir()


if os.geteuid() == 0:  # an ordinary user has nothing to drop

    def test_root_without_user_namespaces_runs_it_as_nobody_under_a_private_home(home, monkeypatch):
        which = postgres.shutil.which
        monkeypatch.setattr(postgres.shutil, "which", lambda name: None if name == "unshare" else which(name))
        private = home / "root"
        private.mkdir(mode=0o700)

        with postgres.running(private / "var", durable=False) as server:
            status = Path(f"/proc/{server.process.pid}/status").read_text()
            assert f"Uid:\t{postgres.NOBODY}\t{postgres.NOBODY}" in status
            assert rows(server, "SELECT 1") == [(1,)]

    def test_a_data_folder_changes_hands_when_the_machine_does(used_home, monkeypatch):
        which = postgres.shutil.which
        with monkeypatch.context() as patch:
            patch.setattr(postgres.shutil, "which", lambda name: None if name == "unshare" else which(name))
            with postgres.running(used_home, durable=False) as server:
                rows(server, "CREATE TABLE kept AS SELECT 7 AS n")

        with postgres.running(used_home, durable=False) as server:
            assert rows(server, "SELECT n FROM kept") == [(7,)]
