"""Certificates: trusted, of the right host, not expired; nothing turns that off."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import FetchError

HOST = "feeds.example"


def _certificate(folder: Path, *, name: str = HOST, dates: tuple[str, str] | None = None) -> Path:
    """A key and a certificate that it signed, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, which makes the certificates of this test")
    key, request, signed = folder / "key.pem", folder / "request.pem", folder / "signed.pem"
    made = [openssl, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    made += ["-nodes", "-keyout", str(key), "-out", str(request), "-subj", f"/CN={name}"]
    made += ["-addext", f"subjectAltName=DNS:{name}"]
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\nserial={folder}/serial\n"
        f"new_certs_dir={folder}\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\n"
        "[p]\ncommonName=supplied\n"
    )
    start, end = dates or ("20200101000000Z", "20990101000000Z")
    signing = [openssl, "ca", "-batch", "-selfsign", "-config", str(folder / "ca.cnf")]
    signing += ["-in", str(request), "-keyfile", str(key), "-out", str(signed), "-notext"]
    signing += ["-startdate", start, "-enddate", end]
    for command in (made, signing):
        subprocess.run(command, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text(key.read_text() + signed.read_text())
    return both


@contextmanager
def _serving(certificate: Path) -> Iterator[tuple[int, list[str | None]]]:
    """An https server; its port and the names that it was asked for in the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str | None] = []
    context.sni_callback = lambda connection, name, _: names.append(name)

    def shake(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with contextlib.suppress(OSError):
                    secured = context.wrap_socket(connection, server_side=True)
                    secured.recv(65536)
                    secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=shake, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1], names


def _got(door_to: Any, port: int, trusted: Path | None) -> bytes:
    options: dict[str, object] = {}
    if trusted:
        options["ssl_context"] = ssl.create_default_context(cafile=str(trusted))
    pair = f"{HOST}:{port}"
    door = door_to(allow_private=[pair], resolver=lambda host, port: ["127.0.0.1"], **options)
    body: bytes = door.get(f"https://{pair}/").body
    return body


def test_a_trusted_certificate_is_accepted_for_the_name_that_was_asked(
    door_to: Any, tmp_path: Path
) -> None:
    """The handshake names the host, though the connection goes to the address that was checked."""
    certificate = _certificate(tmp_path)
    with _serving(certificate) as (port, names):
        assert _got(door_to, port, certificate) == b"x"
    assert names == [HOST]


def test_a_certificate_that_nobody_signed_is_refused(door_to: Any, tmp_path: Path) -> None:
    """Without a certificate that can be checked there is no connection, and no flag to allow it."""
    with (
        _serving(_certificate(tmp_path)) as (port, _),
        pytest.raises(FetchError, match=r"no connection.*certificate"),
    ):
        _got(door_to, port, None)


@pytest.mark.parametrize(
    ("name", "dates", "reason"),
    [
        (HOST, ("20200101000000Z", "20200201000000Z"), "expired"),
        (HOST, ("20980101000000Z", "20990101000000Z"), "not yet valid"),
        ("other.example", None, "not valid for 'feeds.example'"),
    ],
)
def test_a_wrong_certificate_is_refused(
    door_to: Any, tmp_path: Path, name: str, dates: tuple[str, str] | None, reason: str
) -> None:
    """N14: expired, too early or of another host, even from an authority that is trusted."""
    certificate = _certificate(tmp_path, name=name, dates=dates)
    with (
        _serving(certificate) as (port, _),
        pytest.raises(FetchError, match=f"no connection.*{reason}"),
    ):
        _got(door_to, port, certificate)


def test_an_old_protocol_is_refused(door_to: Any) -> None:
    """N14: a server that speaks no TLS from 1.2 on is no connection."""
    alert = bytes.fromhex("150301000202" + "46")

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(alert)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, args=(listener,), daemon=True).start()
        with pytest.raises(FetchError, match="no connection"):
            _got(door_to, listener.getsockname()[1], None)
