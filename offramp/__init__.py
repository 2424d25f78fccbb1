"""Offramp takes a codebase off a retired provider in one reviewed change, and proves that nothing is left."""

__version__ = "0.1.0"
