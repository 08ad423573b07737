"""The gateway: the one public door. Authenticates, enforces the level's permissions, forwards; keeps no state.

It opens no database and no bus: whose token it holds, identity tells; everything else is in the route table.
"""
