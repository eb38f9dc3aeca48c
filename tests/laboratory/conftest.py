from tests.laboratory.using import laboratory

__all__ = ["laboratory"]
