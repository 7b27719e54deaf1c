"""Open the database: schema, migrations, encryption and erased traces."""
