from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("emergencies", "0003_pressed_again")]

    operations = [
        migrations.AddField("watch", "heard_at", models.DateTimeField(null=True)),
        migrations.RemoveField("watch", "hears"),
    ]
