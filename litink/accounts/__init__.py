"""People: who they are, how they come in, what they may do; and mail to them. No money: that is litink.billing's."""
