"""Licences to practise, one by one: who has which, in which state, until when."""
