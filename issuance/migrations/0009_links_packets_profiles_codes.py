import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models

import issuance.models.sharing

# A packet's date, season and badges are what they were when it was made.
PACKET = """
CREATE FUNCTION issuance_packet_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind = 'packet' AND (NEW.kind, NEW.as_of, NEW.season, NEW.consent_id)
            IS DISTINCT FROM (OLD.kind, OLD.as_of, OLD.season, OLD.consent_id) THEN
        RAISE EXCEPTION 'a packet is frozen when it is made' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_packet_frozen BEFORE UPDATE ON issuance_sharelink
    FOR EACH ROW EXECUTE FUNCTION issuance_packet_frozen();
CREATE FUNCTION issuance_packet_items_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM issuance_sharelink link WHERE link.id = OLD.link_id AND link.kind = 'packet') THEN
        RAISE EXCEPTION 'a packet is frozen when it is made' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER issuance_packet_items_frozen BEFORE UPDATE OR DELETE ON issuance_sharelinkitem
    FOR EACH ROW EXECUTE FUNCTION issuance_packet_items_frozen();
"""
UNDO = """
DROP TRIGGER issuance_packet_frozen ON issuance_sharelink; DROP FUNCTION issuance_packet_frozen();
DROP TRIGGER issuance_packet_items_frozen ON issuance_sharelinkitem; DROP FUNCTION issuance_packet_items_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0008_scope_awards_read"),
        ("learners", "0021_looked_at_for_patients"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShortCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        default=issuance.models.sharing.new_code, editable=False, max_length=12, unique=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="sharelinkitem",
            name="share_link_position_once",
        ),
        migrations.AddField(
            model_name="sharelink",
            name="as_of",
            field=models.DateTimeField(blank=True, help_text="A packet holds what was awarded before.", null=True),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="is_discoverable",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Search engines may list this profile."
            ),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="kind",
            field=models.CharField(
                choices=[("link", "link"), ("packet", "application packet"), ("profile", "public profile")],
                db_default="link",
                default="link",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="season",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="The year in which the positions start that a packet is for.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("sign_in_method", ""), _negated=True), name="consent_says_who_gave_it"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purpose__in", ["residency", "employment", "profile"]),
                    models.Q(("purpose", "other"), models.Q(("purpose_text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="consent_says_its_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recipients", "anyone-with-link"),
                    models.Q(("recipients", "named"), models.Q(("recipients_text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="consent_says_its_recipients",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharelink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("as_of__isnull", False), ("kind", "packet"), ("season__isnull", False)),
                    models.Q(
                        models.Q(("kind", "packet"), _negated=True), ("as_of__isnull", True), ("season__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="share_link_packet_has_its_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_discoverable", False), ("kind", "profile"), _connector="OR"),
                name="share_link_only_profiles_are_found",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharelinkitem",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("link", "position"),
                name="share_link_place_once",
            ),
        ),
        migrations.AddField(
            model_name="shortcode",
            name="award",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="short_code",
                to="learners.award",
            ),
        ),
        migrations.AddField(
            model_name="shortcode",
            name="link",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="short_code",
                to="issuance.sharelink",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("award__isnull", False), ("link__isnull", True)),
                    models.Q(("award__isnull", True), ("link__isnull", False)),
                    _connector="OR",
                ),
                name="short_code_opens_one_thing",
            ),
        ),
        migrations.RunSQL(PACKET, UNDO),
    ]
