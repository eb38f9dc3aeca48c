"""The peer: Cerbos from its npm package, on the server's core, its audit on, at its best.

Decision logs go to its own store (which it does not sync), access logs and its log of requests are
off, policies are loaded before the first request and not watched. The state of the consent comes
with the request, since Cerbos reads none.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cores import CORES, FOLDER, on_core
from benchmarks.running import await_answer, free_port, log
from config.run import processes

PACKAGE = "@cerbos/cerbos-linux-x64"
VERSION = "0.55.0"
HOME = FOLDER / "cerbos"
BINARY = HOME / "node_modules" / PACKAGE / "cerbos-linux-x64"
MOST_RESOURCES = 500  # what its own limit allows

CONFIGURATION = """
server:
  httpListenAddr: "127.0.0.1:{http}"
  grpcListenAddr: "127.0.0.1:{grpc}"
  requestLimits: {{maxResourcesPerRequest: {most}}}
telemetry: {{disabled: true}}
storage: {{driver: disk, disk: {{directory: "{home}/policies", watchForChanges: false}}}}
audit:
  enabled: true
  accessLogsEnabled: false
  decisionLogsEnabled: true
  backend: local
  local: {{storagePath: "{home}/audit"}}
"""
POLICY = """
apiVersion: api.cerbos.dev/v1
resourcePolicy:
  version: default
  resource: customer
  rules:
    - actions: ["activate"]
      effect: EFFECT_ALLOW
      roles: ["service"]
      condition:
        match:
          all:
            of:
              - expr: R.attr.purpose in P.attr.purposes
              - expr: R.attr.state in ["given", "renewed"]
              - expr: R.attr.expires_at == "" || now() < timestamp(R.attr.expires_at)
              - expr: R.attr.purpose_version >= R.attr.material_version
              - expr: "!R.attr.restricted"
"""


def why_not() -> str:
    """Empty when the peer is here or could be installed; else the reason, for the report."""
    if BINARY.exists() and _is_version():
        return ""
    if shutil.which("npm") is None:
        return "not run: npm is not installed"
    HOME.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"]
    command += ["--prefix", str(HOME), f"{PACKAGE}@{VERSION}"]
    with log("npm") as output:
        done = subprocess.run(command, cwd=HOME, stdout=output, stderr=output, check=False)
    if done.returncode or not BINARY.exists():
        return f"not run: npm could not install {PACKAGE}@{VERSION} ({FOLDER}/npm.log)"
    return ""


def _is_version() -> bool:
    return f'"{VERSION}"' in BINARY.with_name("package.json").read_text()


@contextmanager
def peer() -> Iterator[tuple[int, int]]:
    """A running Cerbos: its port and its process number."""
    http, grpc = free_port(), free_port()
    configuration = _configured(http, grpc)
    command = [BINARY, "server", f"--config={configuration}", "--log-level=warn"]
    with log("cerbos") as output, on_core(CORES.server):
        child = processes.start(
            command,
            output=output,
            environment={"PATH": "/usr/bin:/bin", "HOME": str(HOME), "GOMAXPROCS": "1"},
            folder=HOME,
        )
    try:
        await_answer(http, "/_cerbos/health", child)
        yield http, child.pid
    finally:
        child.kill()
        child.wait()
        shutil.rmtree(HOME / "audit", ignore_errors=True)


def _configured(http: int, grpc: int) -> Path:
    shutil.rmtree(HOME / "audit", ignore_errors=True)
    (HOME / "policies").mkdir(parents=True, exist_ok=True)
    (HOME / "policies" / "customer.yaml").write_text(POLICY)
    path = HOME / "cerbos.yaml"
    path.write_text(CONFIGURATION.format(http=http, grpc=grpc, most=MOST_RESOURCES, home=HOME))
    return path
