"""Diagnoses are added and changed here: what that corrects of documented sessions is told to billing anew."""
