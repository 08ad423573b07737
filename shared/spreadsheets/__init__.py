"""Tables that people bring and take away: CSV and workbooks."""
