import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('observe', '0003_ledger_by_talk'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='turnledger',
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=['claimed_at'], name='turn_ledger_claimed'
            ),
        ),
    ]
