"""The targets that systemd itself has, of systemd.special(7): a project of that name is refused."""

from __future__ import annotations

_NAMES = """
basic bluetooth boot-complete cryptsetup cryptsetup-pre ctrl-alt-del default emergency exit
factory-reset final first-boot-complete getty getty-pre graphical graphical-session
graphical-session-pre halt hibernate hybrid-sleep initrd initrd-fs initrd-root-device
initrd-root-fs initrd-switch-root initrd-usr-fs integritysetup integritysetup-pre kbrequest kexec
local-fs local-fs-pre machines multi-user network network-online network-pre nss-lookup
nss-user-lookup paths poweroff printer reboot remote-cryptsetup remote-fs remote-fs-pre
remote-integritysetup remote-veritysetup rescue rpcbind runlevel0 runlevel1 runlevel2 runlevel3
runlevel4 runlevel5 runlevel6 shutdown sigpwr sleep slices smartcard sockets soft-reboot sound
ssh-access storage-target-mode suspend suspend-then-hibernate swap sysinit system-update
system-update-pre time-set time-sync timers tpm2 umount usb-gadget veritysetup veritysetup-pre
xdg-desktop-autostart
"""
SPECIAL = frozenset(f"{name}.target" for name in _NAMES.split())
"""A file of ours with such a name would be taken in the place of systemd's own."""
