"""Free text finds words of all languages: the search column is written anew, with its index."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models
from django.db.models.expressions import RawSQL

SEARCH = (
    "to_tsvector('simple'::regconfig, lower(translate(normalize(title || ' ' || descripti"
    "on || ' ' || replace(replace(replace(coalesce(\njsonb_path_query_array(translations,"
    " '$.*.*')::text, ''), '\\n', ' '), '\\r', ' '), '\\t', ' '), NFKD), 'АБВГДЕЖЗИЙКЛМНО"
    "ПРСТУФХЦЧШЩЪЫЬЭЮЯҐґІЄıŁłß\u0649\u0629\u06a9-./+@_<&~«»\u201c\u201d\u201e\u2013\u2014"
    "\u2212·\u2022\u2116''\u2019\u2018ʼ\u0300\u0301\u0302\u0303\u0306\u0307\u0308\u030a"
    "\u030c\u0327\u0328\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654"
    "\u0655', 'абвгдежзийклмнопрстуфхцчшщъыьэюяггієills\u064a\u0647\u0643                "
    "    ') COLLATE \"C\"))"
)


class Migration(migrations.Migration):
    dependencies = [("listings", "0003_more_rates")]
    operations = [
        migrations.RemoveIndex("home", "re_search"),
        migrations.RemoveField("home", "search"),
        migrations.AddField(
            "home",
            "search",
            models.GeneratedField(
                db_persist=True,
                expression=RawSQL(SEARCH, ()),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            "home",
            django.contrib.postgres.indexes.GinIndex(
                fields=["search"], condition=models.Q(status="active"), name="re_search"
            ),
        ),
    ]
