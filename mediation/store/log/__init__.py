"""The event log: stores facts in batches, reads them back, and defines their stored form."""
