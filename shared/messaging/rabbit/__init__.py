"""RabbitMQ 3.10 to 4 through pika. Relies on no default: every limit, strategy and timeout is said."""
