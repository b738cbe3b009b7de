"""A real sshd on loopback with keys of its own, and `ssh` and `rsync` that reach it as "login"."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.slurm.debian_packages import CannotStart, free_port, unpack

PACKAGES = (
    *("openssh-server", "openssh-client", "openssh-sftp-server", "rsync"),
    *("libwrap0", "libpopt0", "libxxhash0", "libzstd1", "liblz4-1"),
)
_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {place}/host_key
AuthorizedKeysFile {place}/user_key.pub
PidFile {place}/pid
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
SetEnv PATH={path} LD_LIBRARY_PATH={libraries}
"""
_CLIENT = """\
Host login
  HostName 127.0.0.1
  Port {port}
  User root
  IdentityFile {place}/user_key
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile {place}/known_hosts
  LogLevel ERROR
"""
# The user and folder that sshd separates its rights with exist for it alone.
_START = """\
cp /etc/passwd {place}/passwd
grep -q ^sshd: {place}/passwd || echo 'sshd:x:65533:65534::/run/sshd:/bin/false' >> {place}/passwd
mount --bind {place}/passwd /etc/passwd
mount -t tmpfs tmpfs /run
mkdir -p -m 755 /run/sshd
exec {root}/usr/sbin/sshd -D -e -f {place}/sshd_config
"""


class LoopbackSsh:
    """`environment` is for the programs that call ssh and rsync."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.root = place / "root"
        self.bin = place / "bin"
        libraries = self.root / "usr/lib/x86_64-linux-gnu"
        self._libraries = f"{libraries}:{self.root}/lib/x86_64-linux-gnu"
        self.environment = {
            "PATH": f"{self.bin}:{self.root}/usr/bin:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": f"{self._libraries}:{os.environ.get('LD_LIBRARY_PATH', '')}",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        unpack(PACKAGES, self.place / "debs", self.root)
        for name in ("host_key", "user_key"):
            key = self.place / name
            command = [self.root / "usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", ""]
            subprocess.run([*command, "-f", key], check=True, env=self._full())
        port = free_port()
        values = {"port": port, "place": self.place, "root": self.root}
        values |= {"path": self.environment["PATH"], "libraries": self._libraries}
        (self.place / "sshd_config").write_text(_CONFIG.format(**values))
        (self.place / "config").write_text(_CLIENT.format(**values))
        self.bin.mkdir()
        ssh = self.bin / "ssh"
        ssh.write_text(f'#!/bin/sh\nexec {self.root}/usr/bin/ssh -F {self.place}/config "$@"\n')
        ssh.chmod(0o755)
        with (self.place / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["unshare", "-m", "sh", "-ec", _START.format(**values)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._full(),
                start_new_session=True,
            )
        end = time.monotonic() + 30
        while subprocess.run([ssh, "login", "true"], env=self._full(), timeout=20).returncode:
            if time.monotonic() > end or self._process.poll() is not None:
                raise CannotStart(f"sshd does not answer: {self.log()}")
            time.sleep(0.3)
        print(f"sshd started on 127.0.0.1:{port}.", flush=True)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
        print("sshd stopped.", flush=True)

    def log(self) -> str:
        return (self.place / "sshd.log").read_text()[-1000:]

    def _full(self) -> dict[str, str]:
        return {**os.environ, **self.environment}
