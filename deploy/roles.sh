#!/bin/sh
# Run once by PostgreSQL's image, when the database is made. anjia_app owns nothing, so that row-level security holds.
set -eu
. /run/secrets/database.env
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres <<SQL
CREATE ROLE anjia_owner LOGIN PASSWORD '$OWNER_PASSWORD';
CREATE ROLE anjia_app LOGIN PASSWORD '$APP_PASSWORD';
CREATE ROLE anjia_backup LOGIN BYPASSRLS PASSWORD '$BACKUP_PASSWORD';
GRANT pg_read_all_data TO anjia_backup;
CREATE DATABASE anjia OWNER anjia_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
SQL
