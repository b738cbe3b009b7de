"""A real Slurm of one node on loopback, from Debian's packages, without installing them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.slurm.debian_packages import CannotStart, free_port, unpack

PACKAGES = (
    *("slurmctld", "slurmd", "slurm-client", "slurm-wlm-basic-plugins"),
    *("munge", "libmunge2", "libhwloc15", "liblua5.1-0"),
)
_TEMPLATE = Path(__file__).with_name("slurm.conf.in")


class OneNodeSlurm:
    """Downloads, starts, stops and breaks it. `environment` is for its clients."""

    def __init__(self, place: Path) -> None:
        self.root, self.run = place / "root", place / "run"
        self._debs = place / "debs"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        libraries = self.root / "usr/lib/x86_64-linux-gnu"
        self.environment = {
            "PATH": f"{self.root}/usr/bin:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": f"{libraries}:{libraries}/slurm-wlm",
            "SLURM_CONF": str(self.run / "slurm.conf"),
        }

    def start(self) -> None:
        """Download and unpack the packages, start munged, slurmctld and slurmd, and wait until the
        node takes jobs."""
        unpack(PACKAGES, self._debs, self.root)
        for folder in ("munge", "state", "spool"):
            (self.run / folder).mkdir(parents=True, exist_ok=True)
        self._configure()
        self._start_munge()
        self.start_controller()
        self._start_process(
            "slurmd",
            [
                self.root / "usr/sbin/slurmd-wlm",
                *("-D", "-f", self.run / "slurm.conf", "-N", socket.gethostname().split(".")[0]),
                *("-d", self.root / "usr/sbin/slurmstepd-wlm"),
            ],
        )
        self.wait(lambda: self.node_state() == "idle", "the node takes no jobs")

    def _configure(self) -> None:
        text = _TEMPLATE.read_text()
        host = socket.gethostname().split(".")[0]
        values = {"ROOT": self.root, "RUN": self.run, "HOST": host}
        values |= {"CTLD_PORT": free_port(), "SLURMD_PORT": free_port()}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        (self.run / "slurm.conf").write_text(text)

    def _start_munge(self) -> None:
        munge = self.run / "munge"
        munge.chmod(0o755)
        key = munge / "key"
        if not key.exists():
            mungekey = self.root / "usr/sbin/mungekey"
            subprocess.run([mungekey, "--create", f"--keyfile={key}"], check=True, env=self._full())
        self._start_process(
            "munged",
            [
                self.root / "usr/sbin/munged",
                *("--foreground", "--force", f"--key-file={key}", f"--socket={munge / 'sock'}"),
                *(f"--pid-file={munge / 'pid'}", f"--seed-file={munge / 'seed'}"),
                f"--log-file={munge / 'log'}",
            ],
        )
        self.wait(lambda: (munge / "sock").exists(), "munged does not start")

    def start_controller(self) -> None:
        """Start slurmctld, which goes on with the jobs it knew."""
        command = [self.root / "usr/sbin/slurmctld-wlm", "-D", "-f", self.run / "slurm.conf"]
        self._start_process("slurmctld", command)
        self.wait(lambda: bool(self.node_state()), "slurmctld does not answer")

    def kill_controller(self) -> None:
        """End slurmctld as a crash would."""
        self._processes["slurmctld"].kill()
        self._processes["slurmctld"].wait()

    def ask(self, *command: object) -> str:
        """Run one of its clients and return what it printed."""
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, env=self._full()
        )
        return done.stdout.strip()

    def begin_now(self, job: str) -> None:
        """Begin a requeued job now. Slurm lets it wait for two minutes, since a node takes no
        job in the second in which it ended one of that number: it would end it for good."""
        time.sleep(2)
        self.ask("scontrol", "update", f"JobId={job}", "StartTime=now")

    def node_state(self) -> str:
        """Return the node's state as sinfo calls it, "" where nobody answers."""
        words = self.ask("sinfo", "-h", "-p", "debug", "-o", "%T").split()
        return words[0] if words else ""

    def stop(self) -> None:
        """End all of its processes and the jobs they started."""
        if "slurmctld" in self._processes and self._processes["slurmctld"].poll() is None:
            self.ask("scancel", "--user=root")
        for name in ("slurmd", "slurmctld", "munged"):
            process = self._processes.get(name)
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        print(f"Slurm stopped ({self.run}).", flush=True)

    def wait(self, condition, otherwise: str, seconds: float = 60.0):
        """Wait until `condition()` is true and return its value."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > end:
                raise CannotStart(f"After {seconds:.0f} s {otherwise}. {self._last_words()}")
            time.sleep(0.2)
        return value

    def _last_words(self) -> str:
        logs = [self.run / "ctld.log", self.run / "slurmd.log", self.run / "munge" / "log"]
        return "\n".join(log.read_text()[-600:] for log in logs if log.exists())

    def _start_process(self, name: str, command: list[object]) -> None:
        with (self.run / f"{name}.out").open("ab") as output:
            self._processes[name] = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._full(),
                start_new_session=True,
            )

    def _full(self) -> dict[str, str]:
        return {**os.environ, **self.environment}
