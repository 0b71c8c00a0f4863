"""Rates of four more currencies that budgets are said in, for one pound sterling."""

from datetime import date

from django.db import migrations

DAY = date(2026, 11, 2)
PER_GBP = {"PLN": "4.87", "CHF": "1.066", "AED": "4.877", "ILS": "4.38"}


def add(apps, schema_editor):
    rates = apps.get_model("listings", "ExchangeRate").objects
    for currency, per_gbp in PER_GBP.items():
        rates.get_or_create(currency=currency, day=DAY, defaults={"per_gbp": per_gbp})


class Migration(migrations.Migration):
    dependencies = [("listings", "0002_first_rates")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
