

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='TurnLedger',
            fields=[
                ('turn_id', models.UUIDField(primary_key=True, serialize=False)),
                ('conversation_id', models.UUIDField()),
                ('turn_no', models.IntegerField()),
                ('received_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField()),
                ('act', models.TextField()),
                ('move', models.TextField()),
                ('language', models.TextField()),
                ('arm', models.TextField()),
                ('handler', models.TextField()),
                ('version', models.TextField()),
                ('accept_ms', models.FloatField(null=True)),
                ('understand_ms', models.FloatField(null=True)),
                ('decide_ms', models.FloatField(null=True)),
                ('search_ms', models.FloatField(null=True)),
                ('render_ms', models.FloatField(null=True)),
                ('commit_ms', models.FloatField()),
                ('total_ms', models.FloatField()),
                ('results', models.IntegerField(null=True)),
                ('cards', models.IntegerField()),
                ('messages', models.IntegerField()),
                ('tokens_in', models.IntegerField()),
                ('tokens_out', models.IntegerField()),
                ('degraded', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('errors', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('outcome', models.TextField()),
                ('is_recomputed', models.BooleanField()),
                ('extra', models.JSONField()),
            ],
            options={
                'db_table': 'turn_ledger',
                'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['received_at'], name='turn_ledger_received')],
            },
        ),
    ]
