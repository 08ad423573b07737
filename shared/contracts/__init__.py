"""The events that services exchange: one module per producer, one frozen class per event and version."""

from shared.contracts import audit, billing, clients, clinical, identity

__all__ = ["audit", "billing", "clients", "clinical", "identity"]
