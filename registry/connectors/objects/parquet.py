"""Parquet files, a row group at a time. Needs the extra `parquet`."""

from typing import IO, Any

from registry.connectors.contract import ConnectorError
from registry.connectors.objects.settings import Rows
from registry.connectors.objects.wanted import Met, Wanted, note

__all__ = ["rewrite"]

ROWS_AT_ONCE = 20_000


def rewrite(
    rows: Rows, wanted: Wanted, source: IO[bytes], into: IO[bytes] | None, met: Met
) -> None:
    """As `rows.rewrite`. What the file says of itself (schema, metadata) stays as it is."""
    try:
        import pyarrow as pa  # noqa: PLC0415 (optional)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ConnectorError("parquet_not_installed", retry=False) from None
    try:
        file = parquet.ParquetFile(source)
        _columns(file.schema_arrow, rows)
        writer = parquet.ParquetWriter(into, file.schema_arrow, **_how(file)) if into else None
        for batch in file.iter_batches(ROWS_AT_ONCE):
            kept = _kept(pa, rows, wanted, batch, met)
            if writer and kept.num_rows:
                writer.write_batch(kept)
        if writer:
            writer.close()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OSError):
        raise ConnectorError("object_malformed", retry=False) from None


def _kept(pa: Any, rows: Rows, wanted: Wanted, batch: Any, met: Met) -> Any:
    columns = {scheme: batch.column(name).to_pylist() for scheme, name in rows.match.items()}
    hit = [
        note(met, wanted, {scheme: texts[at] for scheme, texts in columns.items()})
        for at in range(batch.num_rows)
    ]
    if not any(hit):
        return batch
    if not rows.blank:
        return batch.filter(pa.array([not one for one in hit]))
    for name in rows.blank:
        at = batch.schema.get_field_index(name)
        texts = [
            None if one else text
            for one, text in zip(hit, batch.column(at).to_pylist(), strict=True)
        ]
        batch = batch.set_column(at, batch.schema.field(at), pa.array(texts, batch.column(at).type))
    return batch


def _columns(schema: Any, rows: Rows) -> None:
    """All of them are there, once, and may be emptied where they have to be."""
    for name in [*rows.match.values(), *rows.blank]:
        if len(schema.get_all_field_indices(name)) != 1:
            raise ConnectorError("columns_missing", retry=False)
    if not all(schema.field(name).nullable for name in rows.blank):
        raise ConnectorError("column_not_nullable", retry=False)


def _how(file: Any) -> dict[str, Any]:
    """Compressed as before."""
    if not file.metadata.num_row_groups or not file.metadata.num_columns:
        return {}
    codec = file.metadata.row_group(0).column(0).compression.lower()
    return {"compression": "none" if codec == "uncompressed" else codec}
