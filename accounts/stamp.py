"""SQL that lets a table move the catalogue stamp whenever its rows change. Pure; for migrations."""

FUNCTION = """
CREATE FUNCTION sammati_catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts_cataloguestamp SET version = version + 1 WHERE id = 1;
  RETURN NULL;
END $$;
INSERT INTO accounts_cataloguestamp (id, version) VALUES (1, 1);
"""
DROP_FUNCTION = "DROP FUNCTION sammati_catalogue_changed();"


def moves_stamp(table: str) -> tuple[str, str]:
    """The SQL that attaches the trigger to `table`, and its reverse."""
    create = (
        f"CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION sammati_catalogue_changed()"
    )
    return create, f"DROP TRIGGER catalogue_changed ON {table}"
