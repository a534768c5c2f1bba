"""Read numbers, money and units of measure."""
