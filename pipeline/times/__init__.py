"""Read time expressions and place them on the calendar."""
