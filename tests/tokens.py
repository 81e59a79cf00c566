"""Keys, tokens and a key server on loopback, as an issuer on the internet would have them."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from hippique.web.auth.tokens import MARKER

ISSUER = "https://accounts.google.com"
AUDIENCE = "https://hippique.example"
CALLER = "scheduler@project.iam.gserviceaccount.com"
OPERATOR = "alice@example.org"
READER = "bob@example.org"
STRANGER = "mallory@example.org"
IAP_AUDIENCE = "/projects/1/locations/europe-west1/services/screens"


@functools.cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A key pair that lasts as long as the tests."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@functools.cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    del name
    return ec.generate_private_key(ec.SECP256R1())


def rsa_jwk(name: str) -> dict[str, Any]:
    jwk: dict[str, Any] = RSAAlgorithm.to_jwk(rsa_key(name).public_key(), as_dict=True)
    return {**jwk, "kid": name, "use": "sig", "alg": "RS256"}


def ec_jwk(name: str) -> dict[str, Any]:
    jwk: dict[str, Any] = ECAlgorithm.to_jwk(ec_key(name).public_key(), as_dict=True)
    return {**jwk, "kid": name, "use": "sig", "alg": "ES256"}


def key_set(*jwks: dict[str, Any]) -> bytes:
    return json.dumps({"keys": list(jwks)}).encode()


def claims(now_s: float | None = None, **changed: Any) -> dict[str, Any]:
    """What a good token says at an instant; a claim given as None is left out."""
    now = int(time.time() if now_s is None else now_s)  # the service under test has the wall's too
    good = {
        "iss": ISSUER, "aud": AUDIENCE, "azp": "1", "sub": "1", "email": CALLER,
        "email_verified": True, "iat": now - 60, "exp": now + 3540,
    }  # fmt: skip
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(said: dict[str, Any], key: str = "one", *, kid: str | None = None) -> str:
    """Signed by RS256."""
    return jwt.encode(said, rsa_key(key), algorithm="RS256", headers={"kid": kid or key})


def assertion(said: dict[str, Any], key: str = "iap") -> str:
    """Signed by ES256, as IAP does."""
    return jwt.encode(said, ec_key(key), algorithm="ES256", headers={"kid": key})


def marked(said: dict[str, Any]) -> str:
    """As Cloud Run hands a token on."""
    return ".".join([*token(said).split(".")[:2], MARKER])


def unsigned(said: dict[str, Any]) -> str:
    """alg=none."""
    return jwt.encode(said, None, algorithm="none", headers={"kid": "one"})


def signed_with_public_key(said: dict[str, Any]) -> str:
    """HS256 with the public key as its secret: no library lets one sign so, hence by hand."""
    public = rsa_key("one").public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = part({"alg": "HS256", "typ": "JWT", "kid": "one"})
    signing = f"{head}.{part(said)}".encode()
    mac = hmac.new(pem, signing, hashlib.sha256).digest()
    return f"{signing.decode()}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def part(document: Any) -> str:
    raw = json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class KeyServer:
    """What the key server answers, and how often it was asked."""

    url: str = ""
    body: bytes = b""
    status: int = 200
    asked: list[str] = field(default_factory=list)


@contextmanager
def key_server(body: bytes) -> Iterator[KeyServer]:
    """Serves one key set at any path of a loopback port."""
    served = KeyServer(body=body)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            self.send_response(served.status)
            self.send_header("Content-Length", str(len(served.body)))
            self.end_headers()
            self.wfile.write(served.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_address[1]}/certs"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
