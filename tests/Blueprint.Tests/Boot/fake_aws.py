"""What a host asks AWS for, on 169.254.169.254: instance metadata (version 2 only), one bucket and Secrets Manager.

Checks every signature as AWS does (Signature Version 4), so that a request that AWS would refuse is refused here.
Usage: fake_aws.py FOLDER  with metadata.json, bucket/KEY..., secrets.json in it.
"""
import datetime
import hashlib
import hmac
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

FOLDER = sys.argv[1]
ACCESS, SECRET, SESSION, TOKEN = "ASIAEXAMPLE", "not-a-secret", "session-token", "imds-token"


def signed(request, body, wanted):
    """Whether the Authorization header is right for this very request to a service."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("AWS4-HMAC-SHA256 ") or request.headers.get("x-amz-security-token") != SESSION:
        return False
    fields = dict(part.strip().split("=", 1) for part in header[len("AWS4-HMAC-SHA256 "):].split(","))
    access, date, region, service, last = fields["Credential"].split("/")
    if access != ACCESS or service != wanted or last != "aws4_request":
        return False
    signed_at = datetime.datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%S%z")
    if abs(datetime.datetime.now(datetime.timezone.utc) - signed_at) > datetime.timedelta(minutes=5):
        return False
    names = fields["SignedHeaders"].split(";")
    if any(name not in names for name in map(str.lower, request.headers) if name in ("host", "content-type") or name.startswith("x-amz-")):
        return False
    if request.headers.get("x-amz-content-sha256", hashlib.sha256(body).hexdigest()) != hashlib.sha256(body).hexdigest():
        return False
    canonical = "\n".join([
        request.command, request.path, "",
        *(f"{name}:{' '.join(request.headers[name].split())}" for name in names), "",
        fields["SignedHeaders"],
        request.headers.get("x-amz-content-sha256") or hashlib.sha256(body).hexdigest(),
    ])
    scope = f"{date}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), fields["Signature"])


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_PUT(self):
        ok = self.path == "/latest/api/token" and 1 <= int(self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "0")) <= 21600
        self.answer(200 if ok else 400, TOKEN if ok else "")

    def do_GET(self):
        if self.path.startswith("/latest/meta-data/"):
            return self.metadata(self.path[len("/latest/meta-data/"):])
        if self.path.startswith("/public/"):
            path = os.path.join(FOLDER, self.path.split("?")[0].lstrip("/"))
            if not os.path.exists(path):
                return self.answer(404, "")
            with open(path, "rb") as file:
                return self.answer(200, file.read())
        path = os.path.join(FOLDER, "bucket", unquote(self.path).lstrip("/"))
        if not signed(self, b"", "s3"):
            return self.answer(403, "SignatureDoesNotMatch")
        if not self.headers.get("x-amz-content-sha256"):
            return self.answer(400, "<Error><Code>InvalidRequest</Code><Message>Missing required header for this request: x-amz-content-sha256</Message></Error>")
        if not os.path.exists(path):
            return self.answer(404, "NoSuchKey")
        with open(path, "rb") as file:
            return self.answer(200, file.read())

    def metadata(self, path):
        if self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            return self.answer(401, "")
        if path == "iam/security-credentials/":
            return self.answer(200, "role")
        if path == "iam/security-credentials/role":
            return self.answer(200, json.dumps({"AccessKeyId": ACCESS, "SecretAccessKey": SECRET, "Token": SESSION}))
        with open(os.path.join(FOLDER, "metadata.json")) as file:
            values = json.load(file)
        return self.answer(200, values[path]) if path in values else self.answer(404, "")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not signed(self, body, "secretsmanager"):
            return self.answer(403, "SignatureDoesNotMatch")
        path = os.path.join(FOLDER, "secrets.json")
        with open(path) as file:
            secrets = json.load(file)
        asked = json.loads(body)
        name = asked["SecretId"]
        action = self.headers.get("X-Amz-Target")
        if self.headers.get("Content-Type") != "application/x-amz-json-1.1":
            return self.answer(400, json.dumps({"__type": "UnknownOperationException"}))
        if action == "secretsmanager.GetSecretValue" and secrets.get(name):
            return self.answer(200, json.dumps({"Name": name, "SecretString": secrets[name]}))
        if action == "secretsmanager.PutSecretValue" and not 32 <= len(asked.get("ClientRequestToken", "")) <= 64:
            return self.answer(400, json.dumps({"__type": "InvalidRequestException", "Message": "You must provide a ClientRequestToken value. We recommend a UUID-type value."}))
        if action == "secretsmanager.PutSecretValue" and name in secrets:
            secrets[name] = asked["SecretString"]
            with open(path, "w") as file:
                json.dump(secrets, file)
            return self.answer(200, "{}")
        return self.answer(400, json.dumps({"__type": "ResourceNotFoundException"}))

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("169.254.169.254", 80), Handler).serve_forever()
