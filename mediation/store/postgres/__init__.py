"""PostgreSQL: connections, migrations, roles, and its own tools."""
