"""People in object storage (S3 and what speaks like it): objects of theirs, and rows about them.

Objects whose names say whose they are, are deleted; files with rows about many people are written
anew without the rows. Where a bucket keeps versions, former versions are treated like the present.
"""

from registry.connectors.objects.connector import KIND, ObjectsConnector, made

__all__ = ["KIND", "ObjectsConnector", "made"]
