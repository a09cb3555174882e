#!/usr/bin/python3 -I
"""Requests a certificate by ACME (RFC 8555): acme DIRECTORY EMAIL FOLDER CHALLENGE NAME...

Writes issued.crt (the chain) and issued.key to FOLDER, which also contains the account's key. All DNS challenges are answered at once:
CHALLENGE runs with "publish" and the values of the TXT records before the authority checks them, and with "withdraw" and the same values
afterwards. The reason of a failure is the last line on standard error.
"""
import datetime
import os
import subprocess
import sys

import josepy
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

MINUTES = 5  # for the authority to check the challenges, and to issue


def main(directory, email, folder, challenge, *names):
    net = client.ClientNetwork(account_key(folder), alg=josepy.ES256, user_agent="causeway")
    authority = client.ClientV2(client.ClientV2.get_directory(directory, net), net)
    log_in(authority, email)
    key = pem(ec.generate_private_key(ec.SECP256R1()))
    order = authority.new_order(crypto_util.make_csr(key, names))
    # An authority may still accept an earlier proof of a name.
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
        # The authority has checked them, so the record can be removed while it issues.
        withdrawal = withdraw(challenge, values)
        order = authority.finalize_order(order, deadline())
    finally:
        withdrawal = withdrawal or withdraw(challenge, values)
        if withdrawal and withdrawal.wait() != 0:
            print("the challenge's record stays in the zone, which is harmless", flush=True)
    write(folder, "issued.key", key)
    write(folder, "issued.crt", order.fullchain_pem.encode())


def withdraw(challenge, values):
    return subprocess.Popen([challenge, "withdraw", *values]) if values else None


def log_in(authority, email):
    """Creates the key's account, or finds it."""
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
    """Writes a file atomically, readable by its owner only."""
    path = os.path.join(folder, name)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def deadline():
    return datetime.datetime.now() + datetime.timedelta(minutes=MINUTES)


def reason(error):
    """The error in one line."""
    if isinstance(error, errors.ValidationError):
        said = "; ".join(f"{authorization.body.identifier.value}: {proof.error}" for authorization in error.failed_authzrs
                         for proof in authorization.body.challenges if proof.error)
    elif isinstance(error, errors.IssuanceError):
        said = str(error.error)
    elif isinstance(error, errors.TimeoutError):
        said = f"it did not answer within {MINUTES} minutes"
    elif isinstance(error, subprocess.CalledProcessError):
        said = "cannot answer its challenge"
    else:
        said = str(error) or type(error).__name__
    return " ".join(said.split())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:  # The caller prints the reason and retries.
        sys.exit(reason(error))
