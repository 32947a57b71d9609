"""FTP servers for tests: vsftpd, pyftpdlib, and one that says what a script tells it."""

from __future__ import annotations

import socket
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from peers import needs, needs_root, running

CONTENT = bytes(range(251)) * 4000
PATIENCE_S = 30


@dataclass(frozen=True)
class Peer:
    """A running server: where it listens, and the directory it shows."""

    port: int
    root: Path

    def url(self, path: str = "/pub/a.bin") -> str:
        return f"ftp://127.0.0.1:{self.port}{path}"


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def shown_directory() -> Iterator[Path]:
    """Make a tree that the user ftp may read, unlike pytest's own directories."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        for directory in ("pub/empty", "in", "secure"):
            (root / directory).mkdir(parents=True)
        (root / "in").chmod(0o777)
        (root / "pub/a.bin").write_bytes(CONTENT)
        (root / "pub/nothing").write_bytes(b"")
        yield root


def vsftpd_config(root: Path, port: int, address: str, tls: str = "") -> str:
    lines = (
        "listen=YES",
        f"listen_port={port}",
        f"listen_address={address}",
        f"pasv_address={address}",
        "background=NO",
        "anonymous_enable=YES",
        "local_enable=NO",
        "write_enable=YES",
        f"anon_root={root}",
        "anon_upload_enable=YES",
        "anon_other_write_enable=YES",
        "anon_umask=022",
        "seccomp_sandbox=NO",
        f"secure_chroot_dir={root / 'secure'}",
        f"vsftpd_log_file={root / 'secure' / 'log'}",
    )
    return "\n".join((*lines, tls, ""))


@contextmanager
def vsftpd(tmp_path: Path, tls: str = "") -> Iterator[Peer]:
    needs_root()
    (program,) = needs("vsftpd")
    port, config = free_port(), tmp_path / "vsftpd.conf"
    with shown_directory() as root:
        config.write_text(vsftpd_config(root, port, "127.0.0.1", tls))
        with running([program, str(config)], tmp_path / "words", lambda: answers(port)):
            yield Peer(port, root)


@contextmanager
def vsftpd_with_tls(tmp_path: Path) -> Iterator[tuple[Peer, Path]]:
    """Demand TLS on both connections, and that the data resume the session of the control."""
    authority, key = trustme.CA(), tmp_path / "server.pem"
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    key.write_bytes(leaf.private_key_and_cert_chain_pem.bytes())
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    demands = ("ssl_enable", "allow_anon_ssl", "force_anon_data_ssl", "force_anon_logins_ssl")
    tls = "\n".join([f"{name}=YES" for name in (*demands, "require_ssl_reuse")])
    with vsftpd(tmp_path, f"{tls}\nrsa_cert_file={key}\n") as peer:
        yield peer, tmp_path / "ca.pem"


@contextmanager
def pyftpd() -> Iterator[Peer]:
    """Serve from a thread; user `me` with password `secret word`, and anonymous."""
    with warnings.catch_warnings():
        # It stands on asyncore, which old Pythons call deprecated and new ones lack.
        warnings.simplefilter("ignore", DeprecationWarning)
        from pyftpdlib.authorizers import DummyAuthorizer  # noqa: PLC0415
        from pyftpdlib.handlers import FTPHandler  # noqa: PLC0415
        from pyftpdlib.servers import FTPServer  # noqa: PLC0415

    with shown_directory() as root:
        authorizer = DummyAuthorizer()
        authorizer.add_user("me", "secret word", str(root), perm="elradfmwMT")
        authorizer.add_anonymous(str(root))
        kind = type("Handler", (FTPHandler,), {"authorizer": authorizer, "auth_failed_timeout": 0})
        server = FTPServer(("127.0.0.1", 0), kind)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                server.serve_forever(timeout=0.01, blocking=False, handle_exit=False)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Peer(server.address[1], root)
        finally:
            stop.set()
            thread.join(10)
            server.close_all()
