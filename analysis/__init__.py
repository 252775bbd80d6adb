"""A workbook for tables of dated public statements: who said what, when, about which systems, reported where."""

__version__ = "0.1.0"
