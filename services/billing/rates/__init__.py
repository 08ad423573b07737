"""Setting the rates of a service: added from a day on, or corrected; drafts are priced anew."""
