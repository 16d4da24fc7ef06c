"""What can be seen of a bridge at work: metrics, log lines, traces."""
