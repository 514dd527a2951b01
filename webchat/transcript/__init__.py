"""The fold from wire events to turns and parts. Pure: no network, no Reflex, no HTML, no clock."""
