"""`python -m tests.laboratory [port]`: serve on loopback until ended; says its port first."""

import asyncio
import sys

from tests.laboratory.house import House, told
from tests.laboratory.wire import serve


async def main(port: int) -> None:
    house = House()
    server = await serve(house.answer, port)
    looking = asyncio.create_task(house.look())
    sys.stdout.write(told(server.sockets[0].getsockname()[1]) + "\n")
    sys.stdout.flush()
    await asyncio.gather(server.serve_forever(), looking)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
