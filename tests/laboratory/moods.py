"""What a vendor of the laboratory can be told to be. Nothing is left to chance."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Mood:
    """How an account behaves. As made, it is honest: it does at once what it says.

    `*_every` n: each n-th call; 0: never. Calls of the control are never touched.
    """

    slow_seconds: float = 0.0  # before every answer
    limit_every: int = 0  # 429 with Retry-After, nothing done
    retry_after: str = "1"
    fail_every: int = 0  # 503 before anything is done
    drop_every: int = 0  # the effect happens, then the connection ends without an answer
    lies: bool = False  # says done and does nothing
    archives: bool = False  # says done and puts away what it should delete
    suppresses: bool = False  # says done and only stops using it
    later_seconds: float = -1.0  # from 0 on: accepts now, and does it after so many seconds
    returns_seconds: float = -1.0  # from 0 on: who was erased is there again after so many seconds
    error_body: bool = False  # answers 200, and the body says that it failed
    expired: bool = False  # refuses the credentials
    dead: bool = False  # closes every connection
    hangs: bool = False  # takes every call and answers none
    redirects: bool = False  # sends every call elsewhere: to where a machine's own secrets lie
    garbles: bool = False  # answers 200 with something that is no JSON
    repeats_keys: bool = False  # a key told again has its effect again

    def change(self, said: dict[str, Any]) -> None:
        """Take over what was said. Raises KeyError for a word that is unknown."""
        known = {one.name for one in fields(self)}
        if unknown := sorted(set(said) - known):
            raise KeyError(", ".join(unknown))
        for name, value in said.items():
            setattr(self, name, value)


def falls(every: int, count: int) -> bool:
    """Whether the `count`-th call is one of each `every`."""
    return every > 0 and count % every == 0
