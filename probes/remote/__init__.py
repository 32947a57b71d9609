"""Agents on other machines: plans go to them as letters, results come back as letters."""
