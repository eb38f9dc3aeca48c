"""What can be wrong with a question to the log."""

from keys.problems import DomainError


class PathMalformedError(DomainError):
    code = "path_malformed"
    status = 400
    message = "This is no address of a tile: see the specification c2sp.org/tlog-tiles."


class TileMissingError(DomainError):
    code = "tile_missing"
    status = 404
    message = "The log has no such tile, or not so much of it."


class OutOfRangeError(DomainError):
    code = "out_of_range"
    status = 400
    message = "The log has no such size, or a log of this size has no such entry."
