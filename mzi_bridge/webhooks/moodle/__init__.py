"""What Moodle posts: events of its users, enrolments, grades and requests."""
