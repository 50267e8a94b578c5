"""A Hub on this machine: as much of its protocol as huggingface_hub asks for to download a model repository.

Small files are answered at `/{repo}/resolve/{revision}/{file}`; safetensors, as on the Hub, by a redirect to another host (here: localhost)
that keeps large files, with the ETag and size in `X-Linked-*`. What is not there is a 404 with `X-Error-Code`. `X-Repo-Commit` names the
commit that a branch stands for.
"""

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

API = re.compile(r"/api/models/(?P<repo>[^/]+/[^/]+)/(?P<what>revision|tree)/(?P<revision>[^/]+)")
RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)")


class HubServer:
    """`with HubServer() as hub: hub.publish("owner/name", {"config.json": b"..."})`; listens on 127.0.0.1 only, at `hub.url`.

    `hub.asked` lists the requests so far, as "HEAD /owner/name/resolve/main/config.json".
    """

    def __init__(self):
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
        if match := RESOLVE.fullmatch(path):
            self.resolve(**match.groupdict())
        elif match := API.fullmatch(path):
            self.api(**match.groupdict())
        elif path.startswith("/large/"):
            self.content(self.hub.large[path.removeprefix("/large/")], {})
        else:
            self.missing("RepoNotFound")

    do_HEAD = do_GET

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

    def api(self, repo: str, what: str, revision: str):
        if not (commit := self.commit(repo, revision)):
            return
        files = self.hub.repos[repo][commit]
        if what == "tree":
            answer = [{"type": "file", "path": name, "size": len(data), "oid": _git_blob(data)} for name, data in files.items()]
        else:
            answer = {"id": repo, "modelId": repo, "sha": commit, "siblings": [{"rfilename": name} for name in files]}
        self.answer(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def content(self, data: bytes, headers: dict[str, str]):
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not start:
            return self.answer(200, data, headers)
        first = int(start[1])
        self.answer(206, data[first:], headers | {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"})

    def missing(self, code: str, headers: dict[str, str] | None = None):
        self.answer(404, b"", {"X-Error-Code": code} | (headers or {}))

    def answer(self, status: int, body: bytes, headers: dict[str, str]):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def _git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
