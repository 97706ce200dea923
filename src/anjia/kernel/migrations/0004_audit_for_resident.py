from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_forget_events")]

    operations = [
        migrations.AddField("auditentry", "for_resident", models.UUIDField(null=True)),
    ]
