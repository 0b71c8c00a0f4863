"""Which home a message is about: null for most."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("talk", "0001_initial")]
    operations = [migrations.AddField("inbox", "about", models.UUIDField(null=True))]
