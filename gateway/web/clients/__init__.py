"""The list of clients, and the chart of one."""
