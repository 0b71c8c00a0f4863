"""Searches promised for later: at most one per conversation."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("talk", "0002_inbox_about")]
    operations = [
        migrations.CreateModel(
            "FollowUp",
            fields=[
                (
                    "conversation",
                    models.OneToOneField(
                        "talk.conversation",
                        django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("turn_id", models.UUIDField()),
                ("due_at", models.DateTimeField(db_default=Now())),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(db_default=0, default=0)),
                ("created_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "talk_follow_up",
                "indexes": [models.Index(fields=["due_at"], name="talk_follow_up_due")],
            },
        )
    ]
