"""A service that opens cases over the API while whatever answers it dies."""

import threading
import time

import httpx

ENOUGH_SECONDS = 300.0
AGAIN_EVERY = 7


class Client(threading.Thread):
    """Posts the cases of these people, each under its key until it was answered 2xx; now and then
    it asks again although it was. `answered` holds the ids it was told, by number."""

    def __init__(self, world, port, chance):
        super().__init__(daemon=True)
        self.world, self.url = world, f"http://127.0.0.1:{port}/api/v1/erasure-cases"
        self.chance = chance
        self.waiting, self.answered, self.unanswered = [], {}, 0
        self.wrong = []
        self.is_over = threading.Event()

    def give(self, numbers):
        self.waiting.extend(numbers)

    def run(self):
        while not (self.is_over.is_set() and not self.waiting):
            if not self.waiting:
                time.sleep(0.02)
                continue
            number = self.waiting.pop(0)
            self.post(number)
            if number % AGAIN_EVERY == 0:
                self.post(number)

    def post(self, number):
        ends = time.monotonic() + ENOUGH_SECONDS
        said = {"subject": str(self.world.people[number]), "reference": f"c{number}"}
        headers = {"Authorization": f"Bearer {self.world.key}", "Idempotency-Key": f"k{number}"}
        while time.monotonic() < ends:
            try:
                reply = httpx.post(self.url, json=said, headers=headers, timeout=10)
            except httpx.HTTPError:
                self.unanswered += 1
                time.sleep(0.2)
                continue
            if reply.is_success:
                self.hear(number, reply.json()["id"])
                return
            if reply.status_code < 500 and reply.status_code != 429:
                self.wrong.append(f"p{number}: {reply.status_code} {reply.text[:200]}")
                return
            self.unanswered += 1
            time.sleep(0.2)
        self.wrong.append(f"p{number} was never answered")

    def hear(self, number, case):
        if self.answered.setdefault(number, case) != case:
            self.wrong.append(f"p{number} has two cases")
