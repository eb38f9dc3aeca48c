"""`python -m config.run.with_servers [--set NAME] COMMAND...`: a command with servers of its own.

Starts the set (default "test") if nobody runs it, provisions it, runs the command with
`SAMMATI_EMBEDDED` naming it, and stops it unless somebody else still uses it.
"""

import os
import signal
import subprocess
import sys

from config.run import embedded, processes
from config.run.errors import RunError
from config.run.provision import provision


def main(arguments: list[str]) -> int:
    name = "test"
    if arguments[:1] == ["--set"] and len(arguments) > 1:
        name, arguments = arguments[1], arguments[2:]
    if not arguments:
        sys.stderr.write("usage: python -m config.run.with_servers [--set NAME] COMMAND...\n")
        return 2
    try:
        with embedded.in_use(name) as servers:
            provision(servers.superuser_dsn)
            return run(arguments, {**os.environ, "SAMMATI_EMBEDDED": name})
    except RunError as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        return 130
    return 1


def run(command: list[str], environment: dict[str, str]) -> int:
    """The exit code of `command`. Ctrl-C reaches it too: it ends in its own time, we wait."""
    signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        child = subprocess.Popen(
            command,
            env=environment,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 (no threads)
        )
    except OSError as error:
        raise RunError(f"{command[0]} cannot be started: {error.strerror}") from None
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
