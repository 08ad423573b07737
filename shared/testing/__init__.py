"""What tests stand on: real PostgreSQL, real RabbitMQ, real processes, and waiting without sleeping."""
