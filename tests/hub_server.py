"""A Hub on this machine: as much of its protocol as huggingface_hub asks for to download models and data sets, and to upload models.

Small files are answered at `/{repo}/resolve/{revision}/{file}`; safetensors, as on the Hub, by a redirect to another host (here: localhost)
that keeps large files, with the ETag and size in `X-Linked-*`. What is not there is a 404 with `X-Error-Code`. `X-Repo-Commit` names the
commit that a branch stands for. Data sets are the repositories "datasets/{owner}/{name}".

Uploads: `/api/repos/create`, `/api/validate-yaml`, `preupload` (which files are large), the LFS batch with a PUT and a verification for
each large file, and `commit` (one JSON line a file). They need a token of `hub.tokens`, whose owner must be the repository's.
"""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

API = re.compile(r"/api/(?:models/)?(?P<repo>(?:datasets/)?[^/]+/[^/]+)(?:/(?P<what>revision|tree)/(?P<revision>[^/]+))?")
RESOLVE = re.compile(r"/(?P<repo>(?:datasets/)?[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)")
UPLOAD = re.compile(r"/api/models/(?P<repo>[^/]+/[^/]+)/(?P<what>preupload|commit)/(?P<revision>[^/]+)")
BATCH = re.compile(r"/(?P<repo>[^/]+/[^/]+)\.git/info/lfs/objects/batch")


class HubServer:
    """`with HubServer() as hub: hub.publish("owner/name", {"config.json": b"..."})`; listens on 127.0.0.1 only, at `hub.url`.

    `hub.asked` lists the requests so far, as "HEAD /owner/name/resolve/main/config.json"; `hub.tokens` holds the owner of each token;
    a repository in `hub.private` shows itself to its owner alone.
    """

    def __init__(self):
        self.tokens: dict[str, str] = {}
        self.private: set[str] = set()
        self.repos: dict[str, dict[str, dict[str, bytes]]] = {}  # repo -> commit -> file name -> content
        self.branches: dict[tuple[str, str], str] = {}
        self.large: dict[str, bytes] = {}  # sha256 -> content
        self.asked: list[str] = []
        handler = type("Handler", (_Handler,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.large_url = f"http://localhost:{self.server.server_port}/large"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def publish(self, repo: str, files: dict[str, bytes], branch: str = "main") -> str:
        """Adds a commit with these files and moves the branch to it; returns the commit."""
        commit = hashlib.sha1(repr((repo, branch, sorted(files.items()))).encode()).hexdigest()
        self.repos.setdefault(repo, {})[commit] = files
        self.branches[repo, branch] = commit
        self.large |= {hashlib.sha256(content).hexdigest(): content for name, content in files.items() if name.endswith(".safetensors")}
        return commit

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"{self.command} {path}")
        match = RESOLVE.fullmatch(path) or API.fullmatch(path)
        if match and match["repo"] in self.hub.private and self.owner() != match["repo"].split("/")[0]:
            self.missing("RepoNotFound", status=401)
        elif match and match.re is RESOLVE:
            self.resolve(**match.groupdict())
        elif match:
            self.api(**match.groupdict())
        elif path.startswith("/large/"):
            self.content(self.hub.large[path.removeprefix("/large/")], {})
        else:
            self.missing("RepoNotFound")

    do_HEAD = do_GET

    def owner(self) -> str | None:
        """Whose token came with the request."""
        return self.hub.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))

    def do_PUT(self):
        self.hub.asked.append(f"PUT {self.path}")
        data = self.rfile.read(int(self.headers["Content-Length"]))
        sha256 = self.path.removeprefix("/large/")
        if hashlib.sha256(data).hexdigest() != sha256:
            return self.say(400, {"error": "these bytes have another hash"})
        self.hub.large[sha256] = data
        self.answer(200, b"", {})

    def do_POST(self):
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"POST {path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if path == "/api/validate-yaml":
            told = [] if re.search(r"^license: ", json.loads(body)["content"], re.MULTILINE) else [{"message": '"license" is missing'}]
            return self.say(400 if told else 200, {"errors": told, "warnings": []})
        if not (owner := self.owner()):
            return self.say(401, {"error": "Invalid username or password."})
        if path == "/api/repos/create":
            return self.create(owner, json.loads(body))
        match = UPLOAD.fullmatch(path) or BATCH.fullmatch(path)
        if path.startswith("/verify/"):
            self.answer(200 if path.removeprefix("/verify/") in self.hub.large else 404, b"", {})
        elif not match or match["repo"] not in self.hub.repos:
            self.missing("RepoNotFound")
        elif match["repo"].split("/")[0] != owner:
            self.say(403, {"error": "You don't have the rights to write here"})
        elif match.re is BATCH:
            self.batch(json.loads(body)["objects"])
        elif match["what"] == "preupload":
            self.preupload(match["repo"], json.loads(body)["files"])
        else:
            self.receive(match["repo"], match["revision"], [json.loads(line) for line in body.splitlines()])

    def create(self, owner: str, wanted: dict):
        repo = f"{wanted['organization']}/{wanted['name']}"
        if wanted["organization"] != owner:
            return self.say(403, {"error": f"You don't have the rights to create a model under {wanted['organization']}"})
        if repo in self.hub.repos:
            return self.say(409, {"error": "You already created this model repo", "url": f"{self.hub.url}/{repo}"})
        self.hub.publish(repo, {".gitattributes": b"*.safetensors filter=lfs\n"})
        if wanted.get("visibility") == "private":
            self.hub.private.add(repo)
        self.say(200, {"url": f"{self.hub.url}/{repo}"})

    def preupload(self, repo: str, files: list[dict]):
        there = self.hub.repos[repo][self.hub.branches[repo, "main"]]
        answer = []
        for file in files:
            large = file["path"].endswith(".safetensors")
            kept = there.get(file["path"])
            oid = kept is not None and (hashlib.sha256(kept).hexdigest() if large else _git_blob(kept))
            mode = "lfs" if large else "regular"
            answer.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False} | ({"oid": oid} if oid else {}))
        self.say(200, {"files": answer})

    def batch(self, objects: list[dict]):
        """What is there already needs no action, as git-lfs has it."""
        for large in objects:
            if large["oid"] not in self.hub.large:
                places = {"upload": f"{self.hub.large_url}/{large['oid']}", "verify": f"{self.hub.url}/verify/{large['oid']}"}
                large["actions"] = {name: {"href": place} for name, place in places.items()}
        self.say(200, {"transfer": "basic", "objects": objects})

    def receive(self, repo: str, branch: str, lines: list[dict]):
        files = dict(self.hub.repos[repo][self.hub.branches[repo, branch]])
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.large[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        commit = self.hub.publish(repo, files, branch)
        self.say(200, {"commitUrl": f"{self.hub.url}/{repo}/commit/{commit}", "commitOid": commit, "success": True})

    def commit(self, repo: str, revision: str) -> str | None:
        """The commit that a branch or a commit's own name stands for; answers 404 and returns None where there is none."""
        commit = self.hub.branches.get((repo, revision), revision)
        if repo not in self.hub.repos:
            self.missing("RepoNotFound")
        elif commit not in self.hub.repos[repo]:
            self.missing("RevisionNotFound")
        else:
            return commit

    def resolve(self, repo: str, revision: str, name: str):
        if not (commit := self.commit(repo, revision)):
            return
        files = self.hub.repos[repo][commit]
        if name not in files:
            return self.missing("EntryNotFound", {"X-Repo-Commit": commit})
        sha256 = hashlib.sha256(files[name]).hexdigest()
        if sha256 in self.hub.large:
            linked = {"X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(files[name]))}
            return self.answer(302, b"", {"X-Repo-Commit": commit, "Location": f"{self.hub.large_url}/{sha256}"} | linked)
        self.content(files[name], {"X-Repo-Commit": commit, "ETag": f'"{_git_blob(files[name])}"'})

    def api(self, repo: str, what: str | None, revision: str | None):
        if not (commit := self.commit(repo, revision or "main")):
            return
        files = self.hub.repos[repo][commit]
        if what == "tree":
            answer = [{"type": "file", "path": name, "size": len(data), "oid": _git_blob(data)} for name, data in files.items()]
        else:
            name = repo.removeprefix("datasets/")
            answer = {"id": name, "modelId": name, "sha": commit, "siblings": [{"rfilename": name} for name in files]}
            answer |= {"private": repo in self.hub.private}
        self.say(200, answer)

    def content(self, data: bytes, headers: dict[str, str]):
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not start:
            return self.answer(200, data, headers)
        first = int(start[1])
        self.answer(206, data[first:], headers | {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"})

    def missing(self, code: str, headers: dict[str, str] | None = None, status: int = 404):
        self.answer(status, b"", {"X-Error-Code": code} | (headers or {}))

    def say(self, status: int, answer: dict | list):
        self.answer(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def answer(self, status: int, body: bytes, headers: dict[str, str]):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def _git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
