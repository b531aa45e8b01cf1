"""Starting and ending child processes so that none is left behind."""

import contextlib
import ctypes
import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


class RuntimeProblem(RuntimeError):
    """Something on this machine keeps a service from running; the text says what and what can be done."""


def spawn(
    argv: Sequence[str | Path],
    *,
    death_signal: int = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    stdout: int | IO[Any] | None = None,
    stderr: int | IO[Any] | None = None,
    niceness: int = 0,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, without input, that gets death_signal when this thread ends.

    The kernel sends death_signal even after `kill -9` of this process (Linux only). A session of its own keeps Ctrl-C in
    the terminal from reaching it: whoever started it decides the order of stopping.
    """
    parent = os.getpid()

    def in_child() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before the request above was made
            os._exit(1)
        if niceness:
            os.nice(niceness)

    return subprocess.Popen(
        [os.fspath(part) for part in argv],
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=in_child,
    )


def end(process: subprocess.Popen[bytes], steps: Sequence[tuple[int, float]]) -> int:
    """Stop a child by a ladder of signals, each with the seconds it is given; then SIGKILL its whole group.

    Returns the exit code. Whatever the child itself started in its session goes with it.
    """
    for number, seconds in steps:
        if process.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)  # a frozen one hears nothing before it
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process.pid)
    return process.wait()


def kill_group(pid: int) -> None:
    """SIGKILL every process of the session that a spawned child leads, also when the child itself is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs. A zombie does not: it only waits for a parent that reaps late."""
    state = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            return state.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] not in "ZX"
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_until(
    condition: Callable[[], bool],
    *,
    seconds: float,
    every: float = 0.02,
    meanwhile: Callable[[], object] | None = None,
) -> bool:
    """Ask again and again until the condition holds; False when it still does not after so many seconds.

    meanwhile: called between two questions.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        if meanwhile is not None:
            meanwhile()
        time.sleep(every)
    return True


def private_folder(folder: Path) -> Path:
    """Make a folder that only this user can enter, and refuse one that is another's.

    A folder under the shared temporary directory could have been put there by anybody.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.getuid(), *((65534,) if os.getuid() == 0 else ())}:
        raise RuntimeProblem(f"{folder} belongs to somebody else; remove it or set SIGNET_HOME to another folder.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder


def home_folder(home: Path) -> Path:
    """Make the home, for this user only. One that exists keeps its mode, but not one that anybody may write to."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.stat().st_mode & stat.S_IWOTH:
        raise RuntimeProblem(f"Anybody may write to {home}. Set SIGNET_HOME to a folder of its own.")
    return home


class Lock:
    """An advisory lock on a file, held until `release` or the end of this process; the file holds the holder's pid."""

    def __init__(self, path: Path, *, busy: str) -> None:
        """busy: the message when another process holds the lock; `{pid}` in it becomes that process's id.

        Raises RuntimeProblem.
        """
        self.file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.seek(0)
            holder = self.file.read().strip() or "unknown"
            self.file.close()
            raise RuntimeProblem(busy.format(pid=holder)) from None
        self.file.truncate(0)
        self.file.write(f"{os.getpid()}\n")
        self.file.flush()

    def release(self) -> None:
        """Give the lock back."""
        self.file.close()
