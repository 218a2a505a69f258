"""A proxy between a mail server and the next: every mail is checked before either has accepted it.

The next hop answers the client itself, command by command. A mail is accepted only when the next
hop has accepted it, so that none is ever the proxy's alone.
"""

from tonecheck.hooks.proxy.address import Address, address_of, refuse_loop, refuse_remote
from tonecheck.hooks.proxy.next_hop import Tls
from tonecheck.hooks.proxy.server import Settings, serve

__all__ = ["Address", "Settings", "Tls", "address_of", "refuse_loop", "refuse_remote", "serve"]
