"""The definitions of RFC 6962 section 2.1, word by word: slow, and so plain that they are right."""

import hashlib


def sha256(data):
    return hashlib.sha256(data).digest()


def split(n):
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class Naive:
    """A tree over these entries. Roots of ranges are kept, nothing else is clever."""

    def __init__(self, entries):
        self.entries = entries
        self._roots = {}

    def mth(self, start, end):
        """MTH(D[start:end])."""
        if (start, end) not in self._roots:
            self._roots[start, end] = self._mth(start, end)
        return self._roots[start, end]

    def _mth(self, start, end):
        n = end - start
        if n == 0:
            return sha256(b"")
        if n == 1:
            return sha256(b"\x00" + self.entries[start])
        k = split(n)
        return sha256(b"\x01" + self.mth(start, start + k) + self.mth(start + k, end))

    def root(self, size):
        return self.mth(0, size)

    def path(self, m, size):
        """PATH(m, D[size]) of section 2.1.1."""
        return self._path(m, 0, size)

    def _path(self, m, start, end):
        n = end - start
        if n == 1:
            return []
        k = split(n)
        if m < k:
            return [*self._path(m, start, start + k), self.mth(start + k, end)]
        return [*self._path(m - k, start + k, end), self.mth(start, start + k)]

    def proof(self, m, size):
        """PROOF(m, D[size]) of section 2.1.2."""
        return self._subproof(m, 0, size, True)

    def _subproof(self, m, start, end, is_whole):
        n = end - start
        if m == n:
            return [] if is_whole else [self.mth(start, end)]
        k = split(n)
        if m <= k:
            return [*self._subproof(m, start, start + k, is_whole), self.mth(start + k, end)]
        return [*self._subproof(m - k, start + k, end, False), self.mth(start, start + k)]

    def node(self, level, number):
        """The root over a complete subtree: what our own code asks for."""
        start, end = number << level, (number + 1) << level
        assert end <= len(self.entries)
        return self.mth(start, end)

    def tile(self, level, number, width=256):
        """The hashes of a tile as C2SP tlog-tiles defines them."""
        first, span = number * 256, 256**level
        return b"".join(self.mth((first + i) * span, (first + i + 1) * span) for i in range(width))
