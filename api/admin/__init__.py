"""What those who run the installation see: costs, alerts, held payments, the health of providers."""
