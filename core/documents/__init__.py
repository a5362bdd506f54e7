"""Printed documents: values in, bytes out; no database, no web, no clock."""
