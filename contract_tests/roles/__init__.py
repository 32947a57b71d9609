"""Which operation lists, creates, reads, changes and deletes what: data beside each contract."""
