"""What people pay and what they may use for it: credits, subscriptions, promo codes, limits. Knows nothing of books."""
