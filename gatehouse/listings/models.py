"""The stock room's tables: homes, agencies, blocked dates, exchange rates."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from gatehouse.listings.folding import folded_sql
from gatehouse.listings.rank import RANK_SQL

_ON_OFFER = Q(status="active")
# Index columns that answer the filters of a search without a look at the (wide) row.
_FILTERS = (
    "variant", "city", "district", "property_type", "bedrooms", "bathrooms", "area_m2", "price",
    "currency", "available_from", "minimum_nights", "minimum_months",
)  # fmt: skip


# All texts of all languages: no language is named, so a new one needs no migration. Line ends are
# written out in JSON, where they would stick to the next word.
_TEXTS = r"""title || ' ' || description || ' ' || replace(replace(replace(coalesce(
jsonb_path_query_array(translations, '$.*.*')::text, ''), '\n', ' '), '\r', ' '), '\t', ' ')"""


def _search_sql() -> str:
    """All words in all languages, folded, as one 'simple' tsvector."""
    return f"to_tsvector('simple'::regconfig, {folded_sql(_TEXTS)})"


class Agency(models.Model):
    """Who offers homes."""

    name = models.TextField(unique=True)
    phone = models.TextField(null=True)

    class Meta:
        db_table = "real_estate_agency"

    def __str__(self) -> str:
        return self.name


class Home(models.Model):
    """One home on offer. English is in `title` and `description`, the rest in `translations`."""

    id = models.UUIDField(primary_key=True)
    ref = models.TextField(unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="homes")
    status = models.TextField(default="active", db_default="active")
    title = models.TextField()
    description = models.TextField()
    translations = models.JSONField(default=dict, db_default={})
    deal = models.TextField()
    rent_type = models.TextField(null=True)
    property_type = models.TextField()
    city = models.TextField()
    district = models.TextField(null=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    bedrooms = models.SmallIntegerField()
    bathrooms = models.SmallIntegerField()
    area_m2 = models.FloatField()
    price_month = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    price_night = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    price_sale = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.TextField()
    deposit = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    minimum_nights = models.SmallIntegerField(null=True)
    minimum_months = models.SmallIntegerField(null=True)
    available_from = models.DateField(null=True)
    amenities = ArrayField(models.TextField(), default=list, db_default=[])
    pictures = models.JSONField(default=list, db_default=[])
    rating = models.FloatField(null=True)
    verified_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    variant = models.GeneratedField(
        expression=RawSQL("CASE WHEN deal = 'buy' THEN 'sale' ELSE rent_type END", ()),
        output_field=models.TextField(),
        db_persist=True,
    )
    price = models.GeneratedField(  # the one that counts for the variant
        expression=RawSQL(
            "CASE WHEN deal = 'buy' THEN price_sale"
            " WHEN rent_type = 'short_term' THEN price_night ELSE price_month END",
            (),
        ),
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    )
    rank = models.GeneratedField(
        expression=RawSQL(RANK_SQL, ()),  # noqa: S611 (a constant)
        output_field=models.FloatField(),
        db_persist=True,
    )
    search = models.GeneratedField(
        expression=RawSQL(_search_sql(), ()),  # noqa: S611 (a constant)
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "real_estate_listing"  # the runbooks look for this name
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["active", "withdrawn", "let", "sold"]), name="re_status"
            ),
            models.CheckConstraint(
                condition=Q(deal="buy", rent_type=None)
                | Q(
                    deal="rent", rent_type__in=["short_term", "long_term"], rent_type__isnull=False
                ),
                name="re_deal",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=False, price__gt=0),
                name="re_price_of_the_variant",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="re_currency"),
            models.CheckConstraint(
                condition=Q(bedrooms__gte=0, bathrooms__gte=0, area_m2__gt=0), name="re_sizes"
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="re_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(0, 5)), name="re_rating"
            ),
            models.CheckConstraint(
                condition=(Q(minimum_nights=None) | Q(minimum_nights__gt=0))
                & (Q(minimum_months=None) | Q(minimum_months__gt=0))
                & (Q(deposit=None) | Q(deposit__gte=0)),
                name="re_terms",
            ),
        ]
        indexes: ClassVar = [
            *(
                models.Index(
                    fields=[*lead, "-rank", "-id"],
                    include=[f for f in _FILTERS if f not in lead],
                    condition=_ON_OFFER,
                    name=f"re_best_{name}",
                )
                for name, lead in {
                    "any": (),
                    "city": ("city",),
                    "variant": ("variant",),
                    "variant_city": ("variant", "city"),
                    "district": ("district",),
                }.items()
            ),
            models.Index(
                fields=["variant", "currency", "price", "id"],
                include=[f for f in _FILTERS if f not in ("variant", "currency", "price")],
                condition=_ON_OFFER,
                name="re_price",
            ),
            models.Index(
                fields=["-listed_at", "-id"],
                include=_FILTERS,
                condition=_ON_OFFER,
                name="re_newest",
            ),
            models.Index(
                fields=["-area_m2", "-id"],
                include=[f for f in _FILTERS if f != "area_m2"],
                condition=_ON_OFFER,
                name="re_area",
            ),
            GistIndex(
                Func(F("longitude"), F("latitude"), function="point"),
                condition=_ON_OFFER,
                name="re_spot",
            ),
            GinIndex(fields=["amenities"], condition=_ON_OFFER, name="re_amenities"),
            GinIndex(fields=["search"], condition=_ON_OFFER, name="re_search"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class BlockedDates(models.Model):
    """Nights on which a home cannot be had: from the first day up to, not including, the last.

    Ranges of one home may overlap (two calendars can block the same night).
    """

    home = models.ForeignKey(
        Home,
        on_delete=models.CASCADE,
        db_column="listing_id",
        related_name="blocked",
        db_index=False,
    )
    during = DateRangeField()

    class Meta:
        db_table = "real_estate_blocked_dates"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(during__isempty=False), name="re_blocked_not_empty"),
            models.UniqueConstraint(fields=["home", "during"], name="re_blocked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.home_id} {self.during}"


class ExchangeRate(models.Model):
    """How many units one pound sterling buys, as of a day. The newest day of a currency counts."""

    day = models.DateField()
    currency = models.TextField()
    per_gbp = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        db_table = "exchange_rate"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(per_gbp__gt=0), name="rate_positive"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="rate_currency"),
            models.UniqueConstraint(fields=["currency", "day"], name="rate_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.per_gbp} {self.day}"


class Change(models.Model):
    """That something of the stock room changed, noted by triggers in the same transaction.

    The sum of the ids is the epoch of the listings: they are random, so no epoch comes twice, and
    nobody who changes a home waits for somebody else who does. Kept for a day.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "real_estate_change"

    def __str__(self) -> str:
        return f"{self.at}"
