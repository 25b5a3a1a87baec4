"""Plays the parts of AWS that moto leaves out: it stands before the emulator as a proxy, and as the load balancer and
the name server of the three environments. The bot must not be able to tell; nothing here may know of the bot."""
