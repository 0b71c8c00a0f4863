"""Whether the cards of a conversation interested anybody."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("talk", "0004_assignment")]
    operations = [
        migrations.CreateModel(
            "CardClick",
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
                ("clicks", models.IntegerField(db_default=1, default=1)),
                ("clicked_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "talk_card_click",
                "indexes": [models.Index(fields=["clicked_at"], name="talk_card_click_news")],
            },
        )
    ]
