"""PostgreSQL: transactions and tenants, roles, migrations, copies of others' facts, what is deleted and when."""
