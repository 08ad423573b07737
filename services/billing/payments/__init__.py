"""Client money: payments, their allocation to invoice lines, credit and refunds."""
