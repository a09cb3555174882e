#!/usr/bin/python3 -I
"""Asks an authority for a certificate by ACME (RFC 8555): acme DIRECTORY EMAIL FOLDER CHALLENGE NAME...

Leaves issued.crt (the chain) and issued.key in FOLDER, beside the account's key. Challenges are answered by DNS, all of them at once: CHALLENGE is run
with "publish" and the values of the names' TXT records before the authority looks, and with "withdraw" and the same values after that. What went wrong
is the last line on standard error.
"""
import datetime
import os
import subprocess
import sys

import josepy
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

MINUTES = 5  # for the authority to look at the challenges, and to issue


def main(directory, email, folder, challenge, *names):
    net = client.ClientNetwork(account_key(folder), alg=josepy.ES256, user_agent="causeway")
    authority = client.ClientV2(client.ClientV2.get_directory(directory, net), net)
    log_in(authority, email)
    key = pem(ec.generate_private_key(ec.SECP256R1()))
    order = authority.new_order(crypto_util.make_csr(key, names))
    # An authority may remember for a while that a name was proven.
    proofs = [proof for authorization in order.authorizations if authorization.body.status != messages.STATUS_VALID
              for proof in authorization.body.challenges if isinstance(proof.chall, challenges.DNS01)]
    values = [proof.chall.validation(net.key) for proof in proofs]
    withdrawal = None
    try:
        if values:
            subprocess.run([challenge, "publish", *values], check=True)
        for proof in proofs:
            authority.answer_challenge(proof, proof.chall.response(net.key))
        order = authority.poll_authorizations(order, deadline())
        # The authority has seen them; the record goes while it issues.
        withdrawal = withdraw(challenge, values)
        order = authority.finalize_order(order, deadline())
    finally:
        withdrawal = withdrawal or withdraw(challenge, values)
        if withdrawal and withdrawal.wait() != 0:
            print("the challenge's record stays in the zone, and harms nothing", flush=True)
    write(folder, "issued.key", key)
    write(folder, "issued.crt", order.fullchain_pem.encode())


def withdraw(challenge, values):
    return subprocess.Popen([challenge, "withdraw", *values]) if values else None


def log_in(authority, email):
    """Makes the account of the key, or finds it."""
    try:
        authority.new_account(messages.NewRegistration.from_data(email=email, terms_of_service_agreed=True))
    except errors.ConflictError as known:
        authority.net.account = messages.RegistrationResource(body=messages.Registration(), uri=known.location)


def account_key(folder):
    path = os.path.join(folder, "account.key")
    if not os.path.exists(path):
        write(folder, "account.key", pem(ec.generate_private_key(ec.SECP256R1())))
    with open(path, "rb") as file:
        return josepy.JWKEC(key=serialization.load_pem_private_key(file.read(), None))


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def write(folder, name, content):
    """Writes a file that is there whole or not at all, for its owner alone."""
    path = os.path.join(folder, name)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def deadline():
    return datetime.datetime.now() + datetime.timedelta(minutes=MINUTES)


def reason(error):
    """What the authority said, in one line."""
    if isinstance(error, errors.ValidationError):
        said = "; ".join(f"{authorization.body.identifier.value}: {proof.error}" for authorization in error.failed_authzrs
                         for proof in authorization.body.challenges if proof.error)
    elif isinstance(error, errors.IssuanceError):
        said = str(error.error)
    elif isinstance(error, errors.TimeoutError):
        said = f"it did not decide within {MINUTES} minutes"
    elif isinstance(error, subprocess.CalledProcessError):
        said = "its challenge could not be answered"
    else:
        said = str(error) or type(error).__name__
    return " ".join(said.split())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:  # Whatever it is, the caller tries again, and somebody reads why.
        sys.exit(reason(error))
