"""Badge keys in a PKCS#11 device: made in it, and never outside it. Used when PKCS11_MODULE is set. A document key that an
authority certified may lie there too.

A key is found by its id, the public_id of its row, so that two keys of one name cannot be mistaken for each other. A session
belongs to one process, since a forked one would share its state with the parent. Source: PKCS #11 v3.0, sections 2.3.13 and
2.3.14 (Edwards curves).
"""

import hashlib
import os
from contextlib import suppress
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from issuance.services.keys.sealing import KeyUnavailable

# The curve by its name, a PrintableString, as section 2.3.5 asks for keys of Edwards curves.
EDWARDS25519 = b"\x13\x0cedwards25519"
_lock = Lock()
_open: dict[str, Any] = {}


def is_configured() -> bool:
    return bool(settings.PKCS11_MODULE)


def make_key(public_id: UUID, label: str) -> bytes:
    """Make an Ed25519 key pair in the device; answer its public key, 32 bytes. Raises KeyUnavailable."""
    from pkcs11 import Attribute, KeyType, Mechanism

    def make(session: Any) -> bytes:
        curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: EDWARDS25519}, local=True)
        public, _private = curve.generate_keypair(
            mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, id=public_id.bytes, label=label
        )
        return bytes(public[Attribute.EC_POINT][-32:])  # an OCTET STRING around it, or the bare point

    return bytes(_with_session(make))


def sign(public_id: UUID, data: bytes) -> bytes:
    """Sign with a key of the device, 64 bytes. Raises KeyUnavailable."""
    from pkcs11 import KeyType, Mechanism, ObjectClass

    def act(session: Any) -> bytes:
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC_EDWARDS, id=public_id.bytes)
        return bytes(key.sign(data, mechanism=Mechanism.EDDSA))

    return bytes(_with_session(act))


def sign_document(point: bytes, data: bytes) -> bytes:
    """Sign with the P-256 key of this public point that somebody put into the device: ECDSA over SHA-256, as DER.

    The public key object is found by its point, and the private one has the same id. Raises KeyUnavailable.
    """
    from pkcs11 import Attribute, KeyType, Mechanism, NoSuchKey, ObjectClass
    from pkcs11.util.ec import encode_ecdsa_signature

    def act(session: Any) -> bytes:
        wanted = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.KEY_TYPE: KeyType.EC}
        names = [bytes(each[Attribute.ID]) for each in session.get_objects(wanted) if _has_point(each, point)]
        if not names:
            raise NoSuchKey
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, id=names[0])
        return bytes(encode_ecdsa_signature(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)))

    return bytes(_with_session(act))


def _has_point(key: Any, point: bytes) -> bool:
    from pkcs11 import Attribute

    return bytes(key[Attribute.EC_POINT]).endswith(point)  # an OCTET STRING around it, or the bare point


def _with_session(act: Any) -> Any:
    """Do something in the device; once more with a new session when the one at hand no longer answers."""
    from pkcs11 import PKCS11Error

    with _lock:
        for is_last in (False, True):
            try:
                return act(_session())
            except PKCS11Error as error:
                forget_session()
                if is_last:
                    name = type(error).__name__
                    raise KeyUnavailable(_("The key device does not answer (%(cause)s).") % {"cause": name}) from error
    raise AssertionError("unreachable")


def _session() -> Any:
    """The session of this process, opened when there is none."""
    import pkcs11

    wanted = (os.getpid(), settings.PKCS11_MODULE, settings.PKCS11_TOKEN)
    if _open.get("for") != wanted:
        token = pkcs11.lib(settings.PKCS11_MODULE).get_token(token_label=settings.PKCS11_TOKEN)
        _open.update({"for": wanted, "session": token.open(rw=True, user_pin=settings.PKCS11_PIN)})
    return _open["session"]


def forget_session() -> None:
    """Close the session of this process; a token lets a user in once."""
    from pkcs11 import PKCS11Error

    held, session = _open.pop("for", None), _open.pop("session", None)
    if session is not None and held is not None and held[0] == os.getpid():  # a parent's session is not ours to close
        with suppress(PKCS11Error):
            session.close()
