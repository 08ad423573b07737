"""Work items: what somebody still has to look at, of all services in one place."""
