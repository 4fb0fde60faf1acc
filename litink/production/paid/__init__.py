"""Engines that are paid for: what :mod:`litink.providers.base` asks for, bought from providers through the cashier.

They decide what is asked and whether an answer is what was asked. Whether, when and at whose cost a request goes out is
the cashier's business; which engine works for whom is decided in :mod:`litink.production.engines`.
"""
