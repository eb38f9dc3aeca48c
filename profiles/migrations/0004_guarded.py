"""What nobody may change afterwards: reveals, broken glass, disclosures; who watches readers."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from keys.ledger import append_only
from profiles import guarding
from subjects.tenancy import belongs_together


class Migration(migrations.Migration):
    dependencies = [("profiles", "0003_views"), ("subjects", "0002_one_controller")]

    operations = [
        migrations.CreateModel(
            name="FlaggedPerson",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("public_figure", "Known to the public"),
                            ("colleague", "Works here"),
                            ("at_risk", "In danger if found"),
                            ("dispute", "In a dispute with us"),
                        ],
                        max_length=14,
                    ),
                ),
                ("set_at", models.DateTimeField(auto_now_add=True)),
                ("set_by", models.CharField(max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=80)),
                (
                    "controller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "person under watch",
                "verbose_name_plural": "people under watch",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ReaderPerson",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("holder_id", models.CharField(max_length=80)),
                ("set_at", models.DateTimeField(auto_now_add=True)),
                ("set_by", models.CharField(max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=80)),
                (
                    "controller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "reader who is a person here",
                "verbose_name_plural": "readers who are people here",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ReadingLimits",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "people_an_hour",
                    models.PositiveIntegerField(
                        default=60,
                        help_text="More different people in an hour are noticed.",
                        verbose_name="people an hour, staff",
                    ),
                ),
                (
                    "service_people_an_hour",
                    models.PositiveIntegerField(
                        default=20000, verbose_name="people an hour, services"
                    ),
                ),
                (
                    "reveals_a_day",
                    models.PositiveIntegerField(
                        default=10, verbose_name="masked fields opened a day"
                    ),
                ),
                (
                    "glass_a_day",
                    models.PositiveIntegerField(default=1, verbose_name="glass broken a day"),
                ),
                (
                    "searches_an_hour",
                    models.PositiveIntegerField(
                        default=60,
                        help_text="Further ones are refused.",
                        verbose_name="searches an hour",
                    ),
                ),
                (
                    "from_hour",
                    models.PositiveSmallIntegerField(default=7, verbose_name="working hours from"),
                ),
                (
                    "until_hour",
                    models.PositiveSmallIntegerField(
                        default=20, verbose_name="working hours until"
                    ),
                ),
                (
                    "works_weekends",
                    models.BooleanField(default=False, verbose_name="weekends are working days"),
                ),
                (
                    "smallest_group",
                    models.PositiveIntegerField(
                        default=5,
                        help_text="Numbers of fewer people are not shown.",
                        verbose_name="smallest group counted",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("changed_by", models.CharField(max_length=80)),
                (
                    "controller",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
            ],
            options={
                "verbose_name": "limits of reading",
                "verbose_name_plural": "limits of reading",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="UnusualAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("volume", "Very many people in an hour"),
                            ("hours", "Outside working hours"),
                            ("own", "The reader's own profile"),
                            (
                                "family",
                                "The profile of somebody of the reader's family or household",
                            ),
                            ("flagged", "The profile of somebody under watch"),
                            ("reveals", "Very many masked fields opened in a day"),
                            ("glass", "Glass broken more often than usual"),
                            (
                                "unjustified",
                                "Glass broken without justification, as the review found",
                            ),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "holder_type",
                    models.CharField(
                        choices=[("officer", "A member of staff"), ("service", "A service")],
                        max_length=10,
                    ),
                ),
                ("holder_id", models.CharField(max_length=80)),
                ("since_at", models.DateTimeField(help_text="The beginning of the hour or day.")),
                ("count", models.PositiveIntegerField(default=1)),
                ("noticed_at", models.DateTimeField(auto_now_add=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, max_length=80)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expected", "It was part of the reader's work"),
                            ("warned", "The reader was spoken to"),
                            ("reported", "It was reported as an incident"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "controller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "unusual access",
                "verbose_name_plural": "unusual accesses",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            "profileexport", "ready_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="profileexport",
            name="shown",
            field=models.PositiveIntegerField(
                default=0, help_text="How many persons are in the file."
            ),
        ),
        migrations.AddField(
            "profileexport",
            "mark_version",
            models.PositiveIntegerField(
                default=0, help_text="Of the key by which lines are marked."
            ),
        ),
        migrations.AlterField(
            model_name="profileexport",
            name="controller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.controller",
            ),
        ),
        migrations.AlterField(
            model_name="profileexport",
            name="watermark",
            field=models.CharField(
                blank=True, help_text="Stands in each line of the file.", max_length=80
            ),
        ),
        migrations.AddIndex(
            model_name="breakglass",
            index=models.Index(
                fields=["controller", "holder_id", "expires_at"], name="profiles_glasses"
            ),
        ),
        migrations.AddIndex(
            model_name="profileexport",
            index=models.Index(fields=["controller", "-id"], name="profiles_exports_newest"),
        ),
        migrations.AddConstraint(
            model_name="flaggedperson",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("subject",),
                name="profiles_flagged_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="flaggedperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", "")),
                    models.Q(
                        ("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="profiles_flag_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="readerperson",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("subject",),
                name="profiles_reader_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="readerperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", "")),
                    models.Q(
                        ("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="profiles_reader_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="readinglimits",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_hour__lt", models.F("until_hour")),
                    ("people_an_hour__gte", 1),
                    ("searches_an_hour__gte", 1),
                    ("service_people_an_hour__gte", 1),
                    ("smallest_group__gte", 2),
                    ("until_hour__lte", 24),
                ),
                name="profiles_limits_make_sense",
            ),
        ),
        migrations.AddConstraint(
            model_name="unusualaccess",
            constraint=models.UniqueConstraint(
                fields=("controller", "kind", "holder_id", "subject", "since_at"),
                name="profiles_unusual_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="unusualaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by", "")),
                    models.Q(
                        ("answered_at__isnull", False),
                        models.Q(("answered_by", ""), _negated=True),
                        models.Q(("answer", ""), _negated=True),
                        models.Q(("answered_by", models.F("holder_id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="profiles_unusual_answered_by_another",
            ),
        ),
        migrations.RunSQL(guarding.SEATS, guarding.FREE_SEATS),
        *(migrations.RunSQL(*guarding.seated(table)) for table in guarding.SEATED),
        migrations.RunSQL(guarding.GLASS, guarding.FREE_GLASS),
        migrations.RunSQL(guarding.EXPORTS, guarding.FREE_EXPORTS),
        *(migrations.RunSQL(*belongs_together(table)) for table in guarding.ABOUT),
        *(migrations.RunSQL(*append_only(table)) for table in guarding.FINAL),
    ]
