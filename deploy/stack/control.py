"""Starting, stopping and looking at a stack from outside its supervisor."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from deploy.faults import DiskFull, HomeUnusable, PartFailed, StoppedMeanwhile, SupervisorLost, told
from deploy.stack.java import ShowProgress, kafka_jars
from deploy.stack.journal import StackPhase, StackRecord, last_record
from deploy.stack.leash import HELD, Leash
from deploy.stack.parts import PORT_OFFSET
from deploy.stack.places import StackFolders
from deploy.stack.ports import require_free
from deploy.stack.settings import LocalSettings
from deploy.stack.supervisor import end_leftovers, take_lock

FREE_BYTES_MIN = 500 * 1024 * 1024
START_SECONDS_MAX = 300.0
STOP_SECONDS_MAX = 45.0
LOOK_SECONDS = 0.1

Watch = Callable[[StackRecord], None]


def is_running(places: StackFolders) -> bool:
    """Say whether a supervisor holds these places."""
    if not places.lock.exists():
        return False
    lock = take_lock(places)
    if lock is None:
        return True
    lock.close()
    return False


def start(
    settings: LocalSettings, watch: Watch, progress: ShowProgress | None = None
) -> Leash | None:
    """
    Start a supervisor and return its leash once all is ready; None where one runs already.

    *watch* is shown every state on the way. Unless it is let go, the stack ends with us.

    Raises:
        Fault: something stands in the way; nothing of ours is left running.
    """
    places = settings.places
    _make(places)
    if is_running(places):
        return None
    end_leftovers(last_record(places.state))
    _require_room(places)
    for part, offset in PORT_OFFSET.items():
        require_free(settings.port + offset, part)
    if settings.kafka is None:
        kafka_jars(progress)
    with Leash.tied() as (leash, theirs):
        supervisor = _spawn(places, theirs)
    try:
        _await_ready(supervisor, places, watch)
    except BaseException:
        leash.pull()
        _await_end(supervisor, places, watch)
        raise
    return leash


def stands(places: StackFolders) -> bool:
    """
    Return true as long as the stack of these places is up.

    Raises:
        StoppedMeanwhile: somebody has asked it to end.
        SupervisorLost: it has ended, and nobody has asked it to.
    """
    record = last_record(places.state)
    if record is not None and record.phase in {StackPhase.STOPPING, StackPhase.STOPPED}:
        raise StoppedMeanwhile
    if record is None or not is_running(places):
        raise SupervisorLost
    return True


def stop(places: StackFolders) -> bool:
    """End the stack of these places, and what a killed supervisor left; say whether any ran."""
    record = last_record(places.state)
    if record is None:
        return False
    ran = is_running(places)
    record.supervisor.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS_MAX
    # It gives its lock back shortly before it has gone.
    while is_running(places) or record.supervisor.found() is not None:
        if time.monotonic() > deadline:
            break
        time.sleep(LOOK_SECONDS)
    left = end_leftovers(last_record(places.state))
    return ran or bool(left)


def _make(places: StackFolders) -> None:
    try:
        places.make()
    except OSError as failure:
        raise HomeUnusable(folder=places.home, reason=failure.strerror) from failure


def _require_room(places: StackFolders) -> None:
    free = shutil.disk_usage(places.home).free
    if free < FREE_BYTES_MIN:
        raise DiskFull(folder=places.home, free=free // 1024 // 1024)


def _spawn(places: StackFolders, leash: int) -> subprocess.Popen[bytes]:
    with (places.logs / "supervisor.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "deploy.stack", HELD],
            cwd="/",
            env={**os.environ, "CASETRACK_HOME": str(places.home)},
            stdin=leash,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _await_ready(child: subprocess.Popen[bytes], places: StackFolders, watch: Watch) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        ended = child.poll() is not None
        record = last_record(places.state)
        if record is not None and record.supervisor.pid == child.pid:
            watch(record)
            if record.phase is StackPhase.READY:
                return
            if ended and record.fault is not None:
                raise told(record.fault)
            if ended and record.phase is StackPhase.STOPPED:
                raise StoppedMeanwhile
        if ended:
            break
        time.sleep(LOOK_SECONDS)
    log_file = places.logs / "supervisor.log"
    last = "".join(log_file.read_text(errors="replace").strip().splitlines()[-1:])
    raise PartFailed(part="supervisor", reason=last[-300:], log=log_file)


def _await_end(child: subprocess.Popen[bytes], places: StackFolders, watch: Watch) -> None:
    """Return once *child* and all that it has started are gone, whether it wants to or not."""
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while child.poll() is None and time.monotonic() < deadline:
        record = last_record(places.state)
        if record is not None and record.supervisor.pid == child.pid:
            watch(record)
        time.sleep(LOOK_SECONDS)
    if child.poll() is None:
        child.kill()
        child.wait()
    end_leftovers(last_record(places.state))
