"""Every change that processes follow raises the revision and is told to whoever listens; the
audit is only added to."""

from django.db import migrations

CHANGES = """
INSERT INTO rollout_control (id) VALUES (1);

CREATE FUNCTION rollout_changed() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE now_at bigint;
BEGIN
    UPDATE rollout_control SET revision = revision + 1 WHERE id = 1 RETURNING revision INTO now_at;
    PERFORM pg_notify('gatehouse_control', now_at::text);
    RETURN NULL;
END $$;

CREATE FUNCTION rollout_pointed() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    PERFORM pg_notify('gatehouse_control', NEW.revision::text);
    RETURN NEW;
END $$;

CREATE TRIGGER rollout_changed AFTER INSERT OR UPDATE OR DELETE ON rollout
    FOR EACH STATEMENT EXECUTE FUNCTION rollout_changed();
CREATE TRIGGER rollout_changed AFTER INSERT OR UPDATE OR DELETE ON rollout_flag
    FOR EACH STATEMENT EXECUTE FUNCTION rollout_changed();
CREATE TRIGGER rollout_changed AFTER INSERT ON rollout_version
    FOR EACH STATEMENT EXECUTE FUNCTION rollout_changed();
CREATE TRIGGER rollout_pointed BEFORE UPDATE OF stable_version, denied ON rollout_control
    FOR EACH ROW EXECUTE FUNCTION rollout_pointed();

CREATE FUNCTION rollout_audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only added to: % of rollout_audit is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER rollout_audit_kept BEFORE UPDATE OR DELETE ON rollout_audit
    FOR EACH STATEMENT EXECUTE FUNCTION rollout_audit_kept();
"""

UNDONE = """
DROP TRIGGER rollout_audit_kept ON rollout_audit;
DROP FUNCTION rollout_audit_kept();
DROP TRIGGER rollout_pointed ON rollout_control;
DROP TRIGGER rollout_changed ON rollout_version;
DROP TRIGGER rollout_changed ON rollout_flag;
DROP TRIGGER rollout_changed ON rollout;
DROP FUNCTION rollout_pointed();
DROP FUNCTION rollout_changed();
DELETE FROM rollout_control;
"""


class Migration(migrations.Migration):
    dependencies = [("rollout", "0001_initial")]
    operations = [migrations.RunSQL(CHANGES, UNDONE)]
