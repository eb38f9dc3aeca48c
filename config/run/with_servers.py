"""`python -m config.run.with_servers [--set NAME] COMMAND...`: a command with servers of its own.

Starts the set (default "test") if nobody runs it, provisions it, runs the command with
`SAMMATI_EMBEDDED` naming it, and stops it unless somebody else still uses it.
"""

import os
import subprocess
import sys

from config.run import embedded
from config.run.errors import RunError
from config.run.provision import provision


def main(arguments: list[str]) -> int:
    name = "test"
    if arguments[:1] == ["--set"]:
        name, arguments = arguments[1], arguments[2:]
    try:
        with embedded.in_use(name) as servers:
            provision(servers.superuser_dsn)
            environment = {**os.environ, "SAMMATI_EMBEDDED": name}
            return subprocess.run(arguments, env=environment, check=False).returncode
    except RunError as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
