"""What all emulated providers share: state and bill, settings, faults, and the course of a call."""
