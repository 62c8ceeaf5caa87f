"""What stays after an incident: its review, what somebody means to do next time, and what to repeat when."""
