"""Prints certificates for tests as JSON: an authority, and what a receiver can get wrong. The host name they are for
is the argument."""

import datetime
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)


def days(count):
    return NOW + datetime.timedelta(days=count)


def pem(certificate, key):
    return {
        "cert": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    }


def certificate(subject, issuer, signer, key, since, until, is_authority=False):
    name = lambda common: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(days(since))
        .not_valid_after(days(until))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


host = sys.argv[1]
trusted, unknown = new_key(), new_key()


def leaf(subject, issuer, signer, since, until):
    key = new_key()
    return pem(certificate(subject, issuer, signer, key, since, until), key)


own = new_key()
print(
    json.dumps(
        {
            "ca": pem(certificate("trusted", "trusted", trusted, trusted, -30, 30, True), trusted)["cert"],
            "valid": leaf(host, "trusted", trusted, -1, 30),
            "expired": leaf(host, "trusted", trusted, -30, -3.5),
            "notYetValid": leaf(host, "trusted", trusted, 1, 30),
            "wrongName": leaf("other.acme.com", "trusted", trusted, -1, 30),
            "selfSigned": pem(certificate(host, host, own, own, -1, 30), own),
            "unknownAuthority": leaf(host, "unknown", unknown, -1, 30),
        }
    )
)
