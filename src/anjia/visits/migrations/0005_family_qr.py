from django.db import migrations, models

GRADES = [
    ("dynamic_qr", "DYNAMIC_QR"),
    ("household_card", "HOUSEHOLD_CARD"),
    ("family_qr", "FAMILY_QR"),
    ("photo_and_signature", "PHOTO_AND_SIGNATURE"),
    ("position_and_photo", "POSITION_AND_PHOTO"),
    ("photo_and_reason", "PHOTO_AND_REASON"),
    ("stated", "STATED"),
]


class Migration(migrations.Migration):
    dependencies = [("visits", "0004_crewed_at")]
    operations = [
        migrations.AlterField("visit", "grade", models.CharField(choices=GRADES, default="", max_length=20)),
        migrations.AlterField("fieldfact", "grade", models.CharField(choices=GRADES, default="", max_length=20)),
    ]
