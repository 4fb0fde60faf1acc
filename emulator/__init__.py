"""A stand-in for the paid providers and for Stripe on real sockets: stateful, strict, billed, with faults by rule.

It imports nothing of litink and knows the providers only by their public wire, so that what talks to it would talk to
them. `core` holds what all share (state, bill, faults, the course of a call), `media` draws and sounds, and there is
a package a provider. A new provider is a package with a `routes(hub)` that is mounted in `app.py`.
"""
