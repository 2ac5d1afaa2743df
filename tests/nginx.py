"""The production proxy for real: deploy/nginx.conf by the machine's own nginx, on free local ports."""

import datetime
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.server import free_port

CONF = Path(__file__).parent.parent / "deploy" / "nginx.conf"


@dataclass
class Nginx:
    """One proxy; `port` speaks TLS with a certificate nobody signed, `plain` is the way there."""

    port: int
    plain: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"


def certificate(folder: Path) -> None:
    """A fresh self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def adapted(folder: Path, webs: tuple[int, int], port: int, plain: int) -> str:
    """The configuration as shipped, but for addresses, ports and where the certificate lies."""
    text = CONF.read_text()
    for ours, here in {
        "10.213.7.11:8000": f"127.0.0.1:{webs[0]}",
        "10.213.7.12:8000": f"127.0.0.1:{webs[1]}",
        "listen 80 ": f"listen 127.0.0.1:{plain} ",
        "listen [::]:80 ": f"listen [::1]:{plain} ",
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "listen [::]:443 ": f"listen [::1]:{port} ",
        "/etc/letsencrypt/live/ringsite": str(folder),
        "pid /tmp/": f"pid {folder}/",
    }.items():
        if ours not in text:
            raise RuntimeError(f"deploy/nginx.conf no longer says {ours!r}.")
        text = text.replace(ours, here)
    return text


@contextmanager
def running(folder: Path, webs: tuple[int, int]) -> Iterator[Nginx]:
    """Run it in `folder` until the block ends."""
    port, plain = free_port(), free_port()
    certificate(folder)
    conf, log = folder / "nginx.conf", folder / "log"
    conf.write_text(adapted(folder, webs, port, plain))
    with log.open("wb") as out:
        command = ["nginx", "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 10
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start: {log.read_text()}")
            time.sleep(0.05)  # until it listens
        yield Nginx(port, plain, process, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
