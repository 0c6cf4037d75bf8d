"""What people are told on paper and by message: payment slips, letters about arrears, and their words."""
