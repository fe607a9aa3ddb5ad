"""One command that runs everything: the database, preparation, a worker, a web server, in the order of a plan.

    launcher = Launcher(VAR_DIR, [Step("Tables", [...]), Child("Worker", [...]), Child("Web server", [...])])
    sys.exit(launcher.run())

It ends when it is told to (Ctrl-C, SIGTERM, a closed terminal), when a step fails, or when a child has crashed too
often. Then no process of it is left: children are asked, then killed, the database is stopped last. After a kill -9 of
the launcher itself its children live on; the next start finds them by their mark and ends them first.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

from ta_portal.embedded import postgres, processes
from ta_portal.embedded.locks import lock_if_free, open_file
from ta_portal.embedded.progress import timed

STEADY_SECONDS = 60.0  # a child that ran this long has earned its restarts back
DATABASE_CHECK_SECONDS = 2.0


@dataclass(frozen=True)
class Part:
    """Something that the launcher runs in a process of its own; the output goes to the log of its name."""

    title: str
    command: Sequence[str]

    @property
    def log_name(self) -> str:
        return f"{self.title.lower().replace(' ', '-')}.log"


@dataclass(frozen=True)
class Step(Part):
    """Something to do once, before what comes after it. One that `tells_itself` prints its own lines of progress."""

    tells_itself: bool = False


@dataclass(frozen=True)
class Child(Part):
    """A process to keep running. `ready` tells when it can be used."""

    ready: Callable[[], bool] = lambda: True
    restarts: int = 3
    ready_within: float = 60.0


class LauncherFailed(RuntimeError):
    """The launcher gives up; the message is one that a person can act on."""


def unusable(folder: Path, problem: OSError) -> str:
    """A folder that cannot be written or read, in words."""
    where = f" ({problem.filename})" if problem.filename else ""
    return f"The folder {folder} cannot be used: {problem.strerror}{where}. Choose another one with PORTAL_VAR_DIR."


class _Told(BaseException):
    """Somebody told us to end. Not an error, so not an Exception."""


@dataclass
class _Running:
    part: Part
    process: "subprocess.Popen[bytes]"
    restarts_left: int = 0
    since: float = field(default_factory=time.monotonic)


class Launcher:
    """Starts, watches and ends the processes of one folder. Only one can run per folder."""

    def __init__(
        self,
        folder: Path,
        plan: Sequence[Step | Child],
        *,
        environment: Mapping[str, str],
        database: bool = True,
        when_up: Callable[[], None] = lambda: None,
        say: Callable[[str], None] = print,
        patience: float = 10.0,
    ) -> None:
        """`environment` is for steps and children; with `database` it gains the embedded one's DATABASE_URL.

        `patience`: seconds a child gets to end by itself. A second Ctrl-C cuts it short.
        """
        self.folder = folder.resolve()
        self.plan = plan
        self.database = database
        self.when_up = when_up
        self.patience = patience
        self._say = say
        self._environment = {**environment, processes.MARK: str(self.folder)}
        self._running: list[_Running] = []
        self._told: list[int] = []

    def run(self) -> int:
        """Run until told to end. 0 for an orderly end, 1 for a failure."""
        with ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                alone = stack.enter_context(lock_if_free(self.folder / "launcher.lock"))
            except OSError as problem:
                self.say(unusable(self.folder, problem))
                return 1
            if not alone:
                self.say(f"It already runs in {self.folder}: end that one first.")
                return 1
            stack.enter_context(self._listening())
            return self._run_to_the_end()

    def _run_to_the_end(self) -> int:
        try:
            self._run_alone()
        except (LauncherFailed, postgres.EmbeddedPostgresFailed) as problem:
            self.say(str(problem))
            return 1
        except _Told:
            self.say("Ended.")
        return 0

    def _run_alone(self) -> None:
        self._end_orphans()
        with ExitStack() as stack:
            self._start_database(stack)
            stack.callback(self._end_children)
            self._carry_out_plan()
            self.when_up()
            self._watch()

    def say(self, line: str) -> None:
        with suppress(OSError, ValueError):  # a closed terminal must not keep us from cleaning up
            self._say(line)

    # --- Phases ---

    def _end_orphans(self) -> None:
        left_over = processes.family(self.folder)
        if left_over:
            self.say(f"Ending {len(left_over)} processes that an earlier run left behind")
            processes.end(left_over, patience=self.patience)

    def _start_database(self, stack: ExitStack) -> None:
        if self.database:
            with timed("Database", self.say):
                server = stack.enter_context(postgres.serving(self.folder / "pg", say=self.say))
            self._environment["DATABASE_URL"] = server.dsn

    def _carry_out_plan(self) -> None:
        for part in self.plan:
            self._leave_if_told()
            if isinstance(part, Child):
                with timed(part.title, self.say):
                    self._keep_running(part)
            else:
                with nullcontext() if part.tells_itself else timed(part.title, self.say):
                    self._complete(part)

    def _watch(self) -> None:
        checked = time.monotonic()
        while True:
            self._leave_if_told()
            self._revive_children()
            if self.database and time.monotonic() - checked > DATABASE_CHECK_SECONDS:
                self._revive_database()
                checked = time.monotonic()
            time.sleep(0.1)

    def _revive_database(self) -> None:
        if postgres.status(self.folder / "pg") is None:
            self.say("The database ended; starting it again")
            server = postgres.start(self.folder / "pg", say=self.say)
            if server.dsn != self._environment["DATABASE_URL"]:
                raise LauncherFailed("The database has a new address: start again.")

    def _end_children(self) -> None:
        for running in reversed(self._running):
            with suppress(ProcessLookupError):
                running.process.send_signal(self._told[0] if self._told else signal.SIGTERM)
        deadline = time.monotonic() + self.patience
        while any(running.process.poll() is None for running in self._running):
            if time.monotonic() > deadline or len(self._told) > 1:
                break
            time.sleep(0.05)
        for running in self._running:
            if running.process.poll() is None:
                self.say(f"{running.part.title} does not end; killing it")
                running.process.kill()
            running.process.wait()
        processes.end(processes.family(self.folder), patience=1.0)  # what they started and left behind
        self._running.clear()

    # --- Parts ---

    def _start(self, part: Part, restarts_left: int = 0) -> _Running:
        log = open_file(self.folder / part.log_name, os.O_WRONLY | os.O_APPEND)
        aloud = isinstance(part, Step) and part.tells_itself
        try:
            process = subprocess.Popen(
                list(part.command),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=None if aloud else log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone; we pass it on in order
            )
        except OSError as problem:
            raise LauncherFailed(f"{part.title} cannot be started: {problem}") from problem
        finally:
            os.close(log)
        running = _Running(part, process, restarts_left)
        self._running.append(running)
        return running

    def _complete(self, step: Step) -> None:
        running = self._start(step)
        while (code := running.process.poll()) is None:
            self._leave_if_told()
            self._revive_children()
            time.sleep(0.02)
        self._running.remove(running)
        if code:
            raise LauncherFailed(f"{step.title} failed (code {code}).\n{self._end_of_log(step)}")

    def _keep_running(self, child: Child) -> None:
        self._start(child, child.restarts)
        deadline = time.monotonic() + child.ready_within
        while not child.ready():
            self._leave_if_told()
            self._revive_children()
            if time.monotonic() > deadline:
                patience = f"{child.ready_within:.0f} s"
                raise LauncherFailed(f"{child.title} is not ready after {patience}.\n{self._end_of_log(child)}")
            time.sleep(0.05)

    def _revive_children(self) -> None:
        for running in list(self._running):
            child, code = running.part, running.process.poll()
            if code is None or not isinstance(child, Child):
                continue
            self._running.remove(running)
            steady = time.monotonic() - running.since > STEADY_SECONDS
            left = child.restarts if steady else running.restarts_left
            if left == 0:
                raise LauncherFailed(f"{child.title} ended too often (code {code}).\n{self._end_of_log(child)}")
            self.say(f"{child.title} ended (code {code}); starting it again, {left - 1} more allowed")
            self._end_rest_of(running)
            self._pause(min(0.2 * 2 ** (child.restarts - left), 5.0))
            self._start(child, left - 1)

    def _end_rest_of(self, running: _Running) -> None:
        """A child's own children outlive a kill of it: a second clock, a web server that holds on to the port."""
        rest = [one for one in processes.family(self.folder) if _session_of(one) == running.process.pid]
        processes.end(rest, patience=1.0)

    def _end_of_log(self, part: Part, lines: int = 8) -> str:
        said = (self.folder / part.log_name).read_text(errors="replace").splitlines()
        return "\n".join(said[-lines:])

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._leave_if_told()
            time.sleep(0.05)

    # --- Signals ---

    @contextmanager
    def _listening(self) -> Iterator[None]:
        signums = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
            signums.append(signal.SIGHUP)
        before = {signum: signal.signal(signum, self._on_signal) for signum in signums}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        # A terminal that closes says SIGHUP, which servers take for "read your settings again".
        self._told.append(signum if signum == signal.SIGINT else signal.SIGTERM)

    def _leave_if_told(self) -> None:
        if self._told:
            raise _Told


def _session_of(process: psutil.Process) -> int | None:
    """Each child has a session of its own, named after it, which its children stay in."""
    with suppress(OSError):
        return os.getsid(process.pid)
    return None
