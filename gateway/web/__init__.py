"""The web app for a practice's staff: pages made on the server from what the API answers.

It has no authority of its own. A page is a row of `route_table/pages`, what it asks are rows of the API, asked
through the same door. An area is a folder: `pages.py` (what happens at each address), `views.py` (what the template is
given, pure) and `templates/`. What all areas share stands here.
"""
