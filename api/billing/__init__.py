"""What people pay: credits, subscriptions, promo codes, and the events that Stripe posts."""
