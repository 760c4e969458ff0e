from django.db import migrations

from tkpk.models.trail import install_guards, remove_guards


def guard(apps, schema_editor):
    install_guards(schema_editor.connection)


def unguard(apps, schema_editor):
    remove_guards(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("tkpk", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
