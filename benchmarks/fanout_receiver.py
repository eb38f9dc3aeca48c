"""`python -m benchmarks.fanout_receiver`: a receiver of events that counts what comes wrongly."""

import asyncio
import json
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """What one receiver has taken: the last event of each person, and what came wrongly."""

    refused: set[str] = field(default_factory=set)
    last: dict[str, str] = field(default_factory=dict)
    taken: int = 0
    repeated: int = 0
    misplaced: int = 0

    def status(self, body: bytes) -> int:
        event = json.loads(body)
        person, sequence = event["subject"], event["sequence"]
        if int(sequence) % 100 == 0 and sequence not in self.refused:
            self.refused.add(sequence)
            return 503
        before = self.last.get(person, "")
        if sequence == before:
            self.repeated += 1
        elif sequence < before:
            self.misplaced += 1
        else:
            self.last[person], self.taken = sequence, self.taken + 1
        return 204

    def told(self) -> bytes:
        found = {"taken": self.taken, "repeated": self.repeated, "misplaced": self.misplaced}
        return json.dumps(found).encode()


async def receive() -> None:
    """Serve until the parent ends; says its port first, and what it has taken when asked by GET."""
    receiver = Receiver()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(await answer(receiver, reader))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def answer(receiver: Receiver, reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, rest = head.partition(b"content-length: ")
    body = await reader.readexactly(int(rest.partition(b"\r\n")[0] or 0))
    if head.startswith(b"post"):
        return f"HTTP/1.1 {receiver.status(body)} x\r\nContent-Length: 0\r\n\r\n".encode()
    extra = b"WebHook-Allowed-Origin: *\r\n" if head.startswith(b"options") else b""
    told = receiver.told()
    size = f"Content-Length: {len(told)}\r\n\r\n".encode()
    return b"HTTP/1.1 200 OK\r\n" + extra + size + told


if __name__ == "__main__":
    asyncio.run(receive())
