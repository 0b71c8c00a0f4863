"""Rates to begin with: units of each currency for one pound sterling. Newer rows win."""

from datetime import date

from django.db import migrations

DAY = date(2026, 11, 2)
PER_GBP = {
    "GBP": "1", "EUR": "1.146", "USD": "1.328", "TRY": "58.4", "RUB": "108.5", "UAH": "56.2",
}


def add(apps, schema_editor):
    rates = apps.get_model("listings", "ExchangeRate").objects
    for currency, per_gbp in PER_GBP.items():
        rates.get_or_create(currency=currency, day=DAY, defaults={"per_gbp": per_gbp})


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
