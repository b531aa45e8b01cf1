"""Migration operations (kept as they are: migrations call them) for what the database itself refuses: changes of event rows and of frozen rows."""

from django.db.migrations import RunSQL

REFUSE = """
CREATE OR REPLACE FUNCTION signet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% holds events: rows are added, never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> RunSQL:
    """Let rows of a table be added and nothing else."""
    return RunSQL(
        REFUSE + f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION signet_refuse_change();",
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


def append_only_for(table: str, column: str, interval: str) -> RunSQL:
    """Let rows of a table be added, and removed by the retention job alone once `column` lies longer past than `interval`.

    In place of `append_only`. The job says in its transaction that it is at work: `SET LOCAL signet.retention = 'on'`.
    """
    return RunSQL(
        f"""
CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('signet.retention', true) = 'on'
       AND OLD.{column} < now() - interval '{interval}' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% holds events: rows are added, never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER {table}_append_only ON {table};
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept();
""",
        f"DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_kept(); "
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION signet_refuse_change();",
    )


def frozen(
    table: str, *, status: str = "status", open_status: str = "draft", may_change: tuple[str, ...] = ()
) -> RunSQL:
    """Refuse to change or remove a row that is no longer a draft, but for the columns of `may_change`."""
    restored = "".join(f"checked.{column} := OLD.{column}; " for column in may_change)
    return RunSQL(
        f"""
CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE checked {table}%ROWTYPE;
BEGIN
    IF OLD.{status} = '{open_status}' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        checked := NEW; {restored}
        IF checked IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '% is frozen once published', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_frozen();
""",
        f"DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_frozen();",
    )


def frozen_since(table: str, column: str, *, may_change: tuple[str, ...] = ()) -> RunSQL:
    """Refuse to change or remove a row whose time in `column` is set, but for the columns of `may_change`."""
    restored = "".join(f"checked.{each} := OLD.{each}; " for each in may_change)
    return RunSQL(
        f"""
CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE checked {table}%ROWTYPE;
BEGIN
    IF OLD.{column} IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        checked := NEW; {restored}
        IF checked IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '% is frozen since {column}', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_frozen();
""",
        f"DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_frozen();",
    )


def frozen_with_parent(table: str, column: str, parent: str, *, through: tuple[str, str] | None = None) -> RunSQL:
    """Refuse any change of a child row whose parent row is no longer a draft.

    column: the child's column that points at the parent, or, with through=(table, column), at the row between them.
    """
    if through:
        middle, middle_column = through
        owner = f"SELECT p.status FROM {middle} m JOIN {parent} p ON p.id = m.{middle_column} WHERE m.id ="  # noqa: S608  names from migrations
    else:
        owner = f"SELECT p.status FROM {parent} p WHERE p.id ="  # noqa: S608
    return RunSQL(
        f"""
CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND ({owner} OLD.{column}) <> 'draft'
       OR TG_OP <> 'DELETE' AND ({owner} NEW.{column}) <> 'draft' THEN
        RAISE EXCEPTION '% is frozen: its version is published', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_frozen();
""",
        f"DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_frozen();",
    )


def same_credential(table: str) -> RunSQL:
    """Hold `credential` and `credential_version` of a row together by a composite foreign key."""
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_version_of_credential "
        "FOREIGN KEY (credential_version_id, credential_id) "
        "REFERENCES credentials_credentialversion (id, credential_id) DEFERRABLE INITIALLY DEFERRED;",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_version_of_credential;",
    )
