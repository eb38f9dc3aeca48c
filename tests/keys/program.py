"""A program that keeps keys, for tests: `python program.py FILE MODE`, good or bad in some way."""

import sys
import time
from pathlib import Path

import msgspec

from keys import keyfile, wire
from keys.errors import UnsealError
from keys.provider import FileProvider


def main():
    path, mode = Path(sys.argv[1]), sys.argv[2]
    if mode == "ends":
        return
    provider = FileProvider.from_path(path)
    for line in sys.stdin.buffer:
        question = msgspec.json.decode(line, type=wire.Question)
        if mode == "slow":
            time.sleep(30)
        sys.stdout.buffer.write(answered(mode, provider, path, question))
        sys.stdout.buffer.flush()
        if mode == "once":
            return


def answered(mode, provider, path, question):
    if mode == "babbles":
        return b"the key is 0123456789\n"
    if mode == "refuses":
        return b'{"error": "no"}\n'
    made = msgspec.json.encode(answer(provider, path, question)) + b"\n"
    if mode == "empty":
        return b"{}\n"
    return made * 2 if mode == "twice" else made


def answer(provider, path, question):
    provider.refresh()
    match question:
        case wire.Describe():
            return described(provider)
        case wire.Wrap():
            wrapped = provider.wrap(question.plain, context=question.context)
            return wire.WrapAnswer(wrapped.version, wrapped.blob)
        case wire.Unwrap():
            return unwrapped(provider, question)
        case wire.Derive():
            return wire.DeriveAnswer(provider.derive(question.version, context=question.context))
        case wire.Sign():
            made = provider.sign(question.data)
            return wire.SignAnswer(made.version, made.value)
        case wire.Rotate():
            version = keyfile.add_version(path, question.purpose)
            provider.refresh()
            return wire.RotateAnswer(version)


def described(provider):
    active = {purpose: provider.active_version(purpose) for purpose in keyfile.PURPOSES}
    versions = [wire.Version(*one_of(known)) for known in provider.versions()]
    public = [wire.Public(key.version, key.raw) for key in provider.public_keys()]
    return wire.Described(active, versions, public)


def one_of(known):
    return known.purpose, known.version, known.fingerprint


def unwrapped(provider, question):
    try:
        plain = provider.unwrap(question.version, question.wrapped, context=question.context)
    except UnsealError:
        return wire.Failed(wire.UNSEAL)
    return wire.UnwrapAnswer(plain)


main()
