"""Kombu's Redis transport without its habit of putting unacknowledged messages back at the end.

Every message here is a doorbell, so nothing is gained by putting one back. But when the broker
goes away just after a message came, the attempt fails inside the clean-up (kombu 5.7, whose closed
connection has forgotten its address), Celery takes that for unrecoverable, and the worker hangs in
its own shutdown: alive, and deaf for good.
"""

from kombu.transport import redis


class Channel(redis.Channel):
    do_restore = False


class Transport(redis.Transport):
    Channel = Channel
