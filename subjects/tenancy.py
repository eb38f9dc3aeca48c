"""SQL by which a row about a person can only belong to that person's controller. Pure."""


def belongs_together(table: str) -> tuple[str, str]:
    """A foreign key of (controller, subject) pairs for `table`, and its reverse (P9)."""
    name = f"{table}_one_controller"
    create = (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (controller_id, subject_id) "
        "REFERENCES subjects_subject (controller_id, id) DEFERRABLE INITIALLY IMMEDIATE"
    )
    return create, f"ALTER TABLE {table} DROP CONSTRAINT {name}"
