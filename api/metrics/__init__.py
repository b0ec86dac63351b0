"""What an operator watches: counts of all workers, the state of the log, and the page that shows both."""
