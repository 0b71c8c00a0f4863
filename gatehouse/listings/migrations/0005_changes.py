"""Every commit that changes the stock notes it and tells the processes that keep searches."""

import django.db.models.functions.datetime
from django.db import migrations, models

TABLES = (
    "real_estate_listing",
    "real_estate_agency",
    "real_estate_blocked_dates",
    "exchange_rate",
)

# Once a transaction: the setting ends with it, also with a savepoint that is rolled back. An
# insert of a random id waits for nobody, which a counter in one row would. The search path is that
# of the migration, also where a restore has emptied its own.
NOTE = """
CREATE FUNCTION real_estate_note_change() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF current_setting('gatehouse.change', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        PERFORM set_config('gatehouse.change', pg_current_xact_id()::text, true);
        INSERT INTO real_estate_change (id)
        VALUES (('x' || substr(md5(gen_random_uuid()::text), 1, 15))::bit(60)::bigint);
        DELETE FROM real_estate_change WHERE id IN (
            SELECT id FROM real_estate_change WHERE at < now() - interval '1 day'
            LIMIT 100 FOR UPDATE SKIP LOCKED);
        PERFORM pg_notify('gatehouse_listings', '');
    END IF;
    RETURN NULL;
END $$
"""
# So that no two installations begin with the same epoch.
BEGIN = """
INSERT INTO real_estate_change (id)
VALUES (('x' || substr(md5(gen_random_uuid()::text), 1, 15))::bit(60)::bigint)
"""
TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {}
FOR EACH STATEMENT EXECUTE FUNCTION real_estate_note_change()
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0004_search_in_every_language")]
    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={"db_table": "real_estate_change"},
        ),
        migrations.RunSQL(NOTE, "DROP FUNCTION real_estate_note_change()"),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(TRIGGER.format(table), f"DROP TRIGGER note_change ON {table}")
            for table in TABLES
        ),
    ]
